"""How long dishes take, so that a check can say how much time is left."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping


class Pace:
    """Seconds per dish of every assay, from earlier checks until this one has dishes of its own.

    spent   seconds of dishes so far
    """

    def __init__(self, earlier: Mapping[str, float]):
        self._earlier = dict(earlier)
        self._sum: Counter[str] = Counter()
        self._count: Counter[str] = Counter()
        self.spent = 0.0

    def took(self, assay: str, seconds: float) -> None:
        """A dish is done."""
        self._sum[assay] += seconds  # type: ignore[assignment]
        self._count[assay] += 1
        self.spent += seconds

    @property
    def seconds(self) -> dict[str, float]:
        """Assay -> seconds per dish, for the next check."""
        return self._earlier | {assay: self._sum[assay] / count for assay, count in self._count.items()}

    def expected(self, dishes: Mapping[str, int], threads: int) -> float | None:
        """Seconds that dishes of these assays will take, `threads` at a time; None while nothing is known of any.

        An assay of which no dish was seen yet counts as the slowest that was.
        """
        known = self.seconds
        if not any(dishes.values()):
            return 0.0
        if not known:
            return None
        slowest = max(known.values())
        return sum(count * known.get(assay, slowest) for assay, count in dishes.items()) / threads


class Steady:
    """Time left of work of which nothing but the finished share is known: the rest goes on as what is done.

    clock   seconds; what is left is counted from the making of this
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._began = clock()

    def left(self, share: float) -> float | None:
        """Seconds, with `share` of 0..1 done; None before anything is."""
        return None if share <= 0.0 else (self._clock() - self._began) * (1.0 - share) / share


def spoken(seconds: float | None) -> str:
    """Seconds in words: '40 s', '12 min', '3.5 h'."""
    if seconds is None:
        return "unknown"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
