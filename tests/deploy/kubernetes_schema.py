"""Kubernetes' own JSON schemas, made strict: a field that a cluster would not know is an error, as `kubectl --validate=strict` has it.

The npm package holds one schema a file, as a JavaScript module around JSON. Its schemas are Kubernetes 1.26's; the few younger fields
that we use are added below. Schemas of other projects' resources are in custom_resources.yaml, with the fields that we use.
"""

import functools
import json
import pathlib
import re

import jsonschema
import yaml

# By Kubernetes' name of the type: fields that came after 1.26.
YOUNGER = {
    # 1.30
    "io.k8s.api.core.v1.LifecycleHandler": {
        "sleep": {"type": "object", "properties": {"seconds": {"type": "integer"}}, "required": ["seconds"]}},
    # 1.31
    "io.k8s.api.core.v1.Volume": {
        "image": {"type": "object", "properties": {"reference": {"type": "string"}, "pullPolicy": {"type": "string"}}}},
    # 1.29, and beta in 1.31: indexed jobs give up by index
    "io.k8s.api.batch.v1.JobSpec": {"backoffLimitPerIndex": {"type": "integer"}, "maxFailedIndexes": {"type": "integer"}},
}
GROUPS = {"v1": "core.v1", "apps/v1": "apps.v1", "batch/v1": "batch.v1", "policy/v1": "policy.v1",
          "autoscaling/v2": "autoscaling.v2", "networking.k8s.io/v1": "networking.v1"}
CUSTOM = pathlib.Path(__file__).parent / "custom_resources.yaml"


def _read(path: pathlib.Path) -> tuple[str, dict] | None:
    text = path.read_text()
    body = re.search(r"^const schema = (\{.*?^\});$", text, re.DOTALL | re.MULTILINE)
    name = re.search(r'register\)\("([^"]+)", schema\)', text)
    return (name.group(1), json.loads(body.group(1))) if body and name else None


def _strict(schema, name: str = ""):
    """The schema, refusing fields that it doesn't name, with JSON Schema's spelling of what OpenAPI calls nullable."""
    if isinstance(schema, list):
        return [_strict(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: ({field: _strict(inner) for field, inner in value.items()} if key == "properties" else _strict(value))
            for key, value in schema.items() if key not in ("nullable", "format")}
    if "$ref" in made:
        made["$ref"] = "#/definitions/" + made["$ref"].removesuffix("#")
    if schema.get("nullable") and isinstance(schema.get("type"), str):
        made["type"] = [schema["type"], "null"]
    if "properties" in made:
        made["properties"].update(YOUNGER.get(name, {}))
        made.setdefault("additionalProperties", False)
    return made


@functools.cache
def definitions(folder: pathlib.Path) -> dict[str, dict]:
    read = [found for path in sorted(folder.glob("*/_schemas/*.js")) if (found := _read(path))]
    custom = yaml.safe_load(CUSTOM.read_text())
    return {name: _strict(schema, name) for name, schema in [*read, *custom.items()]}


def problems(document: dict, folder: pathlib.Path) -> list[str]:
    """What Kubernetes would not take in an object; empty is good."""
    version, kind = document["apiVersion"], document["kind"]
    name = f"io.k8s.api.{GROUPS[version]}.{kind}" if version in GROUPS else f"{version}/{kind}"
    all_of_them = definitions(folder)
    if name not in all_of_them:
        return [f"no schema for {name}"]
    validator = jsonschema.Draft7Validator({"$ref": f"#/definitions/{name.replace('/', '~1')}", "definitions": all_of_them})
    return [f"{kind} at {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in validator.iter_errors(document)]
