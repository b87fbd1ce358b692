"""A repository whose versions come, go and break while it is served; every other one is of another bundle."""

import os
import shutil
import threading
import time

import grpc

from bundles import DAMAGES
from calls import Caller, await_true
from files import renumber, spoil_samples

# Longer than the longest pause that a server is sent into, and then some.
NOTICED_WITHIN_SECONDS = 60
# Damage that keeps files' sizes: what is shorter or not there looks like a copy that has not ended.
DAMAGE_TO_OFFER = [name for name in DAMAGES if name.endswith("one bit")]


class Versions:
    """Thread-safe: one change at a time. `bundles` are two; odd versions are copies of the first, even ones of the second."""

    def __init__(self, repository, bundles):
        self.repository = repository
        self._bundles = bundles
        self._lock = threading.Lock()
        self._highest = 0
        # Times between which the version that serves has a damaged store.
        self.damaged: list[list[float]] = []
        # Those versions.
        self.lossy: set[int] = set()
        self.refused = 0
        self._put()

    @staticmethod
    def bundle_of(version) -> int:
        """0 or 1."""
        return (version + 1) % 2

    def replace(self, server):
        """The next version takes over; the one before it goes."""
        with self._lock, Caller(server).connected() as caller:
            self._replace(caller)

    def offer_broken(self, server, damage):
        """A version that can't be used comes, is refused, and goes. Its number is not used again."""
        with self._lock, Caller(server).connected() as caller:
            folder = self._put(damage=DAMAGES[damage][0], serves=False)
            version = int(folder.name)
            await_true(lambda: version in failed(caller), f"version {version}, {damage}, is not refused", NOTICED_WITHIN_SECONDS)
            self.refused += 1
            shutil.rmtree(folder)

    def damage_store(self, server, seconds):
        """The version that serves loses samples for a while; then the next one takes over."""
        with self._lock, Caller(server).connected() as caller:
            since = [time.monotonic(), float("inf")]
            self.damaged.append(since)
            self.lossy.add(self._serving)
            spoil_samples(self._folder(self._serving))
            time.sleep(seconds)
            self._replace(caller)
            since[1] = time.monotonic()

    def _replace(self, caller):
        before = self._serving
        self._put()
        await_true(lambda: answering(caller) == self._serving, f"version {self._serving} does not answer", NOTICED_WITHIN_SECONDS)
        shutil.rmtree(self._folder(before))

    def _put(self, damage=None, serves=True):
        """Publishes the next version as the trainer does it: written beside, then renamed into place."""
        self._highest += 1
        folder = self._folder(self._highest)
        staging = folder.parent / f".staging-{self._highest}"
        shutil.copytree(self._bundles[self.bundle_of(self._highest)], staging)
        renumber(staging, self._highest)
        if damage is not None:
            damage(staging)
        os.rename(staging, folder)
        if serves:
            self._serving = self._highest
        return folder

    def _folder(self, version):
        return self.repository / "digits" / str(version)


def answering(caller) -> int:
    """The version that answers; 0 where the server is too busy to."""
    try:
        return caller.explain(timeout=NOTICED_WITHIN_SECONDS).model.version
    except grpc.RpcError as error:
        if error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED:
            return 0
        raise


def failed(caller) -> set:
    return {info.model.version for info in caller.models() if info.state == info.STATE_FAILED}
