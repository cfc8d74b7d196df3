#!/bin/sh
# Prints the changes, a line of JSON for each, until it is stopped. The file `position` says up to where they are read.
#
# Export GROUP_DISPATCH_URL, GROUP_DISPATCH_TENANT_ID and GROUP_DISPATCH_API_KEY, then: sh changes.sh
set -eu

url=${GROUP_DISPATCH_URL:?is not set}
tenant_id=${GROUP_DISPATCH_TENANT_ID:?is not set}
api_key=${GROUP_DISPATCH_API_KEY:?is not set}

touch position
while :; do
    timestamp=$(date +%s)000
    token=$(printf %s "$tenant_id$timestamp$api_key" |
        { md5sum 2>/dev/null || openssl md5 -r; } | cut -c 1-32)
    # The server sends a line at least each 15 seconds: what is silent for a minute is dead.
    curl --silent --show-error --fail --no-buffer --speed-limit 1 --speed-time 60 "${url%/}/history/v1/changes" \
        --header "tenant_id: $tenant_id" \
        --header "timestamp: $timestamp" \
        --header "token: $token" \
        --header "content-type: application/json" \
        --header "accept: application/x-ndjson" \
        --header "last-event-id: $(cat position)" \
        --data '{}' |
        # A line that was cut has no line feed, and `read` fails.
        while IFS= read -r line; do
            printf '%s\n' "$line"
            case $line in
            *'"type":"reset"'*) : >position ;;
            *'"position":"'*)
                printf '%s\n' "$line" | sed 's/.*"position":"\([^"]*\)".*/\1/' >position.new
                mv position.new position
                ;;
            esac
        done
    sleep 2
done
