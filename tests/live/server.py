"""A real provnet-server as a child process, for faults and benchmarks."""

import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

READY_WITHIN_SECONDS = 120
MIB = 1 << 20


class ServerFailed(Exception):
    """It ended before it was ready; the text is its log."""


class Server:
    """Starts at `listen`, by default on a port of its own choice, and is ready when the constructor returns.

    `setting` has the folder of the `programs`, and a `folder` for log and ports. With `tls`, a certificates.ServerTls,
    it speaks TLS, and so do its callers.
    """

    def __init__(
        self, setting, repository, *flags, listen="127.0.0.1:0", tls=None, environment=None, before_start=None, log=None
    ):
        self.tls = tls
        self.log_path = pathlib.Path(log) if log else setting.folder / f"server-{time.monotonic_ns()}.log"
        self._ports = setting.folder / f"ports-{time.monotonic_ns()}"
        command = [
            str(setting.programs / "provnet-server"),
            f"--model-repository={repository}",
            f"--listen={listen}",
            "--http=127.0.0.1:0",
            f"--port-file={self._ports}",
            *(tls.flags() if tls else ()),
            *flags,
        ]
        started = time.monotonic()
        with open(self.log_path, "ab") as output:
            self.process = subprocess.Popen(
                command, stderr=output, env={**os.environ, **(environment or {})}, preexec_fn=before_start
            )
        self._await_ports()
        self.seconds_to_ready = time.monotonic() - started

    def _await_ports(self):
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not (self._ports.exists() and self._ports.stat().st_size > 0):
            if self.process.poll() is not None:
                raise ServerFailed(self.log())
            if time.monotonic() > deadline:
                self.kill()
                raise ServerFailed(f"not ready within {READY_WITHIN_SECONDS} s: {self.log()}")
            time.sleep(0.002)
        addresses = dict(line.split("=", 1) for line in self._ports.read_text().split())
        self.grpc, self.http = addresses["grpc"], addresses["http"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.is_file() else ""

    def signal(self, number):
        self.process.send_signal(number)

    def alive(self) -> bool:
        return self.process.poll() is None

    def kill(self):
        if self.alive():
            self.process.kill()
        self.process.wait()

    def terminate(self) -> int:
        """SIGTERM; the exit status."""
        self.signal(signal.SIGTERM)
        return self.process.wait(timeout=READY_WITHIN_SECONDS)

    def metrics(self) -> str:
        with urllib.request.urlopen(f"http://{self.http}/metrics", timeout=10) as answer:
            return answer.read().decode()

    def metric(self, pattern: str) -> float:
        """The sum of the samples whose line matches."""
        lines = self.metrics().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if re.match(pattern, line))

    def readiness(self, capability="") -> int:
        """The HTTP status of /readyz, of the whole or of a capability."""
        try:
            with urllib.request.urlopen(f"http://{self.http}/readyz" + (capability and f"/{capability}"), timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def resident_bytes(self) -> int:
        return self._status_bytes("VmRSS")

    def peak_resident_bytes(self) -> int:
        return self._status_bytes("VmHWM")

    def _status_bytes(self, name) -> int:
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+) kB", status).group(1)) * 1024

    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu_seconds(self) -> float:
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
