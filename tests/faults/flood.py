"""Far more calls than a server can do, from callers who don't hold back."""

import json
import os
import subprocess

from calls import works_again
from fault import Outcome, fault
from server import MIB, Server

# Of the 4 GiB that the chart gives a pod.
MOST_GROWN = 3072 * MIB


def on_one_core():
    """So that the load driver has another one to outrun it from."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


@fault("flood", "Many times the calls that it can do, from callers who don't hold back: the server outlives them, in less than 3 GiB more, and answers as soon as they are gone.")
def flood(setting):
    seconds = setting.scale.count(10, least=3)
    report = setting.folder / "flood.json"
    with Server(setting, setting.repository, before_start=on_one_core) as server:
        works_again(server)
        before = server.resident_bytes()
        driver = subprocess.run(
            [setting.programs / "provnet", "bench", f"--server={server.grpc}", "--model=digits", "--rate=50000", "--timeout=200ms",
             "--channels=16", "--warmup=1s", f"--duration={seconds}s", f"--json={report}"],
            capture_output=True, text=True, check=False,
        )
        again = works_again(server)
        grown = server.peak_resident_bytes() - before
        alive = server.alive()
    if not report.exists():
        raise RuntimeError(f"no flood: {driver.stderr.strip()}")
    load = json.loads(report.read_text())
    failed = load["requests_failed"]
    kept = alive and failed > 0 and again < 2 and setting.scale.within(grown, MOST_GROWN)
    return Outcome(kept, f"{load['requests_offered']} calls in {seconds} s, {failed} of them failed; +{grown / MIB:.0f} MiB; then an answer after {again * 1e3:.0f} ms")
