#!/bin/sh
# Sends the events of a file, one a line.
#
# Export GROUP_DISPATCH_URL, GROUP_DISPATCH_TENANT_ID and GROUP_DISPATCH_API_KEY, then: sh feed.sh events.ndjson
set -eu

url=${GROUP_DISPATCH_URL:?is not set}
tenant_id=${GROUP_DISPATCH_TENANT_ID:?is not set}
api_key=${GROUP_DISPATCH_API_KEY:?is not set}

timestamp=$(date +%s)000
token=$(printf %s "$tenant_id$timestamp$api_key" |
    { md5sum 2>/dev/null || openssl md5 -r; } | cut -c 1-32)

curl --silent --show-error --max-time 60 "${url%/}/ingest/v1/status-events" \
    --header "tenant_id: $tenant_id" \
    --header "timestamp: $timestamp" \
    --header "token: $token" \
    --header "content-type: application/x-ndjson" \
    --data-binary "@${1:?is missing: a file with events}"
