"""What is done to a fleet under load, what has to hold then, and what was seen."""

import contextlib
import dataclasses
import shutil
import signal
import time
from typing import Callable

import network
from files import renumber
from fleet import Callers, Fleet, Setting, seconds_to_balance
from proxy import Proxy

# A busy machine's share of any time that is held against a bound.
SLACK_SECONDS = 5.0


class NotHere(Exception):
    """This machine can't show the scenario; says why."""


@dataclasses.dataclass
class Seen:
    kept: bool
    load: str
    callers: Callers
    seconds_to_balance: float
    # What else there is to say, with figures.
    note: str


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    promise: str
    run: Callable[[Setting], Seen]


SCENARIOS: list[Scenario] = []


def scenario(name: str, promise: str):
    """Registers the function below, in the order of the definitions."""

    def register(run):
        SCENARIOS.append(Scenario(name, promise, run))
        return run

    return register


def calm(setting):
    time.sleep(setting.calm_seconds)


def with_age(setting) -> str:
    return f"--max-connection-age={setting.connection_age_seconds}s"


def steady(setting) -> str:
    return f"{setting.rate:.0f} calls/s, {setting.callers} callers"


@scenario("new image", "A rolling update of 3 replicas to another image fails no call.")
def new_image(setting):
    image = setting.folder / "image"
    image.mkdir()
    shutil.copy2(setting.programs / "provnet-server", image)
    after = dataclasses.replace(setting, programs=image)
    with Fleet(setting) as fleet:
        old = [fleet.start() for _ in range(3)]
        with Callers(setting, fleet.target, setting.rate) as callers:
            calm(setting)
            exits = []
            for replica in old:
                fleet.start(setting=after)
                since = time.monotonic()
                exits.append(fleet.retire(replica))
            balance = seconds_to_balance(fleet.replicas, since)
            calm(setting)
    kept = not callers.failed and exits == [0, 0, 0]
    return Seen(kept, steady(setting), callers, balance, f"exit statuses of the old {exits}")


@scenario("new model version", "3 replicas take up another model version while they serve: no call fails, and all answer with it.")
def new_version(setting):
    repository = setting.folder / "models"
    shutil.copytree(setting.repository / "digits" / "1", repository / "digits" / "1")
    with Fleet(setting, repository=repository) as fleet:
        for _ in range(3):
            fleet.start()
        with Callers(setting, fleet.target, setting.rate) as callers:
            calm(setting)
            staging = repository / "digits" / ".staging-2"
            shutil.copytree(repository / "digits" / "1", staging)
            renumber(staging, 2)
            since = time.monotonic()
            staging.rename(repository / "digits" / "2")
            while any(replica.version() != 2 for replica in fleet.replicas):
                if time.monotonic() - since > 60:
                    raise TimeoutError(f"versions after 60 s: {[replica.version() for replica in fleet.replicas]}")
                time.sleep(0.05)
            taken_up = time.monotonic() - since
            balance = seconds_to_balance(fleet.replicas, since + taken_up)
            calm(setting)
    answers = callers.report["answers_by_version"]
    kept = not callers.failed and set(answers) == {"1", "2"}
    return Seen(kept, steady(setting), callers, balance, f"all three with it after {taken_up:.1f} s; answers by version {answers}")


@scenario("kill -9", "No call fails: those that were on the killed replica, or sent to it before its callers knew of its end, are tried again by the client, at most one of each caller.")
def kill(setting):
    # Without an age the callers would not look for the replica that comes back.
    with Fleet(setting, with_age(setting)) as fleet:
        for _ in range(3):
            fleet.start()
        # Without pause, so that each caller always has a call in flight.
        with Callers(setting, fleet.target, rate=0) as callers:
            calm(setting)
            victim = fleet.replicas[0]
            killed = time.monotonic()
            fleet.kill(victim)
            calm(setting)
            # The container is started again, at the same address.
            fleet.start(address=victim.address)
            balance = seconds_to_balance(fleet.replicas, time.monotonic())
            calm(setting)
    in_flight = [call for call in callers.retried if call["start"] <= killed]
    # The first failure tells the client library, and so all callers, that the connection has ended; when that call is answered
    # even a busy machine's threads have heard of it.
    known = min((call["first_retry"] for call in callers.retried), default=0)
    late = [call for call in callers.retried if call["start"] > min(call["end"] for call in callers.retried)]
    kept = not callers.failed and 0 < len(callers.retried) <= setting.callers and not late
    note = f"{len(in_flight)} calls were on it, {len(callers.retried) - len(in_flight)} were sent to it after its death, which was known {(known - killed) * 1e3:.0f} ms after the kill; {len(late)} later"
    return Seen(kept, f"{setting.callers} callers without pause", callers, balance, note)


@scenario("scale 2 to 4, headless", "New replicas of a name get their share within the age of a connection, and no call fails.")
def scale_headless(setting):
    with Fleet(setting, with_age(setting)) as fleet:
        for _ in range(2):
            fleet.start()
        with Callers(setting, fleet.target, setting.rate) as callers:
            calm(setting)
            for _ in range(2):
                fleet.start()
            balance = seconds_to_balance(fleet.replicas, time.monotonic())
            calm(setting)
    kept = not callers.failed and balance < 2 * setting.connection_age_seconds + SLACK_SECONDS
    return Seen(kept, steady(setting), callers, balance, f"connections live {setting.connection_age_seconds:g} s")


@scenario("scale 2 to 4, behind haproxy", "The same where the callers see one address that balances connections.")
def scale_proxied(setting):
    clients = 8
    if setting.haproxy is None:
        raise NotHere("haproxy is not there")
    with Fleet(setting, with_age(setting)) as fleet:
        replicas = [f"{fleet.address(number)}:{fleet.port}" for number in range(1, 5)]
        for _ in range(2):
            fleet.start()
        with Proxy(setting.haproxy, setting.haproxy_libraries, setting.folder, replicas) as proxy, \
                Callers(setting, proxy.address, setting.rate, clients) as callers:
            calm(setting)
            for _ in range(2):
                fleet.start()
            balance = seconds_to_balance(fleet.replicas, time.monotonic())
            calm(setting)
    kept = not callers.failed and balance < 2 * setting.connection_age_seconds + SLACK_SECONDS
    return Seen(kept, f"{steady(setting)} on {clients} connections", callers, balance, f"connections live {setting.connection_age_seconds:g} s")


def left_behind(setting, silence) -> Seen:
    """One of three replicas goes silent for the time of `silence(replica)`, a context, and comes back."""
    bound = sum(setting.keepalive_seconds)
    with Fleet(setting) as fleet:
        for _ in range(3):
            fleet.start()
        with Callers(setting, fleet.target, setting.rate) as callers:
            calm(setting)
            began = time.monotonic()
            with silence(fleet.replicas[0]):
                time.sleep(bound + setting.calm_seconds)
            balance = seconds_to_balance(fleet.replicas, time.monotonic())
            calm(setting)
    left = max((call["end"] - began for call in callers.retried), default=0)
    kept = not callers.failed and len(callers.retried) <= setting.callers and 0 < left < bound + SLACK_SECONDS
    time_, timeout = setting.keepalive_seconds
    return Seen(kept, steady(setting), callers, balance, f"left after {left:.1f} s of keepalive {time_:g} + {timeout:g} s; balance after it is back")


@scenario("black hole", "A replica that packets don't reach any more is left within the keepalive time; no call fails.")
def black_hole(setting):
    if not network.own():
        raise NotHere("cutting the way to a replica needs `ip` and a network namespace (unshare --net), which this machine does not allow")
    return left_behind(setting, lambda replica: network.cut_off(replica.address))


@contextlib.contextmanager
def stopped(replica):
    replica.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        replica.signal(signal.SIGCONT)


@scenario("stopped", "The same where its kernel still takes packets, and it answers nothing.")
def stops(setting):
    return left_behind(setting, stopped)
