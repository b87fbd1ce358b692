"""Replicas on loopback addresses of their own, the name that stands for them, and callers that ask them through the client library."""

import dataclasses
import json
import pathlib
import signal
import subprocess
import time

from names import NAME, Names
from prometheus import free_port
from server import Server

# Between leaving the name and SIGTERM, as the chart's preStopSeconds.
PRE_STOP_SECONDS = 0.5
PATIENCE_SECONDS = 60


@dataclasses.dataclass(frozen=True)
class Setting:
    # The folder of the programs: the image.
    programs: pathlib.Path
    # The program that is the callers.
    load: pathlib.Path
    # A model repository with one sound model, "digits", version 1. Not to be changed.
    repository: pathlib.Path
    # An empty folder of this scenario alone.
    folder: pathlib.Path
    # Calls a second, and callers.
    rate: float
    callers: int
    # How long the load goes on before and after what is done to the fleet.
    calm_seconds: float
    keepalive_seconds: tuple[float, float]
    connection_age_seconds: float
    # The program, where there is one, and where its libraries are if not where the system looks.
    haproxy: pathlib.Path | None = None
    haproxy_libraries: str = ""


class Replica(Server):
    def __init__(self, setting, address, port, repository, *flags):
        self.address = address
        super().__init__(setting, repository, "--log-level=warning", *flags, listen=f"{address}:{port}")

    def answered(self) -> float:
        return self.metric(r'provnet_request_duration_seconds_count\{code="OK",rpc="Explain"\}')

    def version(self) -> float:
        return self.metric(r"provnet_model_version\{")


class Fleet:
    """All are killed at the end of the block."""

    def __init__(self, setting: Setting, *flags, repository=None):
        self._setting = setting
        self._flags = flags
        self.repository = repository or setting.repository
        self.port = free_port()
        self.names = Names()
        self.replicas: list[Replica] = []
        self._gone: list[Replica] = []
        self._started = 0

    def __enter__(self):
        self.names.__enter__()
        return self

    def __exit__(self, *_):
        for replica in self.replicas + self._gone:
            replica.kill()
        self.names.__exit__()

    @property
    def target(self) -> str:
        return f"dns://127.0.0.1:{self.names.port}/{NAME}:{self.port}"

    def start(self, address=None, setting=None) -> Replica:
        """One more replica, which is ready and in the name. Raises ServerFailed."""
        self._started += 1
        address = address or self.address(self._started)
        replica = Replica(setting or self._setting, address, self.port, self.repository, *self._flags)
        self.replicas.append(replica)
        self._announce()
        return replica

    @staticmethod
    def address(number: int) -> str:
        """Of the replica that is started as that one, from 1 on."""
        return f"127.77.0.{number}"

    def retire(self, replica: Replica) -> int:
        """As Kubernetes does it: out of the name, a moment later SIGTERM. Returns its exit status."""
        self._forget(replica)
        time.sleep(PRE_STOP_SECONDS)
        return replica.terminate()

    def kill(self, replica: Replica):
        replica.kill()
        self._forget(replica)

    def _forget(self, replica: Replica):
        self.replicas.remove(replica)
        self._gone.append(replica)
        self._announce()

    def _announce(self):
        self.names.set([replica.address for replica in self.replicas])


def seconds_to_balance(replicas, since: float, window: float = 1.0) -> float:
    """From `since` until each replica has at least half of its fair share of the answers of a window. Raises TimeoutError."""
    until = time.monotonic() + PATIENCE_SECONDS
    before = [replica.answered() for replica in replicas]
    while time.monotonic() < until:
        time.sleep(window)
        now = [replica.answered() for replica in replicas]
        share = [b - a for a, b in zip(before, now)]
        if min(share) > 0.5 * sum(share) / len(share):
            # The window's beginning: from then on they had it.
            return max(0.0, time.monotonic() - window - since)
        before = now
    raise TimeoutError(f"no balance within {PATIENCE_SECONDS} s; answers in the last {window} s: {share}")


class Callers:
    """They ask until the end of the block; then `report` says what became of their calls (load.cc says how)."""

    def __init__(self, setting: Setting, target: str, rate: float, clients=1):
        time_, timeout = setting.keepalive_seconds
        self._error = setting.folder / "load.log"
        with open(self._error, "wb") as log:
            self._process = subprocess.Popen(
                [str(setting.load), f"--target={target}", f"--callers={setting.callers}", f"--rate={rate}", f"--clients={clients}",
                 f"--keepalive_time={time_}s", f"--keepalive_timeout={timeout}s"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            )
        self.report: dict = {}
        self._started = time.monotonic()
        self.seconds = 0.0

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            self._process.send_signal(signal.SIGKILL)
        output, _ = self._process.communicate()
        self.seconds = time.monotonic() - self._started
        if kind is None:
            if self._process.returncode != 0:
                raise RuntimeError(f"the callers ended with {self._process.returncode}: {self._error.read_text()}")
            self.report = json.loads(output)

    @property
    def calls(self) -> int:
        return self.report["calls"]

    @property
    def failed(self) -> list:
        return self.report["failed"]

    @property
    def retried(self) -> list:
        """The calls that were tried again: start, first_retry (when the first attempt had failed), end, retries."""
        return self.report["retried"]
