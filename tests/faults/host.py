"""A host that misbehaves: full or read-only disks, a clock that jumps."""

import os
import pathlib
import subprocess
import time

from calls import Caller, Load
from fault import NotHere, Outcome, fault, sanitized
from files import copy_repository, snapshot
from server import Server


class Mounted:
    """A small file system in memory, for root only."""

    def __init__(self, folder, size):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self._mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(self.folder))

    def _mount(self, *arguments):
        done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NotHere(f"mount needs root: {done.stderr.strip()}")

    def make_read_only(self):
        self._mount("-o", "remount,ro", str(self.folder))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", str(self.folder)], check=False)


@fault("full disk", "The server goes on serving and ends well while no line of its log can be written; a training run fails with the cause and publishes nothing.")
def full(setting):
    with Server(setting, setting.repository, "--log-level=debug", log="/dev/full") as server:
        with Load(server) as load:
            load.await_answers(200)
            load.stop()
        exit_status = server.terminate()
    served = not load.failures() and exit_status == 0
    with Mounted(setting.folder / "small", "1m") as disk:
        fit = subprocess.run(
            [setting.programs / "provnet-train", "fit", "--dataset=glyphs:600", "--size=tiny", "--epochs=1", f"--output={disk.folder}/digits"],
            capture_output=True, text=True, check=False,
        )
        published = sorted(path.name for path in disk.folder.glob("digits/[0-9]*"))
    clean = fit.returncode == 1 and "no space left" in fit.stderr.lower() and not published
    last = fit.stderr.strip().splitlines()[-1][-120:] if fit.stderr.strip() else ""
    return Outcome(served and clean, f"{load.answered()} answers, exit {exit_status}; training: exit {fit.returncode}, published {published}, \"{last}\"")


@fault("read-only disk", "A repository that can't be written is served, and nothing in it changes.")
def read_only(setting):
    with Mounted(setting.folder / "frozen", "512m") as disk:
        subprocess.run(["cp", "-r", str(setting.repository), str(disk.folder / "models")], check=True)
        disk.make_read_only()
        before = snapshot(disk.folder)
        with Server(setting, disk.folder / "models") as server, Caller(server) as caller:
            answer = caller.explain()
            exemplars = caller.exemplars([0, 1, 2]).samples
        same = snapshot(disk.folder) == before
    return Outcome(same and len(exemplars) == 3, f"version {answer.model.version} answers, {len(exemplars)} samples read, files unchanged: {same}")


@fault("clock jumps", "Jumps of the wall clock by hours neither end calls early nor hold them up.")
def clock(setting):
    libraries = sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not libraries:
        raise NotHere("needs Debian's libfaketime")
    if sanitized():
        raise NotHere("libfaketime and sanitizers stand in for the same calls")
    offset = setting.folder / "offset"
    offset.write_text("+0")
    environment = {
        "LD_PRELOAD": str(libraries[0]), "FAKETIME_TIMESTAMP_FILE": str(offset), "FAKETIME_NO_CACHE": "1",
        # Real kernels keep the monotonic clock steady.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
    }
    jumps = ["+2h", "-3h", "+26h", "-1d", "+0"] * setting.scale.count(4)
    with Server(setting, setting.repository, environment=environment) as server:
        with Load(server) as load:
            load.await_answers(20)
            for jump in jumps:
                replacement = setting.folder / "offset.new"
                replacement.write_text(jump)
                os.rename(replacement, offset)
                load.await_answers(20)
                time.sleep(0.05)
            load.stop()
        slowest = max(load.seconds)
        exit_status = server.terminate()
    kept = not load.failures() and slowest < 5 and exit_status == 0
    return Outcome(kept, f"{len(jumps)} jumps, {load.answered()} answers, failures {load.failures()}, slowest {slowest * 1e3:.0f} ms, exit {exit_status}")
