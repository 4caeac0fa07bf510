"""When something is done to cells: '10 uM from 2 h until 6 h'.

    10 uM                            from the start of the assay, settling included
    10 uM from before                the cells have grown in it
    10 uM from before until 0 h      grown in it, washed out at time 0 of the assay
    10 uM from 2 h                   washed in at 2 h
    10 uM until 1 h and 1 uM from 6 h
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from lamella.errors import InputError
from lamella.units import quantity

GROWTH, START = -2.0, -1.0
"""Stages before time 0: long culture, and the assay from its start until time 0."""

_PART = re.compile(r"(?P<amount>.*?)(?:(?:^|\s+)from\s+(?P<start>.+?))?(?:(?:^|\s+)until\s+(?P<end>.+))?", re.DOTALL)
_REMEDY = "Write e.g. '10 uM', '10 uM from 2 h until 6 h' or '10 uM from before until 0 h'."


@dataclass(frozen=True)
class Window:
    """An amount, as written, and when it is there: from `start` up to `end` (s, or a stage before time 0)."""

    amount: str
    start: float
    end: float


def windows(text: str, where: str | None = None) -> tuple[Window, ...]:
    """What is there when, in order of time.

    raises   InputError: a time that is none, an end before its beginning, two amounts at the same time
    """
    found: list[Window] = []
    for part in re.split(r"\s+and\s+", text.strip()):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise InputError(f"'{text}' is not an amount and its times", where=where, remedy=_REMEDY)
        start, end = match["start"], match["end"]
        begins = START if start is None else GROWTH if start.strip() == "before" else _time(start, where)
        ends = math.inf if end is None else _time(end, where)
        if ends <= begins:
            raise InputError(f"'{part}' ends before it begins", where=where, remedy=_REMEDY)
        found.append(Window(match["amount"].strip(), begins, ends))
    found.sort(key=lambda window: window.start)
    for one, other in pairwise(found):
        if other.start < one.end:
            raise InputError(f"'{text}' says two amounts for the same time", where=where,
                             remedy="End the first with 'until' before the second begins.")
    return tuple(found)


def amount_at(found: Iterable[Window], stage: float) -> str | None:
    """What is there at a stage or a time; None where nothing is."""
    return next((window.amount for window in found if window.start <= stage < window.end), None)


def moments(found: Iterable[Window]) -> set[float]:
    """Times of the assay (s) at which an amount comes or goes."""
    return {time for window in found for time in (window.start, window.end) if 0.0 <= time < math.inf}


def _time(text: str, where: str | None) -> float:
    return quantity(text.strip(), "s", where=where, minimum=0.0)
