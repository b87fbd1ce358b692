"""What a fault is: something that goes wrong, what the server promises then, and how that is checked."""

import dataclasses
import pathlib
from typing import Callable


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What was seen of one fault."""

    kept: bool
    # What was measured, in words with figures, for the table.
    figure: str


@dataclasses.dataclass(frozen=True)
class Scale:
    """How much of each fault: a share of 1 is the full number that docs/reliability.md names."""

    share: float

    def count(self, full: int, least: int = 1) -> int:
        return max(least, int(full * self.share))


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
