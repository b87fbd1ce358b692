"""A loopback network of this program's own, in which the way to an address can be cut."""

import contextlib
import os
import shutil
import subprocess
import sys

# The namespace that this program has left.
_LEFT = "PROVNET_FLEET_LEFT_NETWORK"
_BRING_UP = ["ip", "link", "set", "lo", "up"]


def enter():
    """Where the machine lets it, starts this program anew in a network namespace of its own, from which nobody else is reached."""
    if own():
        subprocess.run(_BRING_UP, check=True)
        return
    if not (shutil.which("unshare") and shutil.which("ip")):
        return
    unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--map-root-user"]
    if subprocess.run([*unshare, *_BRING_UP], capture_output=True, check=False).returncode == 0:
        os.environ[_LEFT] = _namespace()
        os.execvp(unshare[0], [*unshare, sys.executable, *sys.argv])


def own() -> bool:
    return os.environ.get(_LEFT, _namespace()) != _namespace()


def _namespace() -> str:
    return os.readlink("/proc/self/ns/net")


@contextlib.contextmanager
def cut_off(address: str):
    """Until the end of the block, packets to the address are lost without a word; connections to it stay open. New ones fail."""
    route = ["table", "local", "blackhole", f"{address}/32"]
    subprocess.run(["ip", "route", "add", *route], check=True)
    try:
        yield
    finally:
        subprocess.run(["ip", "route", "del", *route], check=True)
