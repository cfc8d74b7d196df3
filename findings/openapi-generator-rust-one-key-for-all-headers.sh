#!/usr/bin/env bash
# openapi-generator 7.26.0, generator `rust`: where an operation requires several API keys at once, the client sends one
# and the same value in all of their headers.
#
# Guess before the first run: `Configuration` has a key for each security scheme, by its name, as the generator's Python,
# Java and Go clients have.
# Seen: `Configuration` has one `api_key`, which the client writes into each of the headers. Requests that need, say, an id
# and a token can't be made with it; the headers have to come from the HTTP client.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openapi-generator-cli==7.26.0

cat > api.yaml <<'YAML'
openapi: 3.0.3
info: { title: Lamps, version: "1" }
security: [{ house: [], token: [] }]
paths:
  /lamp:
    get:
      operationId: lamp
      responses: { "200": { description: A lamp., content: { application/json: { schema: { type: string } } } } }
components:
  securitySchemes:
    house: { type: apiKey, in: header, name: house }
    token: { type: apiKey, in: header, name: token }
YAML
venv/bin/openapi-generator-cli generate -g rust -i api.yaml -o client >/dev/null 2>&1

echo "openapi-generator $(venv/bin/openapi-generator-cli version), keys of the configuration, and where they go:"
grep -n 'pub api_key' client/src/apis/configuration.rs
grep -nE 'configuration.api_key|header\("' client/src/apis/default_api.rs
keys=$(grep -c 'pub api_key' client/src/apis/configuration.rs)
uses=$(grep -c 'configuration.api_key' client/src/apis/default_api.rs)
[ "$keys" = 1 ] && [ "$uses" = 2 ] || { echo "changed: $keys keys, used $uses times" >&2; exit 1; }
