"""The alert rules as the chart renders them: about one installation among several, and with a way to the runbook."""

import pathlib
import subprocess
import tempfile
import unittest

import yaml

import tools

FILE = tools.CHART / "files/alerts.yaml"


def rendered(monitoring: dict) -> dict:
    values = tools.overlay(tools.LEAST, {"monitoring": tools.overlay({"prometheusRule": {"enabled": True}}, monitoring)})
    (rule,) = [document for document in tools.objects(tools.render(values)) if document["kind"] == "PrometheusRule"]
    return rule["spec"]


def alert(rules: dict, name: str) -> dict:
    (found,) = [rule for group in rules["groups"] for rule in group["rules"] if rule.get("alert") == name]
    return found


class Rules(unittest.TestCase):
    def absent(self, rules: dict, series: str, labels: dict, whose: str) -> None:
        """Asserts that the servers' absence is noticed with those labels while only `series` is scraped."""
        case = {"interval": "1m", "input_series": [{"series": series, "values": "1x20"}], "alert_rule_test": [{
            "eval_time": "10m", "alertname": "ProvnetAbsent", "exp_alerts": [{
                "exp_labels": {"severity": "page", **labels},
                "exp_annotations": {"summary": f"No ProvNet server of {whose} is scraped", "runbook": "docs/runbook.md#provnetabsent"}}] if labels else []}]}
        with tempfile.TemporaryDirectory() as folder:
            paths = [pathlib.Path(folder) / name for name in ("rules.yaml", "test.yaml")]
            for path, content in zip(paths, (rules, {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [case]})):
                path.write_text(yaml.safe_dump(content))
            done = subprocess.run([tools.options.promtool, "test", "rules", paths[1]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_notice_that_this_installation_is_gone_while_another_is_there(self):
        rules = rendered({"podMonitor": {"enabled": True}})
        mine = {"namespace": "ml", "job": "ml/shop-provnet"}
        self.absent(rules, 'provnet_build_info{namespace="ml",job="ml/other"}', mine, "ml/shop-provnet")
        self.absent(rules, 'provnet_build_info{namespace="ml",job="ml/shop-provnet"}', {}, "")

    def test_notice_that_nothing_is_scraped_in_the_namespace_where_others_see_to_the_scraping(self):
        rules = rendered({})
        self.absent(rules, 'provnet_build_info{namespace="elsewhere",job="pods"}', {"namespace": "ml"}, "ml")
        self.absent(rules, 'provnet_build_info{namespace="ml",job="pods"}', {}, "")

    def test_lead_to_the_runbook_where_it_can_be_read(self):
        rules = rendered({"prometheusRule": {"runbookUrl": "https://wiki.example.org/runbook"}})
        for rule in (rule for group in rules["groups"] for rule in group["rules"] if "alert" in rule):
            self.assertEqual(rule["annotations"]["runbook_url"], f"https://wiki.example.org/runbook#{rule['alert'].lower()}")
            self.assertNotIn("runbook", rule["annotations"])

    def test_are_otherwise_those_of_the_file(self):
        rules = rendered({"podMonitor": {"enabled": True}})
        alert(rules, "ProvnetAbsent")["expr"] = "absent(provnet_build_info)"
        self.assertEqual(rules, yaml.safe_load(FILE.read_text()))


if __name__ == "__main__":
    tools.main("promtool")
