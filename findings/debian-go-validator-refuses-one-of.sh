#!/usr/bin/env bash
# Debian's golang-gopkg-validator.v2-dev 0.0+git20160116-3.1 makes Go clients of openapi-generator 7.26.0 refuse every value of
# `oneOf: [integer, string]`.
#
# Guess before the first run: 12 is read into Int64 and "12" into String; Debian's package has the import path that the
# client needs, so it has what the client uses.
# Seen: the client compiles, and no value is read. The package is of 2016, before validator.v2 2.0.1, which the client's
# go.mod names: its Validate knows structs alone, and for a pointer to a number or a text returns "unsupported type", which
# the client takes for a value that does not match.
# It needs Go and apt-get.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/pip install --quiet --disable-pip-version-check openapi-generator-cli==7.26.0
apt-get -qq -o APT::Sandbox::User=root download golang-gopkg-validator.v2-dev=0.0+git20160116-3.1
dpkg-deb -x golang-gopkg-validator.v2-dev_*.deb debian

cat > openapi.yaml <<'YAML'
openapi: 3.0.3
info: { title: One, version: 1.0.0 }
paths:
  /id:
    get:
      operationId: id
      responses:
        "200":
          description: An id.
          content: { application/json: { schema: { $ref: "#/components/schemas/Id" } } }
components:
  schemas:
    Id:
      oneOf: [{ type: integer, format: int64 }, { type: string }]
YAML
tools/bin/openapi-generator-cli generate -g go -i openapi.yaml -o src/client >/dev/null 2>&1
mkdir src/program
cat > src/program/main.go <<'GO'
package main

import (
	"client"
	"encoding/json"
	"fmt"
)

func main() {
	for _, text := range []string{`12`, `"12"`, `"x"`} {
		var id openapi.Id
		err := json.Unmarshal([]byte(text), &id)
		fmt.Println(text+":", id.GetActualInstanceValue(), err)
	}
}
GO
export GO111MODULE=off GOPATH=$PWD:$PWD/debian/usr/share/gocode GOCACHE=$PWD/cache CGO_ENABLED=0
go run program > seen

echo "$(go version), openapi-generator 7.26.0, $(basename golang-gopkg-validator.v2-dev_*.deb); go.mod: $(grep -o 'gopkg.in/validator.v2 .*' src/client/go.mod)"
cat seen
diff - seen <<'TXT' || { echo "changed: see the lines above"; exit 1; }
12: <nil> data failed to match schemas in oneOf(Id): json: cannot unmarshal number into Go value of type string
"12": <nil> data failed to match schemas in oneOf(Id): unsupported type
"x": <nil> data failed to match schemas in oneOf(Id): unsupported type
TXT
