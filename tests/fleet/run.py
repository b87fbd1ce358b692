"""Does one thing after the other to fleets of real servers under load, and prints what their callers noticed.

Called by scripts/fleet.sh, which prepares the programs, the model and the Python messages.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import shutil
import sys
import tempfile
import traceback

import network
from fleet import Setting
from scenarios import SCENARIOS, NotHere

# Nothing could be shown: ctest lists such a test as skipped.
ALL_SKIPPED = 77
RERUN = "scripts/fleet.sh --only='{}'"


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/fleet.sh", description="Rolls, kills, scales, cuts off and stops fleets of real servers.")
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--load", type=pathlib.Path, required=True)
    parser.add_argument("--repository", type=pathlib.Path, required=True)
    parser.add_argument("--haproxy", type=pathlib.Path)
    parser.add_argument("--haproxy-libraries", default="")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--only", action="append", default=[], help="a scenario's name, or the beginning of it")
    parser.add_argument("--rate", type=float, default=100, help="calls a second")
    parser.add_argument("--callers", type=int, default=12)
    parser.add_argument("--calm", type=float, default=5, help="seconds of load before and after what is done")
    parser.add_argument("--keepalive", default="5,3", help="seconds of silence before a ping, and of waiting for its answer")
    parser.add_argument("--connection-age", type=float, default=5, help="seconds that connections live while a fleet is scaled")
    arguments = parser.parse_args()
    arguments.scenarios = [one for one in SCENARIOS if not arguments.only or one.name.startswith(tuple(arguments.only))]
    if not arguments.scenarios:
        parser.error(f"--only={arguments.only} names no scenario; there are: " + ", ".join(one.name for one in SCENARIOS))
    return arguments


def setting_for(arguments, folder) -> Setting:
    silence, answer = map(float, arguments.keepalive.split(","))
    return Setting(
        programs=arguments.programs, load=arguments.load, repository=arguments.repository, folder=folder, rate=arguments.rate,
        callers=arguments.callers, calm_seconds=arguments.calm, keepalive_seconds=(silence, answer),
        connection_age_seconds=arguments.connection_age, haproxy=arguments.haproxy, haproxy_libraries=arguments.haproxy_libraries,
    )


def figures(seen) -> dict:
    callers = seen.callers
    return {
        "kept": seen.kept, "load": seen.load, "seconds": round(callers.seconds, 1), "calls": callers.calls,
        "failed": len(callers.failed), "retries": callers.report["retries"], "seconds_to_balance": round(seen.seconds_to_balance, 1),
        "slowest_seconds": round(callers.report["slowest_seconds"], 2), "note": seen.note,
        # Enough to see what it was.
        "failures": callers.failed[:5],
    }


def run(one, arguments) -> dict:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="provnet-fleet-"))
    row = {"name": one.name, "promise": one.promise, "rerun": RERUN.format(one.name)}
    try:
        row |= figures(one.run(setting_for(arguments, folder)))
    except NotHere as reason:
        row |= {"kept": None, "note": f"not shown: {reason}"}
    except Exception as error:  # What can't be judged was not kept.
        traceback.print_exc()
        row |= {"kept": False, "note": f"{type(error).__name__}: {error}"}
    if row["kept"] is False:
        print(f"what was left of it: {folder}; {row.get('failures')}", file=sys.stderr)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    word = {True: "kept", False: "BROKEN", None: "skipped"}[row["kept"]]
    print(f"{word:8} {one.name}: {row.get('calls', 0)} calls, {row.get('failed', 0)} failed, {row.get('retries', 0)} retries; {row['note']}", flush=True)
    return row


def table(rows) -> str:
    lines = ["| what | load | for | calls | failed | retries | slowest call | seconds to balance | | again with |", "|---|---|---|---|---|---|---|---|---|---|"]
    for row in rows:
        if row["kept"] is None or "calls" not in row:
            lines.append(f"| {row['name']} | | | | | | | | {row['note']} | `{row['rerun']}` |")
        else:
            lines.append(
                f"| {row['name']} | {row['load']} | {row['seconds']:.0f} s | {row['calls']:,} | {row['failed']} | {row['retries']} "
                f"| {row['slowest_seconds']} s | {row['seconds_to_balance']} | {row['note']} | `{row['rerun']}` |"
            )
    return "\n".join(lines)


def machine() -> str:
    model = re.search(r"^model name[^:]*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    return f"{model.group(1) if model else platform.machine()}, {os.cpu_count()} cores"


def main() -> int:
    arguments = parse_arguments()
    network.enter()
    rows = [run(one, arguments) for one in arguments.scenarios]
    date = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    print(f"\n{table(rows)}\n\n{date}, {machine()}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"date": date, "machine": machine(), "scenarios": rows}, indent=1) + "\n")
    if any(row["kept"] is False for row in rows):
        return 1
    return ALL_SKIPPED if all(row["kept"] is None for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
