#!/usr/bin/env bash
# datamodel-code-generator 0.89.0 with --strict-nullable: of `oneOf: [object, null]` it makes a member that is never None.
#
# Guess before the first run: the member is `Lamp | None`, and null is read as None.
# Seen: null becomes a model of its own, `RootModel[None]`, and pydantic prefers it to None where the member is required:
# `answer.data is None` is false although null arrived. With --collapse-root-models the member is `Lamp | None`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check datamodel-code-generator==0.89.0 pydantic==2.14.4

cat > api.yaml <<'YAML'
openapi: 3.0.3
info: { title: Lamps, version: "1" }
paths: {}
components:
  schemas:
    Lamp: { type: object, required: [id], properties: { id: { type: integer } } }
    Answer:
      type: object
      required: [data]
      properties:
        data: { oneOf: [{ $ref: "#/components/schemas/Lamp" }, { type: string, nullable: true, enum: [null] }] }
YAML
for flags in "" "--collapse-root-models"; do
    # shellcheck disable=SC2086
    venv/bin/datamodel-codegen --input api.yaml --input-file-type openapi --strict-nullable $flags \
        --output-model-type pydantic_v2.BaseModel --formatters builtin --output "model${flags//-/_}.py" >/dev/null
done
echo "datamodel-code-generator $(venv/bin/pip show datamodel-code-generator | sed -n 's/^Version: //p'), data of null:"
venv/bin/python - <<'PY'
import model
import model__collapse_root_models as collapsed

null = '{"data": null}'
one, other = model.Answer.model_validate_json(null).data, collapsed.Answer.model_validate_json(null).data
print(f"{one!r}, with --collapse-root-models {other!r}")
if one is None or other is not None:
    raise SystemExit("changed")
PY
