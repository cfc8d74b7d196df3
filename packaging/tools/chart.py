"""Lints, validates, renders and packages a chart by the engine of Helm 4, and prints JSON. Used by `cargo xtask dist`.

    chart.py render CHART NAMESPACE NAME < values.json    prints the documents by template, or {"error": ...}
    chart.py package CHART FOLDER VERSION                  prints the path of the package
"""

import json
import sys

import helm_python
import kubernetes_validate
import yaml

# The oldest version that Chart.yaml allows, and the newest with known schemas.
VERSIONS = ["1.25.0", "1.37.0"]
WARNING = 2


def render(path, namespace, name):
    values = json.load(sys.stdin)
    found = helm_python.lint(path, values, strict=True)
    problems = found["errors"] + [m["error"] for m in found["messages"] if m["severity"] >= WARNING]
    if problems:
        return {"error": "\n".join(problems)}
    try:
        with helm_python.Chart.load(path) as chart:
            chart.validate_schema(values)
            rendered = chart.render(values, name=name, namespace=namespace)
    except helm_python.HelmError as error:
        return {"error": str(error)}
    notes = [text for template, text in rendered.items() if template.endswith("NOTES.txt")]
    documents = [
        document
        for template, text in sorted(rendered.items())
        if template.endswith(".yaml")
        for document in yaml.safe_load_all(text)
        if document
    ]
    validated = 0
    for document in documents:
        # Their schemas come with the Prometheus operator.
        if document["apiVersion"].startswith("monitoring.coreos.com/"):
            continue
        for version in VERSIONS:
            try:
                kubernetes_validate.validate(document, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                where = ".".join(str(part) for part in error.path)
                return {"error": f"{document['kind']}, Kubernetes {version}: {where}: {error.message}"}
        validated += 1
    return {"documents": documents, "validated": validated, "notes": "".join(notes)}


def package(path, folder, version):
    return helm_python.package(path, destination=folder, version=version, app_version=version)


print(json.dumps({"render": render, "package": package}[sys.argv[1]](*sys.argv[2:])))
