"""Answers before speeds: how far from the truth each program ends, and at which tolerance ours ends no farther."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from bench.peers.own import Own
from bench.peers.roadrunner import RoadRunner
from bench.peers.task import Run, Task

TIGHT, TIGHT_ATOL = 1e-11, 1e-8
AGREE = 1e-2
"""Error beyond which a peer has computed something else, so that its speed says nothing."""
KINDS = ("day", "chunks")
_TIGHTER = (0.1, 0.01)
"""Shares of the tolerances at which a peer tries again where its answer does not agree."""
_SURE = 1e-4
"""Difference of two tight answers beyond which none of them is the truth."""
_TOLERANCES = tuple(
    float(f"{digits}e{power}") for power in range(-2, -10, -1) for digits in (1, 0.68, 0.47, 0.33, 0.22, 0.15)
)


class Program(Protocol):
    """Anything that runs a task."""

    def day(self) -> Run: ...

    def chunks(self) -> Run: ...


def error(found: np.ndarray, exact: np.ndarray) -> float:
    """Largest error of any state of any cell, over its size (and a millionth of the cell's largest)."""
    scale = np.abs(exact) + 1e-6 * np.abs(exact).max(axis=-1, keepdims=True)
    return float((np.abs(found - exact) / scale).max())


@dataclass
class Agreeing:
    """A peer at the loosest tolerances that were tried at which its answer agrees, for each kind of run where it does.

    program, rtol, error   by kind
    """

    program: dict[str, Program] = field(default_factory=dict)
    rtol: dict[str, float] = field(default_factory=dict)
    error: dict[str, float] = field(default_factory=dict)

    def tolerance(self, kind: str) -> float | None:
        """rtol of a kind; None where the answer never agreed."""
        return self.rtol.get(kind)


class Truth:
    """End states of a task at tight tolerances, by our interpreter and libRoadRunner alike.

    .doubt  {'day', 'chunks'}: how far the two are apart
    raises  SystemExit: they disagree
    """

    def __init__(self, task: Task):
        ours, theirs = Own(task, TIGHT, TIGHT_ATOL, "tape"), RoadRunner(task, 10 * TIGHT, TIGHT_ATOL)
        self.states = {"day": ours.day().states, "chunks": ours.chunks().states}
        other = {"day": theirs.day().states, "chunks": theirs.chunks().states}
        self.doubt = {kind: error(other[kind], states) for kind, states in self.states.items()}
        if max(self.doubt.values()) > _SURE:
            raise SystemExit(f"{task.name}: the tight answers disagree by {self.doubt}")

    def errors(self, program: Program) -> dict[str, float]:
        """Error of a program after a day, and after the chunks."""
        runs = {"day": program.day(), "chunks": program.chunks()}
        return {kind: error(run.states, self.states[kind]) for kind, run in runs.items()}

    def matched(self, task: Task, allowed: float) -> tuple[float, float] | None:
        """The loosest rtol at which our error in the chunks is at most `allowed`, and that error; or None.

        Every tighter rtol down to 1.5e-10 has to do as well: a loose one may be right by luck.
        """
        found = None
        for rtol in reversed(_TOLERANCES):
            here = error(Own(task, rtol, None).chunks().states, self.states["chunks"])
            if here > allowed:
                break
            found = rtol, here
        return found


def agreeing(
    truth: Truth, make: Callable[[float, float], Program], first: Program, rtol: float, atol: float
) -> tuple[dict[str, float], Agreeing]:
    """The errors of a peer at the asked tolerances, and the peer at those where it agrees.

    make    rtol, atol -> the peer;   first  the peer at the asked ones
    """
    asked = truth.errors(first)
    found = Agreeing()
    for share in (1.0, *_TIGHTER):
        if len(found.program) == len(KINDS):
            break
        peer = first if share == 1.0 else make(share * rtol, share * atol)
        errors = asked if share == 1.0 else truth.errors(peer)
        for kind in KINDS:
            if kind not in found.program and errors[kind] <= AGREE:
                found.program[kind], found.rtol[kind], found.error[kind] = peer, share * rtol, errors[kind]
    return asked, found
