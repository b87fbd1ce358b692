"""Versions that come and go while callers ask."""

import os
import shutil
import time

from calls import Caller, Load, percentile
from fault import Outcome, fault
from files import copy_repository, renumber
from server import Server

# The watcher sees a new folder at once; loading a small model takes a fraction of this.
TAKEN_UP_WITHIN_SECONDS = 30
# Until the server's memory has found its level.
WARM_UP_ROUNDS = 5
# Enough for a p99 of the time before.
CALM_ANSWERS = 2_000


def publish(repository, version):
    """As the trainer does it: written beside, then renamed into place."""
    staging = repository / "digits" / f".staging-{version}"
    shutil.copytree(repository / "digits" / str(version - 1), staging)
    renumber(staging, version)
    os.rename(staging, repository / "digits" / str(version))


def await_version(caller, version):
    until = time.monotonic() + TAKEN_UP_WITHIN_SECONDS
    while (answers := caller.explain().model.version) != version:
        if time.monotonic() > until:
            raise TimeoutError(f"version {version} does not answer within {TAKEN_UP_WITHIN_SECONDS} s; {answers} does")
        time.sleep(0.01)


@fault("reloads under load", "Each new version takes over and the old one goes; no call fails or takes longer than before, and memory keeps its level.")
def reload(setting):
    rounds = setting.scale.count(1_000, least=10)
    repository = copy_repository(setting)
    with Server(setting, repository, "--log-level=warning") as server, Caller(server) as caller:
        with Load(server) as load:
            load.await_answers(CALM_ANSWERS)
            calm, at = percentile(load.seconds, 0.99), len(load.seconds)
            for version in range(2, rounds + 2):
                publish(repository, version)
                await_version(caller, version)
                shutil.rmtree(repository / "digits" / str(version - 1))
                if version == WARM_UP_ROUNDS:
                    before = server.resident_bytes()
            load.await_answers(20)
            load.stop()
        drift = server.resident_bytes() / before - 1
        slow = percentile(load.seconds[at:], 0.99)
    kept = not load.failures() and setting.scale.level(drift) and setting.scale.steady(calm, slow)
    return Outcome(kept, f"{rounds} reloads, {load.answered()} answers of {len(load.versions)} versions, failures {load.failures()}; p99 {calm * 1e3:.0f} -> {slow * 1e3:.0f} ms; memory {drift:+.1%}")


@fault("half-copied version", "A version that is still being copied is not served; whole, it takes over.")
def half_copied(setting):
    repository = copy_repository(setting)
    with Server(setting, repository, "--repository-poll-interval=200ms") as server, Caller(server) as caller:
        source, target = repository / "digits" / "1", repository / "digits" / "2"
        whole = setting.folder / "whole"
        shutil.copytree(source, whole)
        renumber(whole, 2)
        with Load(server) as load:
            load.await_answers(20)
            early = 0
            # In the order in which cp might: the manifest may come first.
            for file in sorted(path for path in whole.rglob("*") if path.is_file())[::-1]:
                copy = target / file.relative_to(whole)
                copy.parent.mkdir(parents=True, exist_ok=True)
                content = file.read_bytes()
                copy.write_bytes(content[: len(content) // 2])
                time.sleep(0.1)
                early += caller.explain().model.version == 2
                copy.write_bytes(content)
            await_version(caller, 2)
            load.stop()
    kept = early == 0 and not load.failures()
    return Outcome(kept, f"answered by the half version {early} times; taken up when whole; {load.answered()} calls beside, failures {load.failures()}")


@fault("repository gone for a while", "What is loaded goes on serving; back again, new versions are taken up.")
def gone(setting):
    seconds = setting.scale.count(30, least=2)
    repository = copy_repository(setting)
    away = setting.folder / "away"
    with Server(setting, repository, "--repository-poll-interval=200ms") as server, Caller(server) as caller:
        with Load(server) as load:
            load.await_answers(20)
            os.rename(repository, away)
            time.sleep(seconds)
            load.await_answers(20)
            os.rename(away, repository)
            publish(repository, 2)
            await_version(caller, 2)
            load.stop()
    return Outcome(not load.failures(), f"away for {seconds} s; {load.answered()} answers, failures {load.failures()}; then version 2 answers")
