#!/usr/bin/env bash
# openapi-generator 7.26.0, generator `python`: of a member that is an integer or a text, pydantic's own `model_validate`
# takes neither; only the generated `from_dict` does.
#
# Guess before the first run: the models are pydantic's, so that `Model.model_validate({"id": 12})` and
# `Model.from_dict({"id": 12})` give the same.
# Seen: the component with `oneOf` becomes a model with `actual_instance`, which pydantic makes of an object alone:
# `model_validate` raises a ValidationError for 12 and for "12". `from_dict` reads both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
    openapi-generator-cli==7.26.0 pydantic==2.14.4 python-dateutil==4.0.0 urllib3==2.8.0 typing_extensions==4.16.0

cat > api.yaml <<'YAML'
openapi: 3.0.3
info: { title: Lamps, version: "1" }
paths:
  /lamp:
    get:
      operationId: lamp
      responses:
        "200": { description: A lamp., content: { application/json: { schema: { $ref: "#/components/schemas/Lamp" } } } }
components:
  schemas:
    Lamp: { type: object, required: [id], properties: { id: { $ref: "#/components/schemas/Id" } } }
    Id: { oneOf: [{ type: integer }, { type: string }] }
YAML
venv/bin/openapi-generator-cli generate -g python -i api.yaml -o client --package-name lamps >/dev/null 2>&1

echo "openapi-generator $(venv/bin/openapi-generator-cli version):"
PYTHONPATH=client venv/bin/python - <<'PY'
from lamps.models.lamp import Lamp
from pydantic import ValidationError

for value in (12, "12"):
    assert Lamp.from_dict({"id": value}).id.actual_instance == value
    try:
        Lamp.model_validate({"id": value})
    except ValidationError as error:
        print(f"model_validate of {value!r}: {error.errors()[0]['msg']}")
    else:
        raise SystemExit(f"changed: model_validate takes {value!r}")
PY
