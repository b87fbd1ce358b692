"""Injects one fault after the other into real servers, and says which promises were kept.

Called by scripts/faults.sh, which prepares the programs, the model and the Python messages.
"""

import argparse
import datetime
import itertools
import json
import pathlib
import platform
import shutil
import sys
import tempfile
import time
import traceback

from fault import FAULTS, NotHere, Outcome, Scale, Setting

# Importing registers the faults.
import bundles  # noqa: F401
import flood  # noqa: F401
import full_disks  # noqa: F401
import host  # noqa: F401
import mixed  # noqa: F401
import processes  # noqa: F401
import reloads  # noqa: F401
import requests  # noqa: F401
import rotation  # noqa: F401


# Nothing could be shown: ctest lists such a test as skipped.
ALL_SKIPPED = 77


def chosen(words) -> list:
    """The faults of which a word is the name, or else the beginning of it; all without words."""
    if not words:
        return FAULTS
    names = {one.name for one in FAULTS}
    return [one for one in FAULTS if any(one.name == word or (word not in names and one.name.startswith(word)) for word in words)]


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/faults.sh", description="Injects faults into real servers.")
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--repository", type=pathlib.Path, required=True)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--share", type=float, default=0.05, help="of the full numbers (docs/reliability.md), 0 to 1")
    parser.add_argument("--soak", type=float, default=0, help="hours to go on, with the full numbers")
    parser.add_argument("--seed", type=int, default=1, help="of what is drawn at random; with --soak of the first time, then one more each")
    parser.add_argument("--only", action="append", default=[], help="a fault's name, or the beginning of it")
    arguments = parser.parse_args()
    if not 0 < arguments.share <= 1:
        parser.error(f"--share={arguments.share}; expected above 0 and at most 1")
    arguments.faults = chosen(arguments.only)
    if not arguments.faults:
        parser.error(f"--only={arguments.only} names no fault; there are: " + ", ".join(one.name for one in FAULTS))
    return arguments


def inject(one, arguments, seed) -> dict:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="provnet-fault-"))
    setting = Setting(arguments.programs, arguments.repository, folder, Scale(1.0 if arguments.soak else arguments.share), seed)
    start = time.monotonic()
    try:
        outcome = one.run(setting)
    except NotHere as reason:
        outcome = None
        skipped = str(reason)
    except Exception as error:  # A fault that can't be judged is a promise not kept.
        traceback.print_exc()
        outcome = Outcome(False, f"{type(error).__name__}: {error}")
    row = {"name": one.name, "promise": one.promise, "seconds": round(time.monotonic() - start, 1)}
    row |= {"figure": f"not shown: {skipped}", "kept": None} if outcome is None else {"figure": outcome.figure, "kept": outcome.kept}
    if row["kept"] is not False:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"what was left of it: {folder}", file=sys.stderr)
    word = {True: "kept", False: "BROKEN", None: "skipped"}[row["kept"]]
    print(f"{word:8} {one.name} ({row['seconds']} s)\n         {row['figure']}", flush=True)
    return row


def main() -> int:
    arguments = parse_arguments()
    until = time.monotonic() + 3600 * arguments.soak
    rows = []
    for seed in itertools.count(arguments.seed):
        rows += [inject(one, arguments, seed) for one in arguments.faults]
        if time.monotonic() >= until or any(row["kept"] is False for row in rows):
            break
    report = {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()} {platform.release()}",
        "share": 1.0 if arguments.soak else arguments.share,
        "faults": rows,
    }
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1) + "\n")
    broken = [row["name"] for row in rows if row["kept"] is False]
    skipped = [row["name"] for row in rows if row["kept"] is None]
    print(f"{len(rows) - len(broken) - len(skipped)} promises kept, {len(broken)} broken, {len(skipped)} not shown here")
    for title, names in (("broken", broken), ("not shown here", skipped)):
        if names:
            print(f"{title}: " + "; ".join(dict.fromkeys(names)))
    if broken:
        return 1
    return ALL_SKIPPED if len(skipped) == len(rows) else 0


if __name__ == "__main__":
    sys.exit(main())
