"""Several things go wrong at once, by a plan that a seed makes, while callers that behave well ask and compare."""

import collections
import concurrent.futures
import random
import subprocess
import time

from disturbances import LONG_STOP_SECONDS, World, plan
from fault import Outcome, fault
from regulars import Regulars
from server import MIB, Server
from truth import Truth
from versions import Versions

CALM_SECONDS = 5.0
# Until the server's memory has found its level.
WARM_UP_VERSIONS = 4
# Connections whose callers have gone are closed by then.
LEVEL_WITHIN_SECONDS = 30


def another_model(setting):
    """A repository with another network and other samples under the same name."""
    repository = setting.folder / "another"
    subprocess.run(
        [setting.programs / "provnet-train", "fit", "--dataset=glyphs:1000", "--size=tiny", "--epochs=1", "--seed=7", f"--output={repository}/digits"],
        check=True, capture_output=True,
    )
    return repository


def disturb(world, steps):
    """Takes each step at its time, in a thread of its own. Raises what one of them raised."""
    begin = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(len(steps)) as threads:
        running = []
        for step in steps:
            time.sleep(max(0.0, begin + step.at - time.monotonic()))
            running.append(threads.submit(step.what.run, world, random.Random(step.seed)))
    for one in running:
        one.result()


def unexcused(failures, world) -> list:
    """Failures for which neither a stop that outlasted the deadline nor a damaged store is the reason."""
    long = [stop for stop in world.stops if stop[1] - stop[0] >= LONG_STOP_SECONDS]
    return [
        failure
        for failure in failures
        if not (failure.code == "DEADLINE_EXCEEDED" and failure.within(long))
        and not (failure.code == "DATA_LOSS" and failure.within(world.versions.damaged))
    ]


def await_level(server, files) -> int:
    """How many files are open once there are not more than that, or in the end."""
    until = time.monotonic() + LEVEL_WITHIN_SECONDS
    while (now := server.open_files()) > files and time.monotonic() < until:
        time.sleep(0.1)
    return now


@fault("mixed", "Whatever comes at once, callers that behave well get right answers, each of one version; a call fails only for a stop that outlasts its deadline or a sample that was damaged; then times, memory and files are at their level.")
def mixed(setting):
    steps = plan(setting.seed, rounds=setting.scale.count(20, least=2))
    other = another_model(setting)
    truths = [Truth(setting, repository) for repository in (setting.repository, other)]
    if not truths[0].differs_from(truths[1]):
        raise RuntimeError("the two models can't be told apart")
    versions = Versions(setting.folder / "models", [repository / "digits" / "1" for repository in (setting.repository, other)])
    with Server(setting, versions.repository) as server:
        world = World(server, versions)
        for _ in range(WARM_UP_VERSIONS):
            versions.replace(server)
        with Regulars(server, versions, truths) as callers:
            calm = callers.p99_of(CALM_SECONDS)
            files, memory = server.open_files(), server.resident_bytes()
            disturb(world, steps)
            files_after = await_level(server, files)
            after = callers.p99_of(CALM_SECONDS)
            grown = (server.resident_bytes() - memory) / MIB
        alive = server.alive() and server.terminate() == 0
    codes = collections.Counter(failure.code for failure in callers.failures)
    bad = unexcused(callers.failures, world)
    kept = alive and not callers.wrong and not bad and files_after <= files and setting.scale.within(grown, 128 if setting.scale.closely else 512) and setting.scale.steady(calm, after)
    return Outcome(kept, f"seed {setting.seed}, {len(steps)} disturbances: {callers.answered()} answers of {len(callers.seen_versions)} versions ({callers.repeated} repeated), wrong {callers.wrong[:2]}, failures {dict(codes)}, of these not excused {bad[:3]}; {versions.refused} versions refused, {callers.lost_samples} damaged samples withheld; p99 {calm * 1e3:.0f} -> {after * 1e3:.0f} ms; memory {grown:+.0f} MiB, files {files} -> {files_after}; ended well: {alive}")
