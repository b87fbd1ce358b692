"""The README's table of values, made from values.yaml: each value's line is the comment right above it."""

import json
import re

import yaml

from tools import CHART

BEGIN = "<!-- The table is made from values.yaml by tests/deploy/chart_test.py --update. -->\n"
END = "<!-- End of the table. -->\n"


def _comment_above(lines: list[str], line: int) -> str:
    found = []
    while line > 0 and (match := re.match(r"\s*# ?(.*)", lines[line - 1])):
        found.insert(0, match.group(1))
        line -= 1
    return " ".join(found)


def _is_group(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode) and bool(node.value) and not node.flow_style


def rows() -> list[tuple[str, str, str]]:
    """(path, default, description) of each value, in the file's order; a missing comment is an empty description."""
    text = (CHART / "values.yaml").read_text()
    lines = text.splitlines()
    values = yaml.safe_load(text)
    found = []

    def walk(node: yaml.MappingNode, path: list[str], value: dict) -> None:
        for key, inner in node.value:
            here = [*path, key.value]
            if _is_group(inner):
                walk(inner, here, value[key.value])
            else:
                description = _comment_above(lines, key.start_mark.line)
                found.append((".".join(here), json.dumps(value[key.value]), description))

    walk(yaml.compose(text), [], values)
    return found


def text() -> str:
    made = ["| value | default | what it is |", "|---|---|---|"]
    made += [f"| `{path}` | `{default}` | {description} |" for path, default, description in rows()]
    return "\n".join(made) + "\n"


def replace_in(readme: str) -> str:
    before, rest = readme.split(BEGIN)
    return before + BEGIN + text() + END + rest.split(END)[1]
