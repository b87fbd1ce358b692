"""What disturbs a server, each for some seconds; several at once are a plan."""

import dataclasses
import random
import signal
import threading
import time
from typing import Callable

import grpc

from calls import Caller, picture
from http2 import Connection
from regulars import DEADLINE_SECONDS
from slow import SlowCallers, SlowOpener, SlowReader, SlowSender
from streams import UnreadStreams
from versions import DAMAGE_TO_OFFER, Versions

# A disturbance lasts at most about as long as a round, so that most meet each other.
ROUND_SECONDS = 6.0
SHORT_STOP_SECONDS = (0.05, 0.5)
# Longer than the deadline of those who behave well, once in so many rounds; short runs have none.
LONG_STOP_SECONDS = DEADLINE_SECONDS + 1
ROUNDS_PER_LONG_STOP = 10
# After a stop, so that two of them are not a long one.
PAUSE_SECONDS = 1.0


@dataclasses.dataclass
class World:
    """What is disturbed."""

    server: object
    versions: Versions
    # When the server was stopped, and until when.
    stops: list[tuple[float, float]] = dataclasses.field(default_factory=list)
    lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)

    def stop_for(self, seconds):
        # One stop at a time: SIGCONT ends them all.
        with self.lock:
            begin = time.monotonic()
            self.server.signal(signal.SIGSTOP)
            time.sleep(seconds)
            self.server.signal(signal.SIGCONT)
            self.stops.append((begin, time.monotonic()))
            time.sleep(PAUSE_SECONDS)


@dataclasses.dataclass(frozen=True)
class Disturbance:
    name: str
    run: Callable[[World, random.Random], None]


DISTURBANCES: list[Disturbance] = []


def disturbance(name):
    def register(run):
        DISTURBANCES.append(Disturbance(name, run))
        return run

    return register


def ignore_refusal(call):
    """These callers may be refused."""
    try:
        call()
    except grpc.RpcError:
        pass


@disturbance("another version")
def replace(world, _):
    world.versions.replace(world.server)


@disturbance("a broken version")
def offer_broken(world, choice):
    world.versions.offer_broken(world.server, choice.choice(DAMAGE_TO_OFFER))


@disturbance("a damaged sample store")
def damage_store(world, choice):
    world.versions.damage_store(world.server, seconds=choice.uniform(0.5, 2))


@disturbance("a deadline storm")
def storm(world, choice):
    with Caller(world.server).connected() as caller:
        for _ in range(choice.randint(3, 10)):
            calls = [caller.explain_later(timeout=0.001) for _ in range(100)]
            for call in calls:
                ignore_refusal(call.result)


@disturbance("cancelled calls")
def cancel(world, choice):
    with Caller(world.server).connected() as caller:
        for _ in range(choice.randint(4, 12)):
            calls = [caller.explain_later() for _ in range(50)]
            time.sleep(choice.uniform(0, 0.01))
            for call in calls:
                call.cancel()


@disturbance("huge messages and metadata")
def huge(world, choice):
    request = picture()
    request.tensor.data = bytes(choice.randint(17, 64) << 20)
    for _ in range(choice.randint(1, 3)):
        with Caller(world.server).connected() as caller:
            ignore_refusal(lambda: caller.explain(request))
            ignore_refusal(lambda: caller.explain(metadata=[("x-long", "m" * choice.randint(20 << 10, 1 << 20))]))


@disturbance("streams that nobody reads")
def never_read(world, choice):
    with UnreadStreams(world.server, choice.randint(2, 8), timeout=60):
        time.sleep(choice.uniform(1, 3))


@disturbance("slow callers")
def slow(world, choice):
    with SlowCallers(world.server, choice.randint(1, 5), SlowReader, SlowSender, SlowOpener):
        time.sleep(choice.uniform(1, 4))


@disturbance("idle connections")
def idle(world, choice):
    connections = []
    try:
        connections.extend(Connection(world.server) for _ in range(choice.randint(50, 200)))
        time.sleep(choice.uniform(0.5, 3))
    finally:
        for connection in connections:
            connection.close()


@disturbance("a short SIGSTOP")
def stop(world, choice):
    world.stop_for(choice.uniform(*SHORT_STOP_SECONDS))


LONG_STOP = Disturbance("a long SIGSTOP", lambda world, _: world.stop_for(LONG_STOP_SECONDS))


@dataclasses.dataclass(frozen=True)
class Step:
    """A disturbance at a time, in seconds from the plan's begin, with a seed of its own."""

    at: float
    what: Disturbance
    seed: int


def plan(seed: int, rounds: int) -> list[Step]:
    """Every disturbance once a round, each at a time of its own; the same for the same numbers."""
    choice = random.Random(seed)

    def step(round_number, what):
        return Step((round_number + choice.random()) * ROUND_SECONDS, what, choice.getrandbits(32))

    steps = [step(number, what) for number in range(rounds) for what in DISTURBANCES]
    steps += [step(choice.randrange(rounds), LONG_STOP) for _ in range(rounds // ROUNDS_PER_LONG_STOP)]
    return sorted(steps, key=lambda one: one.at)
