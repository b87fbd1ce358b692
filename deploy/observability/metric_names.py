"""What provnet-server's metrics are called, read from the code that declares them.

The server shows some families only once something has happened; the code names all of them.
"""

import dataclasses
import pathlib
import re

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "server/metrics"

_TEXT = r'((?:"[^"]*"\s*)+)'
# prometheus::BuildCounter().Name("...").Help("..."), laid out as clang-format likes.
_BUILT = re.compile(rf"Build(Counter|Gauge|Histogram)\(\)\s*\.Name\({_TEXT}\)\s*\.Help\({_TEXT}\)")
# Family("...", "...", kGauge or prometheus::MetricType::Counter, ...) of the process' own.
_PROCESS = re.compile(rf"\bFamily\({_TEXT},\s*{_TEXT},\s*(?:k|prometheus::MetricType::)(Counter|Gauge)\b")


@dataclasses.dataclass(frozen=True)
class Family:
    name: str
    # "counter", "gauge" or "histogram".
    kind: str
    help: str

    def series(self) -> list[str]:
        """The names of its time series."""
        if self.kind != "histogram":
            return [self.name]
        return [self.name + suffix for suffix in ("_bucket", "_count", "_sum")]


def _joined(literals: str) -> str:
    return "".join(re.findall(r'"([^"]*)"', literals))


def families(folder: pathlib.Path = FOLDER) -> list[Family]:
    """All of them, in the order of the code."""
    found = []
    for source in sorted(folder.glob("*.cc")):
        text = source.read_text()
        found += [Family(_joined(name), kind.lower(), _joined(help)) for kind, name, help in _BUILT.findall(text)]
        found += [Family(_joined(name), kind.lower(), _joined(help)) for name, help, kind in _PROCESS.findall(text)]
    return found


def named_in(expression: str) -> set[str]:
    """The names of our time series in a query; not those that recording rules make, which have colons."""
    return set(re.findall(r"(?<![:\w])(?:provnet|process)_[a-z0-9_]+(?![:\w])", expression))
