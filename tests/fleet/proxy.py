"""haproxy as a balancer that knows connections and nothing of what is inside them."""

import os
import pathlib
import socket
import subprocess
import time

from prometheus import free_port

READY_WITHIN_SECONDS = 30
# Whoever is not there counts as there until two checks have failed.
CHECKED_AFTER_SECONDS = 1.0

_SETTINGS = """
global
  maxconn 1000
defaults
  mode tcp
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  # Where one refuses a connection, another gets it, at once.
  retries 3
  option redispatch 1
frontend callers
  bind {address}
  default_backend replicas
backend replicas
  # The fewest connections: after one has ended, its successor goes where there is room.
  balance leastconn
  default-server check inter 250ms rise 1 fall 2
"""


class Proxy:
    """In front of `replicas`, addresses of which not all need be there yet; whoever is there gets connections."""

    def __init__(self, program: pathlib.Path, libraries: str, folder: pathlib.Path, replicas: list[str]):
        self.address = f"127.0.0.1:{free_port()}"
        servers = "".join(f"  server replica{i} {replica}\n" for i, replica in enumerate(replicas))
        (folder / "haproxy.cfg").write_text(_SETTINGS.format(address=self.address) + servers)
        self._log = folder / "haproxy.log"
        with open(self._log, "wb") as log:
            # Unpacked rather than installed, it finds its libraries beside itself.
            self._process = subprocess.Popen(
                [str(program), "-db", "-f", str(folder / "haproxy.cfg")], stdout=log, stderr=log,
                env={**os.environ, "LD_LIBRARY_PATH": libraries},
            )
        self._await()

    def _await(self):
        host, port = self.address.split(":")
        until = time.monotonic() + READY_WITHIN_SECONDS
        while True:
            try:
                socket.create_connection((host, int(port)), timeout=1).close()
                time.sleep(CHECKED_AFTER_SECONDS)
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > until:
                    self.__exit__()
                    raise RuntimeError(f"haproxy did not start: {self._log.read_text()}") from None
                time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
