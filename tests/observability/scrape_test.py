"""A real Prometheus scrapes a real server: each panel's query and each rule's expression has data."""

import argparse
import collections
import json
import math
import pathlib
import re
import sys
import tempfile
import threading
import time

import grpc

import dashboard
import metric_names
from calls import Caller, picture
from certificates import ServerTls
from prometheus import Prometheus
from server import Server

ALERTS = pathlib.Path(__file__).resolve().parents[2] / "deploy/helm/provnet/files/alerts.yaml"
# Scrapes are half a second apart; a busy machine takes its time.
PATIENCE_SECONDS = 60
Setting = collections.namedtuple("Setting", "programs folder")


class Traffic:
    """A few calls a second, good and bad ones, until the end of the block."""

    def __init__(self, server):
        self._server = server
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _run(self):
        bad = picture()
        bad.top_k = 10**6
        with Caller(self._server) as caller:
            while not self._stop.wait(0.1):
                caller.explain()
                try:
                    caller.explain(bad)
                except grpc.RpcError:
                    pass


def panel_queries() -> dict[str, str]:
    """Each query of the checked-in dashboard, with its variables as Grafana would fill them in."""
    queries = {}
    for panel in json.loads(dashboard.OUTPUT.read_text())["panels"]:
        for target in panel.get("targets", []):
            filled = target["expr"].replace("$__rate_interval", "10s").replace("$job", ".*").replace("$model", ".*")
            queries[f"panel {panel['title']}, {target['refId']}"] = filled
    return queries


def rule_queries() -> dict[str, str]:
    """Rules that warn of nothing have no data; what each of their metrics counts is there all the same."""
    expressions = re.sub(r"#.*", "", ALERTS.read_text())
    names = metric_names.named_in(expressions) | set(re.findall(r"provnet:\w+:\w+", expressions))
    return {f"metric {name} of the rules": f"count({name})" for name in sorted(names)}


def has_data(values) -> bool:
    return any(math.isfinite(value) for value in values)


def without_data(prometheus, queries) -> dict[str, str]:
    """Those of the queries that have none yet when patience is over."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        queries = {name: query for name, query in queries.items() if not has_data(prometheus.values(query))}
        if not queries or time.monotonic() > deadline:
            return queries
        time.sleep(0.2)


def broken_rules(prometheus) -> list[str]:
    return [f"rule {rule['name']}: {rule.get('lastError', rule['health'])}" for rule in prometheus.rules() if rule["health"] == "err"]


def exposed_families(server) -> dict[str, str]:
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", server.metrics(), re.M))


def unknown_families(server) -> list[str]:
    """What the server exposes and metric_names.py did not find in the code, or finds to be of another kind."""
    known = {family.name: family.kind for family in metric_names.families()}
    return [f"family {name} is a {kind}, in the code {known.get(name)}" for name, kind in exposed_families(server).items() if known.get(name) != kind]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--prometheus", type=pathlib.Path, required=True)
    parser.add_argument("--repository", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    if not arguments.prometheus.is_file():
        sys.exit(f"{arguments.prometheus} is not there; scripts/setup.sh puts it there")
    queries = panel_queries() | rule_queries()
    with tempfile.TemporaryDirectory(prefix="provnet-scrape-") as name:
        folder = pathlib.Path(name)
        # Under TLS and mTLS, so that certificates have something to show.
        tls = ServerTls(folder / "tls")
        with Server(Setting(arguments.programs, folder), arguments.repository, tls=tls) as server, \
                Prometheus(arguments.prometheus, folder, [server.http], ALERTS) as prometheus, Traffic(server):
            missing = without_data(prometheus, queries)
            wrong = broken_rules(prometheus) + unknown_families(server)
    for name, query in missing.items():
        print(f"{name}: no data for {query}")
    for line in wrong:
        print(line)
    print(f"{len(queries) - len(missing)} of {len(queries)} queries have data")
    return 1 if missing or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
