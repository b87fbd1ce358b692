"""Makes Grafana's dashboard from the metrics that the code declares; called by scripts/dashboard.sh.

What is laid out here is checked against the code: a name that is not there stops with an error. What the code has and is not
laid out here gets a panel of its own by its kind and its help text. So the dashboard can't drift away from the metrics.
"""

import argparse
import json
import pathlib
import sys

import metric_names

OUTPUT = pathlib.Path(__file__).resolve().parents[1] / "helm/provnet/files/dashboard.json"

# Answers that count against the service, as in alerts.yaml.
BAD = 'code=~"INTERNAL|UNKNOWN|DATA_LOSS|UNAVAILABLE|DEADLINE_EXCEEDED"'
# In the queries, with further matchers behind it.
JOB = 'job=~"$job"'
MODEL = JOB + ',model=~"$model"'
RATE = "[$__rate_interval]"
WIDTH = 24


def rate(name: str, by: str, matchers: str = JOB) -> str:
    return f"sum by ({by}) (rate({name}{{{matchers}}}{RATE}))"


def quantile(share: float, name: str, by: str, matchers: str = JOB) -> str:
    buckets = f"sum by (le, {by}) (rate({name}_bucket{{{matchers}}}{RATE}))"
    return f"histogram_quantile({share}, {buckets})"


def mean(name: str, by: str, matchers: str = JOB) -> str:
    return f"{rate(name + '_sum', by, matchers)} / {rate(name + '_count', by, matchers)}"


def panel(title, unit, *queries, kind="timeseries", width=8, help=""):
    """`queries` are pairs of an expression and a legend."""
    return {"title": title, "unit": unit, "queries": queries, "kind": kind, "width": width, "help": help}


def stat(title, unit, query, help=""):
    return panel(title, unit, (query, ""), kind="stat", width=4, help=help)


REQUESTS = "provnet_request_duration_seconds"
ALL_REQUESTS = f"sum(rate({REQUESTS}_count{{{JOB}}}{RATE}))"
BAD_REQUESTS = f"(sum(rate({REQUESTS}_count{{{JOB},{BAD}}}{RATE})) or vector(0))"
# One call in an open stream counts; the stream as a whole lasts as long as its caller likes.
TIMED = JOB + ',rpc!="ExplainStream"'

ROWS = {
    "At a glance": [
        stat("Servers", "short", f"count(provnet_build_info{{{JOB}}})"),
        stat("Requests", "reqps", ALL_REQUESTS),
        stat("Failing", "percentunit", f"{BAD_REQUESTS} / {ALL_REQUESTS}", "Share of requests that failed by the service's fault"),
        stat("p99", "s", f"histogram_quantile(0.99, sum by (le) (rate({REQUESTS}_bucket{{{TIMED}}}{RATE})))"),
        stat("Waiting", "short", f"sum(provnet_queue_depth{{{MODEL}}})", "Requests in the queues"),
        stat("Error budget left", "percentunit",
             f"1 - sum(sum_over_time(provnet:errors:rate5m{{{JOB}}}[30d])) / sum(sum_over_time(provnet:requests:rate5m{{{JOB}}}[30d])) / 0.001",
             "Of 99.9 % over 30 days; made by the recording rules of alerts.yaml"),
    ],
    "Requests": [
        panel("Requests by call", "reqps", (rate(REQUESTS + "_count", "rpc"), "{{rpc}}")),
        panel("Requests by outcome", "reqps", (rate(REQUESTS + "_count", "code"), "{{code}}")),
        panel("Requests by server", "reqps", (rate(REQUESTS + "_count", "instance"), "{{instance}}"),
              help="Replicas that get much less than others: connections that are not balanced"),
        panel("Time to the answer", "s",
              (quantile(0.5, REQUESTS, "rpc", TIMED), "{{rpc}} p50"), (quantile(0.99, REQUESTS, "rpc", TIMED), "{{rpc}} p99")),
        panel("Given up by the caller", "reqps", (rate("provnet_requests_abandoned_total", "rpc"), "{{rpc}}")),
        panel("Answered behind the deadline", "reqps", (rate("provnet_requests_late_total", "model", MODEL), "{{model}}")),
    ],
    "Queue and batches": [
        panel("Time in the queue", "s",
              (quantile(0.5, "provnet_queue_wait_seconds", "model", MODEL), "{{model}} p50"),
              (quantile(0.99, "provnet_queue_wait_seconds", "model", MODEL), "{{model}} p99"),
              (mean("provnet_queue_wait_seconds", "model", MODEL), "{{model}} mean")),
        panel("Forecast for the newest request", "s",
              (f"max by (model, instance) (provnet_queue_predicted_wait_seconds{{{MODEL}}})", "{{model}} {{instance}}")),
        panel("Requests that wait", "short", (f"max by (model, instance) (provnet_queue_depth{{{MODEL}}})", "{{model}} {{instance}}")),
        panel("Refused or dropped", "reqps", (rate("provnet_requests_rejected_total", "reason", MODEL), "{{reason}}")),
        panel("Batch size", "short",
              (mean("provnet_batch_size", "model", MODEL), "{{model}} mean"), (quantile(0.95, "provnet_batch_size", "model", MODEL), "{{model}} p95")),
        panel("Batches by why they were closed", "ops", (rate("provnet_batch_dispatch_total", "reason", MODEL), "{{reason}}")),
    ],
    "Models": [
        panel("Version that answers", "short", (f"max by (model, instance) (provnet_model_version{{{MODEL}}})", "{{model}} {{instance}}")),
        panel("Loaded versions", "short", (f"sum by (model, version, device, index_precision) (provnet_model_info{{{MODEL}}})",
              "{{model}}/{{version}} on {{device}}, {{index_precision}}")),
        panel("Loads, refusals, unloads", "short",
              (f"sum(increase(provnet_model_loads_total{{{JOB}}}{RATE}))", "loaded"),
              (f"sum(increase(provnet_model_load_failures_total{{{JOB}}}{RATE}))", "refused"),
              (f"sum(increase(provnet_model_unloads_total{{{JOB}}}{RATE}))", "unloaded")),
        panel("Repository and its settings", "short",
              (f"max by (instance) (provnet_repository_lost{{{JOB}}})", "lost {{instance}}"),
              (f"sum(increase(provnet_serving_config_failures_total{{{JOB}}}{RATE}))", "serving.json refused"),
              (f"max by (instance) (provnet_serving_labels_waiting{{{JOB}}})", "labels waiting {{instance}}")),
        panel("Able to", "short", (f"min by (capability, instance) (provnet_ready{{{JOB}}})", "{{capability}} {{instance}}"),
              help="0: /readyz of that server says why"),
        panel("Damaged samples", "short", (f"sum by (instance) (increase(provnet_samples_damaged_total{{{JOB}}}{RATE}))", "{{instance}}")),
    ],
    "Security": [
        panel("Not let in", "reqps",
              (rate(REQUESTS + "_count", "rpc", JOB + ',code="UNAUTHENTICATED"') + " or vector(0)", "{{rpc}} unknown caller"),
              (rate(REQUESTS + "_count", "rpc", JOB + ',code="PERMISSION_DENIED"') + " or vector(0)", "{{rpc}} not granted")),
        panel("Changes of rules and certificates", "short",
              (f"sum by (what, outcome) (increase(provnet_security_reloads_total{{{JOB}}}{RATE}))", "{{what}} {{outcome}}")),
        panel("Disclosures", "reqps", (rate("provnet_disclosures_total", "outcome"), "{{outcome}}")),
        panel("Questions about membership refused", "reqps", (rate("provnet_membership_refusals_total", "reason"), "{{reason}}")),
        panel("Connections refused", "short", (f"sum by (instance) (increase(provnet_connections_refused_total{{{JOB}}}{RATE}))", "{{instance}}")),
        panel("Certificates valid for", "s",
              (f"min by (certificate, instance) (provnet_tls_certificate_expiry_timestamp_seconds{{{JOB}}}) - time()", "{{certificate}} {{instance}}")),
    ],
    "Process": [
        panel("CPU", "short", (rate("process_cpu_seconds_total", "instance"), "{{instance}}"), help="Cores in use"),
        panel("Resident memory", "bytes", (f"process_resident_memory_bytes{{{JOB}}}", "{{instance}}")),
        panel("Open files", "short", (f"process_open_fds{{{JOB}}}", "{{instance}}")),
        panel("Threads", "short", (f"process_threads{{{JOB}}}", "{{instance}}")),
        panel("Up for", "s", (f"time() - process_start_time_seconds{{{JOB}}}", "{{instance}}")),
        panel("Build", "short", (f"count by (version) (provnet_build_info{{{JOB}}})", "{{version}}")),
    ],
}


def panel_for(family: metric_names.Family):
    """For what is not laid out above."""
    query = {
        "counter": rate(family.name, "instance"),
        "gauge": f"{family.name}{{{JOB}}}",
        "histogram": quantile(0.99, family.name, "instance"),
    }[family.kind]
    unit = {"counter": "ops", "gauge": "short", "histogram": "s" if family.name.endswith("_seconds") else "short"}[family.kind]
    if family.name.endswith("_timestamp_seconds"):
        query, unit = f"{query} - time()", "s"
    return panel(family.name, unit, (query, "" if family.kind == "gauge" else "{{instance}}"), help=family.help)


def complete_rows(families) -> dict:
    """ROWS and a row for the rest. Raises ValueError when a panel names what the code does not have."""
    known = {series for family in families for series in family.series()}
    shown = set()
    for panels in ROWS.values():
        for one in panels:
            for query, _ in one["queries"]:
                shown |= metric_names.named_in(query)
    if shown - known:
        raise ValueError(f"dashboard.py shows {sorted(shown - known)}, which the code under server/metrics does not declare")
    rest = [panel_for(family) for family in families if not shown & set(family.series())]
    return {**ROWS, **({"More": rest} if rest else {})}


def grafana_panel(one, number, x, y) -> dict:
    source = {"type": "prometheus", "uid": "${datasource}"}
    height = 4 if one["kind"] == "stat" else 8
    targets = [
        {"datasource": source, "expr": query, "legendFormat": legend or "__auto", "refId": chr(ord("A") + i)}
        for i, (query, legend) in enumerate(one["queries"])
    ]
    options = {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}}
    if one["kind"] == "stat":
        options = {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "none"}
    return {
        "id": number, "type": one["kind"], "title": one["title"], "description": one["help"], "datasource": source,
        "gridPos": {"x": x, "y": y, "w": one["width"], "h": height},
        "fieldConfig": {"defaults": {"unit": one["unit"]}, "overrides": []}, "options": options, "targets": targets,
    }


def grafana_panels(rows) -> list:
    panels, y = [], 0
    for title, row in rows.items():
        panels.append({"id": len(panels) + 1, "type": "row", "title": title, "collapsed": False, "panels": [],
                       "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1}})
        x, y, height = 0, y + 1, 0
        for one in row:
            if x + one["width"] > WIDTH:
                x, y, height = 0, y + height, 0
            made = grafana_panel(one, len(panels) + 1, x, y)
            panels.append(made)
            x, height = x + one["width"], max(height, made["gridPos"]["h"])
        y += height
    return panels


def choice(name, label, query) -> dict:
    source = {"type": "prometheus", "uid": "${datasource}"}
    return {"name": name, "label": label, "type": "query", "datasource": source, "query": query, "refresh": 2,
            "multi": True, "includeAll": True, "allValue": ".*", "current": {"text": "All", "value": "$__all"}}


def dashboard(families) -> dict:
    return {
        "uid": "provnet", "title": "ProvNet", "tags": ["provnet"], "schemaVersion": 38, "version": 1, "editable": True,
        "refresh": "30s", "time": {"from": "now-1h", "to": "now"}, "annotations": {"list": []}, "links": [],
        "templating": {"list": [
            {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"},
            choice("job", "Job", "label_values(provnet_build_info, job)"),
            choice("model", "Model", 'label_values(provnet_queue_depth{job=~"$job"}, model)'),
        ]},
        "panels": grafana_panels(complete_rows(families)),
    }


def text() -> str:
    return json.dumps(dashboard(metric_names.families()), indent=1) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/dashboard.sh", description="Makes Grafana's dashboard from the metrics in the code.")
    parser.add_argument("--check", action="store_true", help="only say whether the file is what would be made")
    arguments = parser.parse_args()
    if not arguments.check:
        OUTPUT.write_text(text())
        return 0
    if OUTPUT.is_file() and OUTPUT.read_text() == text():
        return 0
    print(f"{OUTPUT} is not what the metrics in the code make of it; run scripts/dashboard.sh and check it in", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
