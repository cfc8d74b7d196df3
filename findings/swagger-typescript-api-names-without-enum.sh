#!/usr/bin/env bash
# swagger-typescript-api 13.13.0 makes an enum of texts of an integer that has `x-enum-varnames` and no `enum`.
#
# Guess before the first run: `x-enum-varnames` names the values of `enum`; without `enum` there is nothing to name, and the
# type is `number`. Other generators (openapi-generator 7.26, @hey-api/openapi-ts 0.99, orval 8.38) read it so.
# Seen: the names become the values, `Pc = "Pc"`, although `type` is integer. No answer of a server equals one of them, and
# tsc refuses a comparison with the number that arrives.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts swagger-typescript-api@13.13.0 >/dev/null

cat > api.json <<'JSON'
{
  "openapi": "3.0.3",
  "info": { "title": "Lamps", "version": "1" },
  "paths": {
    "/lamp": { "get": { "operationId": "lamp", "responses": { "200": { "description": "A lamp.", "content": {
      "application/json": { "schema": { "$ref": "#/components/schemas/Lamp" } } } } } } }
  },
  "components": { "schemas": {
    "Lamp": { "type": "object", "required": ["state"], "properties": { "state": { "$ref": "#/components/schemas/State" } } },
    "State": { "type": "integer", "x-enum-varnames": ["Off", "On"] }
  } }
}
JSON
node_modules/.bin/swagger-typescript-api generate --path api.json --output . --name api.ts >/dev/null

echo "swagger-typescript-api $(node -p 'require("./node_modules/swagger-typescript-api/package.json").version'):"
grep -A3 'State' api.ts | head -5
grep -q 'On = "On"' api.ts || { echo "changed: the names are no longer the values" >&2; exit 1; }
