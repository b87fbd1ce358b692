"""What the tests of deploy/ have in common: the command line, Helm, and how a missing tool becomes a skipped test."""

import argparse
import pathlib
import subprocess
import sys
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/deploy"
CHART = ROOT / "deploy/helm/provnet"
# The exit status that ctest lists as skipped.
SKIPPED = 77
# What a cluster of today says it is.
KUBERNETES = "1.33.0"
# Values without which there is nothing to serve.
LEAST = {"model": {"pvc": {"claimName": "models"}}}

# From the command line: paths of Helm, of Kubernetes' schemas, of the folder with our programs, of rclone
# and of promtool.
options = None


class Refused(Exception):
    """Helm did not render; the message is what it said."""


def parse_command_line(*further: str) -> None:
    """Ends the test as skipped where a tool is missing: Helm, the schemas, or one whose option is named in `further`."""
    global options
    parser = argparse.ArgumentParser()
    parser.add_argument("--helm", type=pathlib.Path, default=ROOT / "build/tools/helm/bin/helm")
    parser.add_argument("--schemas", type=pathlib.Path, default=ROOT / "build/tools/kubernetes-schemas")
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / "build/dev/bin")
    parser.add_argument("--rclone", type=pathlib.Path, default=ROOT / "build/tools/rclone")
    parser.add_argument("--promtool", type=pathlib.Path, default=ROOT / "build/tools/promtool")
    parser.add_argument("--update", action="store_true", help="write golden files and the table of values anew")
    options, rest = parser.parse_known_args()
    sys.argv[1:] = rest
    for tool in (options.helm, options.schemas, *(getattr(options, name) for name in further)):
        if not tool.exists():
            print(f"skipped: {tool} is not there; scripts/setup.sh puts it there (Helm and the schemas where npm is)")
            sys.exit(SKIPPED)


def main(*further: str) -> None:
    parse_command_line(*further)
    unittest.main(verbosity=2)


def run_helm(*arguments: str, values: dict | None = None) -> str:
    """Standard output; raises Refused with standard error. `values` are laid over the chart's own."""
    command = [str(options.helm), *arguments]
    done = subprocess.run(command + (["--values=-"] if values is not None else []), text=True, capture_output=True,
                          input=None if values is None else yaml.safe_dump(values))
    if done.returncode != 0:
        raise Refused(done.stderr + done.stdout)
    return done.stdout


def render(values: dict, kubernetes: str = KUBERNETES) -> str:
    return run_helm("template", "shop", str(CHART), "--namespace=ml", f"--kube-version={kubernetes}", values=values)


def objects(text: str) -> list[dict]:
    return [document for document in yaml.safe_load_all(text) if document]


def overlay(base: dict, over: dict) -> dict:
    """As Helm lays values over each other."""
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = overlay(merged[key], value) if both else value
    return merged


def cases() -> dict[str, dict]:
    """Values by name: what operators are likely to install, each with a golden file."""
    return {path.stem: yaml.safe_load(path.read_text()) for path in sorted((HERE / "cases").glob("*.yaml"))}


def pod_specs(document: dict) -> list[tuple[str, dict]]:
    """The specs of the pods that an object leads to, each with where it stands."""
    found = []

    def search(value, where: str) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("containers"), list):
                found.append((where, value))
                return
            for key, inner in value.items():
                search(inner, f"{where}.{key}")
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                search(inner, f"{where}[{index}]")

    search(document, document["kind"])
    return found
