"""What is taken of a time course: how long its pulse lasts, and when it has made half of its change."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEAST_CHANGE = 1.10
"""A course that changes by less than this factor has neither pulse nor event."""

NEVER = np.inf
"""Half time of what does not change."""


def pulse_duration(times: NDArray[np.float64], course: NDArray[np.float64]) -> float:
    """How long a course is above half of its rise, round its peak (s).

    times, course   [times]
    returns         0 where it does not rise; a course that has not come down at its end lasts to it
    """
    begin, peak = float(course[0]), int(np.argmax(course))
    if course[peak] <= LEAST_CHANGE * max(begin, 0.0) or course[peak] <= 0.0:
        return 0.0
    half = 0.5 * (begin + float(course[peak]))
    rise = _crossing(times[: peak + 1], course[: peak + 1], half)
    fall = _crossing(times[peak:], course[peak:], half)
    return float((times[-1] if fall is None else fall) - (times[0] if rise is None else rise))


def half_time(times: NDArray[np.float64], course: NDArray[np.float64]) -> float:
    """When a course has made half of its change, from its first value to the one furthest from it (s after the first).

    returns   NEVER where it does not change by LEAST_CHANGE
    """
    begin = float(course[0])
    far = int(np.argmax(np.abs(course - begin)))
    low, high = sorted((begin, float(course[far])))
    if high <= 0.0 or high <= LEAST_CHANGE * max(low, 0.0):
        return float(NEVER)
    when = _crossing(times[: far + 1], course[: far + 1], 0.5 * (low + high))
    return float(NEVER if when is None else when - times[0])


def _crossing(times: NDArray[np.float64], course: NDArray[np.float64], level: float) -> float | None:
    """First time at which a course passes a level, between its samples; None where it does not."""
    above = course > level
    change = np.flatnonzero(above[1:] != above[:-1])
    if not change.size:
        return None
    i = int(change[0])
    share = (level - course[i]) / (course[i + 1] - course[i])
    return float(times[i] + share * (times[i + 1] - times[i]))


MEASURES = {"duration": pulse_duration, "half time": half_time}
"""What an expectation may measure of a course, besides its level."""
