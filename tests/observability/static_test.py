"""What dashboard, alerts and runbook say about each other and about the code. No server runs."""

import argparse
import pathlib
import re
import subprocess
import sys
import unittest

import yaml

import autoscaler_queries
import dashboard
import metric_names
from rule_expressions import ALERTS, alternatives, rules, without_fallback, without_thresholds

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULE_TESTS = sorted(pathlib.Path(__file__).parent.glob("alerts*_test.yaml"))
SERIES = {series for family in metric_names.families() for series in family.series()}
# From the command line.
promtool = None


def alerts() -> list[dict]:
    return [rule for rule in rules() if "alert" in rule]


class Dashboard(unittest.TestCase):
    def test_is_what_the_metrics_in_the_code_make_of_it(self):
        self.assertEqual(dashboard.OUTPUT.read_text(), dashboard.text(), "run scripts/dashboard.sh and check the file in")

    def test_shows_every_metric(self):
        shown = metric_names.named_in(dashboard.OUTPUT.read_text())
        for family in metric_names.families():
            self.assertTrue(shown & set(family.series()), f"{family.name} is in no panel")

    def test_a_panel_of_an_unknown_metric_stops_the_making(self):
        without = [family for family in metric_names.families() if family.name != "provnet_batch_size"]
        with self.assertRaisesRegex(ValueError, "provnet_batch_size"):
            dashboard.complete_rows(without)

    def test_a_metric_without_a_panel_gets_one(self):
        new = metric_names.Family("provnet_new_total", "counter", "New.")
        more = dashboard.complete_rows([*metric_names.families(), new])["More"]
        self.assertIn("rate(provnet_new_total", more[-1]["queries"][0][0])


class Names(unittest.TestCase):
    def test_every_declaration_is_understood(self):
        for source in metric_names.FOLDER.glob("*.cc"):
            declared = len(re.findall(r"\.Name\(", source.read_text()))
            found = sum(f'"{family.name}"' in source.read_text() for family in metric_names.families())
            self.assertGreaterEqual(found, declared, f"{source} declares metrics in a way that metric_names.py does not read")


class Guides(unittest.TestCase):
    def test_name_metrics_that_the_code_has(self):
        families = {family.name for family in metric_names.families()} | {autoscaler_queries.metric_name()}
        named = 0
        for guide in sorted(ROOT.glob("docs/**/*.md")):
            names = metric_names.named_in(guide.read_text())
            self.assertLessEqual(names, SERIES | families, guide)
            named += len(names)
        self.assertGreater(named, 10)


class Alerts(unittest.TestCase):
    def test_name_metrics_that_the_code_has(self):
        recorded = {rule["record"] for rule in rules() if "record" in rule}
        for rule in rules():
            unknown = metric_names.named_in(rule["expr"]) - SERIES
            self.assertFalse(unknown, f"{rule.get('alert', rule.get('record'))} goes by {unknown}")
            self.assertLessEqual(set(re.findall(r"provnet:\w+:\w+", rule["expr"])), recorded)

    def test_say_how_urgent_they_are(self):
        for rule in alerts():
            self.assertIn(rule["labels"]["severity"], ("page", "ticket"), rule["alert"])
            self.assertTrue(rule["annotations"]["summary"], rule["alert"])

    def test_lead_to_an_entry_of_the_runbook_and_each_entry_has_its_alert(self):
        text = (ROOT / "docs/runbook.md").read_text()
        entries = dict(re.findall(r"^### (\w+)\n\*(page|ticket)\.\*", text, re.M))
        self.assertEqual(entries, {rule["alert"]: rule["labels"]["severity"] for rule in alerts()})
        for rule in alerts():
            self.assertEqual(rule["annotations"]["runbook"], f"docs/runbook.md#{rule['alert'].lower()}")

    def test_are_shown_to_fire_and_to_be_silent(self):
        fires, silent = set(), set()
        for file in RULE_TESTS:
            for case in yaml.safe_load(file.read_text())["tests"]:
                for one in case.get("alert_rule_test", []):
                    (fires if one.get("exp_alerts") else silent).add(one["alertname"])
        names = {rule["alert"] for rule in alerts()}
        self.assertEqual(fires, names)
        self.assertEqual(silent, names)

    def test_are_made_of_recorded_series_whose_values_are_tested(self):
        tested = {one["expr"] for file in RULE_TESTS for case in yaml.safe_load(file.read_text())["tests"] for one in case.get("promql_expr_test", [])}
        self.assertEqual({rule["record"] for rule in rules() if "record" in rule}, tested)

    def test_do_in_promtool_what_their_cases_say(self):
        for command in (["check", "rules", ALERTS], ["test", "rules", *RULE_TESTS]):
            done = subprocess.run([promtool, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.assertEqual(done.returncode, 0, done.stdout)


class Expressions(unittest.TestCase):
    def test_lose_what_makes_nothing_a_zero(self):
        self.assertEqual(without_fallback("(sum(a) or vector(0)) / sum(b)"), "(sum(a)) / sum(b)")
        self.assertEqual(without_fallback('sum(a{b="c"}) or x:y:z * 0'), 'sum(a{b="c"})')

    def test_lose_their_thresholds(self):
        cases = {
            "rate(a[5m]) > 0": "rate(a[5m])",
            "a / b > 14.4 * 0.001 and c > 1": "a / b and c",
            'sum by (x) (a{b=~"c|d"}) / e > 0.01': 'sum by (x) (a{b=~"c|d"}) / e',
            'a{b!="c > d"} == 1': 'a{b!="c > d"}',
            "(a > 1) * b < 2": "(a > 1) * b",
            "a unless on (x, y) b": "a and on (x, y) b",
            "changes(a[30m]) > 2 and on (x) b": "changes(a[30m]) and on (x) b",
            "absent(a)": "count(a)",
        }
        for expression, expected in cases.items():
            self.assertEqual(without_thresholds(expression), expected)

    def test_name_each_value_that_they_match(self):
        self.assertEqual(alternatives('sum(a{b=~"c|d",e="f"}) / g{h!="i"}'), {("a", "b", "c"), ("a", "b", "d"), ("a", "e", "f")})


class Autoscaling(unittest.TestCase):
    def test_the_adapter_offers_what_the_chart_asks_for(self):
        self.assertEqual(autoscaler_queries.adapter_rule()["name"]["as"], autoscaler_queries.metric_name())

    def test_names_metrics_that_the_code_has(self):
        for query in (autoscaler_queries.keda_query(), autoscaler_queries.adapter_query("ml", ["a"])):
            named = metric_names.named_in(query)
            self.assertTrue(named)
            self.assertLessEqual(named, SERIES)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--promtool", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    promtool = arguments.promtool
    if not promtool.is_file():
        sys.exit(f"{promtool} is not there; scripts/setup.sh puts it there")
    unittest.main(argv=sys.argv[:1], verbosity=2)
