"""The rules of alerts.yaml, and what is asked of a Prometheus to see that each part of one finds its series."""

import pathlib
import re

import yaml

ALERTS = pathlib.Path(__file__).resolve().parents[2] / "deploy/helm/provnet/files/alerts.yaml"

# What makes nothing a 0; with it any query has data.
_FALLBACK = re.compile(r"\s+or\s+(?:vector\(0\)|[\w:]+ \* 0)")
_SET_OPERATOR = re.compile(r"\s(?:and|unless)\s(?:on \0+ )?")
_COMPARISON = re.compile(r"\s(?:==|!=|>=|<=|>|<)\s")
_SELECTOR = re.compile(r"(\w+)\{([^}]*)\}")
_ALTERNATIVES = re.compile(r'(\w+)=~?"([\w|]+)"')


def rules() -> list[dict]:
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def without_fallback(expression: str) -> str:
    return _FALLBACK.sub("", expression)


def _outermost(expression: str) -> str:
    """The expression with \\0 for all that is quoted or in brackets, and the brackets themselves."""
    depth, quoted, shown = 0, False, []
    for character in expression:
        if character == '"':
            quoted = not quoted
        opens, closes = not quoted and character in "([{", not quoted and character in ")]}"
        depth += opens
        shown.append("\0" if depth or quoted or character == '"' else character)
        depth -= closes
    return "".join(shown)


def without_thresholds(expression: str) -> str:
    """What the expression compares, without the comparisons: it has data whether or not anything is wrong.

    What must not be there (`unless`, `absent`) is asked for with the same labels.
    """
    expression = re.sub(r"\babsent\(", "count(", without_fallback(expression))
    outermost = _outermost(expression)
    parts, start = [], 0
    for operator in [*_SET_OPERATOR.finditer(outermost), None]:
        end = operator.start() if operator else len(expression)
        threshold = _COMPARISON.search(outermost, start, end)
        parts.append(expression[start : threshold.start() if threshold else end])
        if operator:
            parts.append(re.sub(r"\bunless\b", "and", expression[operator.start() : operator.end()]))
            start = operator.end()
    return "".join(parts)


def alternatives(expression: str) -> set[tuple[str, str, str]]:
    """Each series' name, label and value for which the expression's matchers ask: with reason=~"a|b" for both."""
    return {
        (series, label, value)
        for series, matchers in _SELECTOR.findall(expression)
        for label, values in _ALTERNATIVES.findall(matchers)
        for value in values.split("|")
    }
