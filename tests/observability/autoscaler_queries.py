"""What autoscalers ask a Prometheus, as the chart and its README have it."""

import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy/helm/provnet"
# The rendered chart with KEDA; tests/deploy holds it against the templates.
WITH_KEDA = ROOT / "tests/deploy/golden/gpu-oci-keda.yaml"


def scaled_object() -> dict:
    return next(one for one in yaml.safe_load_all(WITH_KEDA.read_text()) if one and one["kind"] == "ScaledObject")


def keda_query() -> str:
    return next(trigger["metadata"]["query"] for trigger in scaled_object()["spec"]["triggers"] if trigger["type"] == "prometheus")


def adapter_rule() -> dict:
    """The Prometheus adapter's rule in the chart's README."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", (CHART / "README.md").read_text(), re.M | re.S)
    return next(yaml.safe_load(block)["rules"][0] for block in blocks if "seriesQuery" in block)


def adapter_query(namespace: str, pods) -> str:
    """As the adapter asks for the metric of each of the pods."""
    matchers = f'namespace="{namespace}",pod=~"{"|".join(pods)}"'
    return adapter_rule()["metricsQuery"].replace("<<.GroupBy>>", "pod").replace("<<.LabelMatchers>>", matchers)


def metric_name() -> str:
    """What the chart's HorizontalPodAutoscaler asks the adapter for."""
    return yaml.safe_load((CHART / "values.yaml").read_text())["autoscaling"]["queueWait"]["metricName"]
