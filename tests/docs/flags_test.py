"""docs/serving.md has each flag of provnet-server, with its default, and no other."""

import argparse
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# A row of a table of flags, which names one or several, and their default if they have one.
ROW = re.compile(r"^\| (`--[^|]*`) \| (?:`([^`]*)`)? ?\|", re.M)
# From the command line.
server = None


def defined() -> dict[str, str]:
    """The default of each flag, as the server prints it."""
    text = subprocess.run([server, "--help"], capture_output=True, text=True, check=True).stdout
    return dict(re.findall(r"^  --([a-z0-9-]+)=(.*)$", text, re.M))


def documented() -> list[tuple[str, str]]:
    return [
        (flag, default or "")
        for flags, default in ROW.findall((ROOT / "docs/serving.md").read_text())
        for flag in re.findall(r"`--([a-z0-9-]+)`", flags)
    ]


class Flags(unittest.TestCase):
    def test_are_all_in_serving_md_with_their_defaults(self):
        self.assertTrue(defined())
        self.assertEqual(dict(documented()), defined())

    def test_are_there_once(self):
        names = [flag for flag, _ in documented()]
        self.assertEqual(sorted(names), sorted(set(names)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True, type=pathlib.Path)
    server = parser.parse_args().programs / "provnet-server"
    unittest.main(argv=sys.argv[:1], verbosity=2)
