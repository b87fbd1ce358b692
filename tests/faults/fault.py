"""What a fault is: something that goes wrong, what the server promises then, and how that is checked."""

import dataclasses
import os
import pathlib
from typing import Callable


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What was seen of one fault."""

    kept: bool
    # What was measured, in words with figures, for the table.
    figure: str


def sanitized() -> bool:
    """Whether the server runs under a sanitizer, as the presets' tests are told."""
    return any(name in os.environ for name in ("TSAN_OPTIONS", "ASAN_OPTIONS"))


@dataclasses.dataclass(frozen=True)
class Scale:
    """How much of each fault: a share of 1 is the full number that docs/reliability.md names."""

    share: float

    def count(self, full: int, least: int = 1) -> int:
        return max(least, int(full * self.share))

    @property
    def closely(self) -> bool:
        """Smaller runs are tests, on machines with other work or with sanitizers: there only what is stuck or leaks breaks a promise."""
        return self.share >= 0.05

    def steady(self, before: float, after: float) -> bool:
        """Whether a p99, in seconds, is what it was before, but for what a shared machine adds."""
        return after < (2 * before + 0.02 if self.closely else 5)

    def within(self, grown: float, limit: float) -> bool:
        """Whether memory, in whatever unit, stays below a limit. A sanitizer keeps some bytes of its own for each of the server's."""
        return grown < limit * (16 if sanitized() else 1)

    def level(self, drift: float) -> bool:
        """Whether memory that has changed by that share of itself has kept its level."""
        return drift < (0.05 if self.closely else 0.25)


@dataclasses.dataclass(frozen=True)
class Setting:
    """What every fault starts from."""

    # The folder of the programs.
    programs: pathlib.Path
    # A model repository with one sound model, "digits", version 1. Not to be changed.
    repository: pathlib.Path
    # An empty folder of this fault alone.
    folder: pathlib.Path
    scale: Scale
    # Of what is drawn at random.
    seed: int


class NotHere(Exception):
    """This machine can't show the fault, e.g. for want of root; says why."""


@dataclasses.dataclass(frozen=True)
class Fault:
    name: str
    promise: str
    run: Callable[[Setting], Outcome]


FAULTS: list[Fault] = []


def fault(name: str, promise: str):
    """Registers the function below as a fault, in the order of the definitions."""

    def register(run: Callable[[Setting], Outcome]):
        FAULTS.append(Fault(name, promise, run))
        return run

    return register
