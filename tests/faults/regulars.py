"""Callers that behave well: a few calls a second each, with a deadline, whose answers are compared with the truth."""

import dataclasses
import random
import threading
import time

import grpc

from calls import Caller, percentile
from truth import SHADES, question

DEADLINE_SECONDS = 10.0
CALLS_PER_SECOND = 25
# Of GetExemplars.
SAMPLES_AT_A_TIME = 8


@dataclasses.dataclass(frozen=True)
class Failure:
    start: float
    end: float
    code: str
    text: str

    def within(self, periods) -> bool:
        """Whether one of the periods covers some of the call."""
        return any(begin < self.end and self.start < end for begin, end in periods)


class Regulars:
    """They ask until the end of the block. `truths` are those of the two bundles of `versions`."""

    def __init__(self, server, versions, truths, callers=4):
        self._server, self._versions, self._truths = server, versions, truths
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._seconds = []
        self.wrong = []
        self.failures: list[Failure] = []
        self.lost_samples = 0
        # Attempts after a refusal.
        self.repeated = 0
        self.seen_versions = set()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(callers)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def answered(self) -> int:
        with self._lock:
            return len(self._seconds)

    def p99_of(self, seconds) -> float:
        """Of the calls that are answered from now on, for that long."""
        begin = self.answered()
        time.sleep(seconds)
        with self._lock:
            return percentile(self._seconds[begin:], 0.99)

    def _ask(self, number):
        choice = random.Random(number)
        period = 1 / CALLS_PER_SECOND
        due = time.monotonic() + period * choice.random()
        with Caller(self._server) as caller:
            while not self._stop.is_set():
                time.sleep(max(0.0, due - time.monotonic()))
                start = time.monotonic()
                # Who was held up goes on at the old pace.
                due = max(due, start - period) + period
                try:
                    ask = self._samples if choice.random() < 0.25 else self._explanation
                    version, wrong, lost = self._answer(ask, caller, choice, start + DEADLINE_SECONDS)
                except grpc.RpcError as error:
                    self._failed(Failure(start, time.monotonic(), error.code().name, error.details()))
                else:
                    self._ended(time.monotonic() - start, version, wrong, lost)

    def _answer(self, ask, caller, choice, deadline):
        """As the client library does it: who is told that the server is overloaded asks again a little later."""
        wait = 0.1
        while True:
            try:
                return ask(caller, choice, deadline - time.monotonic())
            except grpc.RpcError as error:
                pause = wait * choice.uniform(0.5, 1)
                if error.code() != grpc.StatusCode.RESOURCE_EXHAUSTED or time.monotonic() + pause > deadline:
                    raise
                time.sleep(pause)
                wait = min(2 * wait, 1.0)
                with self._lock:
                    self.repeated += 1

    def _explanation(self, caller, choice, timeout):
        shade = choice.choice(SHADES)
        answer = caller.explain(question(shade), timeout=timeout)
        version = answer.model.version
        wrong = self._truth(version).fault_of(shade, answer, may_lose=version in self._versions.lossy)
        return version, wrong, sum(exemplar.HasField("error") for exemplar in answer.provenance)

    def _samples(self, caller, choice, timeout):
        count = min(truth.sample_count for truth in self._truths)
        indices = choice.sample(range(count), SAMPLES_AT_A_TIME)
        answer = caller.exemplars(indices, timeout=timeout)
        return answer.model.version, self._truth(answer.model.version).fault_of_samples(indices, answer), 0

    def _truth(self, version):
        return self._truths[self._versions.bundle_of(version)]

    def _failed(self, failure):
        with self._lock:
            self.failures.append(failure)

    def _ended(self, seconds, version, wrong, lost):
        with self._lock:
            self._seconds.append(seconds)
            self.seen_versions.add(version)
            self.lost_samples += lost
            if wrong:
                self.wrong.append(f"version {version}: {wrong}")
