#!/usr/bin/env bash
# openapi-generator 7.26.0, go: `--schema-mappings=Id=json.Number` does not use json.Number.
#
# Guess before the first run: members of type Id get the type json.Number, as the option maps a schema to an existing type.
# Seen: the model of Id is left out, and members still have the type Id, so the client does not compile until somebody adds
# a type of that name to the package by hand.
# It needs Java and Go.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/pip install --quiet --disable-pip-version-check openapi-generator-cli==7.26.0

cat > openapi.yaml <<'YAML'
openapi: 3.0.3
info: { title: One, version: 1.0.0 }
paths:
  /agent:
    get:
      operationId: agent
      responses:
        "200":
          description: An agent.
          content: { application/json: { schema: { $ref: "#/components/schemas/Agent" } } }
components:
  schemas:
    Id:
      oneOf: [{ type: integer, format: int64 }, { type: string }]
    Agent:
      type: object
      required: [id]
      properties:
        id: { $ref: "#/components/schemas/Id" }
YAML
tools/bin/openapi-generator-cli generate -g go -i openapi.yaml -o src/client --schema-mappings=Id=json.Number >/dev/null 2>&1
member=$(grep -E '^\s*Id .*json:"id"' src/client/model_agent.go | tr -s '\t ' ' ')
export GO111MODULE=off GOPATH=$PWD GOCACHE=$PWD/cache CGO_ENABLED=0
complaint=$(go build client 2>&1 | grep -m1 -o 'undefined: Id' || true)

echo "$(go version), openapi-generator 7.26.0: the member is '$member', go says '$complaint'"
[ ! -e src/client/model_id.go ] && [[ $member == " Id Id "* ]] && [ "$complaint" = "undefined: Id" ] ||
    { echo "changed: expected no model of Id, a member of type Id and a complaint about it"; exit 1; }
