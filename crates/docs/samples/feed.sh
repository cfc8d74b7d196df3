#!/bin/sh
# Sends the events of a file, one a line.
#
# Export GROUP_DISPATCH_URL, GROUP_DISPATCH_TENANT_ID and GROUP_DISPATCH_API_KEY, then: sh feed.sh events.ndjson
set -eu

url=${GROUP_DISPATCH_URL:?is not set}
tenant_id=${GROUP_DISPATCH_TENANT_ID:?is not set}
api_key=${GROUP_DISPATCH_API_KEY:?is not set}
events=${1:?is missing: a file with events}
[ -r "$events" ] || { printf 'cannot read %s\n' "$events" >&2; exit 1; }

timestamp=$(date +%s)000
token=$(printf %s "$tenant_id$timestamp$api_key" |
    { md5sum 2>/dev/null || openssl md5 -r; } | cut -c 1-32)

answer=$(curl --silent --show-error --max-time 60 "${url%/}/ingest/v1/status-events" \
    --header "tenant_id: $tenant_id" \
    --header "timestamp: $timestamp" \
    --header "token: $token" \
    --header "content-type: application/x-ndjson" \
    --data-binary "@$events")

# The answer's `data` tells how many events were stored, repeated and refused, and why.
if printf '%s\n' "$answer" | grep -Eq '"code" *: *200 *([,}]|$)'; then
    printf '%s\n' "$answer"
else
    printf 'failed: %s\n' "$answer" >&2
    exit 1
fi
