"""A real Prometheus scrapes real servers: panels and autoscalers have data, and what the alerts are about makes them true."""

import argparse
import collections
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import grpc

import autoscaler_queries
import dashboard
import metric_names
from certificates import ServerTls
from prometheus import Prometheus
from rule_expressions import ALERTS, alternatives, rules, without_fallback, without_thresholds
from server import Server
from traffic import Traffic, Trouble, TroubledServer

# Scrapes are half a second apart; a busy machine takes its time.
PATIENCE_SECONDS = 60
# Alerts that a minute of this traffic can't make true: only what they compare has to be there. All others have to be true.
QUIET = {
    "ProvnetAnswersSlow", "ProvnetQueueWaitLong", "ProvnetAnswersLate", "ProvnetNoModel", "ProvnetRepositoryLost", "ProvnetCallersUnknown",
    "ProvnetAbsent", "ProvnetRestarts",
}
Setting = collections.namedtuple("Setting", "programs repository folder")


def panel_queries() -> dict[str, str]:
    """Each query of the checked-in dashboard, with its variables as Grafana would fill them in."""
    queries = {}
    for panel in json.loads(dashboard.OUTPUT.read_text())["panels"]:
        for target in panel.get("targets", []):
            filled = target["expr"].replace("$__rate_interval", "10s").replace("$job", ".*").replace("$model", ".*")
            queries[f"panel {panel['title']}, {target['refId']}"] = without_fallback(filled)
    return queries


def rule_query(rule) -> str:
    if "record" in rule:
        return without_fallback(rule["expr"])
    return without_thresholds(rule["expr"]) if rule["alert"] in QUIET else rule["expr"]


def rule_queries() -> dict[str, str]:
    queries = {f"rule {rule.get('alert') or rule['record']}": rule_query(rule) for rule in rules()}
    for series, label, value in set().union(*(alternatives(rule["expr"]) for rule in rules())):
        # Most codes never come; see unknown_codes.
        if label != "code":
            queries[f"{label} {value} of {series} in the rules"] = f'count({series}{{{label}="{value}"}})'
    return queries


def autoscaler_queries_of(namespace, pods) -> dict[str, str]:
    return {
        "KEDA's query": autoscaler_queries.keda_query(),
        "the Prometheus adapter's series": f"count({autoscaler_queries.adapter_rule()['seriesQuery']})",
        "the Prometheus adapter's query, for each pod": f"count({autoscaler_queries.adapter_query(namespace, pods)}) == {len(pods)}",
    }


def unknown_codes() -> list[str]:
    asked = {value for rule in rules() for _, label, value in alternatives(rule["expr"]) if label == "code"}
    return [f"code {code} of the rules is none of gRPC's" for code in sorted(asked - set(grpc.StatusCode.__members__))]


def train(programs, repository):
    """With a reference set, so that questions about membership can use up a budget."""
    command = [programs / "provnet-train", "fit", "--dataset=glyphs:1200", "--size=tiny", "--epochs=2", "--seed=1", "--membership-reference=200"]
    done = subprocess.run([*command, f"--output={repository / 'digits'}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(done.stdout)


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


def ask(prometheus_program, well, troubled, folder) -> tuple[dict[str, str], list[str], int]:
    """The queries without data, what else is wrong, and how many queries there were."""
    scaled = autoscaler_queries.scaled_object()["metadata"]
    pods = {f"{scaled['name']}-5d8f7c9b6-abcd{number}": server.http for number, server in enumerate((well, troubled))}
    queries = panel_queries() | rule_queries() | autoscaler_queries_of(scaled["namespace"], pods)
    with Prometheus(prometheus_program, folder, scaled["namespace"], pods, ALERTS) as prometheus, Traffic(well), Trouble(troubled):
        missing = without_data(prometheus, queries)
        return missing, broken_rules(prometheus) + unknown_families(well) + unknown_codes(), len(queries)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--prometheus", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    if not arguments.prometheus.is_file():
        sys.exit(f"{arguments.prometheus} is not there; scripts/setup.sh puts it there")
    with tempfile.TemporaryDirectory(prefix="provnet-scrape-") as name:
        folder = pathlib.Path(name)
        setting = Setting(arguments.programs, folder / "trained", folder)
        train(setting.programs, setting.repository)
        # Under TLS and mTLS, so that certificates have something to show.
        with Server(setting, setting.repository, tls=ServerTls(folder / "tls")) as well, TroubledServer(setting) as troubled:
            missing, wrong, count = ask(arguments.prometheus, well, troubled, folder)
    for query_name, query in missing.items():
        print(f"{query_name}: no data for {query}")
    for line in wrong:
        print(line)
    print(f"{count - len(missing)} of {count} queries have data")
    return 1 if missing or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
