"""When one looks at a dish that is watched: at the start, after every frame, and at the end.

A duration that frames do not divide ends with a shorter one. What is counted in frames (lags, angles between steps) is
taken from the times that are a whole frame apart, and what is measured per time from the time that passed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SAME = 1e-9
"""Frames by which a duration may miss a whole number of them: what is lost where units are converted."""


def whole_frames(duration: float, frame: float) -> int:
    """How many frames a duration holds."""
    return int(duration / frame + _SAME)


def frame_times(duration: float, frame: float) -> NDArray[np.float64]:
    """0, `frame`, 2 `frame` and so on, and `duration` itself [s]."""
    frames = whole_frames(duration, frame)
    times = frame * np.arange(frames + 1, dtype=np.float64)
    if duration - times[-1] > _SAME * frame:
        return np.append(times, duration)
    times[-1] = duration
    return times


def evenly_apart(times: NDArray[np.float64]) -> int:
    """How many of the times, from the first on, are a whole frame apart: all, or all but the last."""
    steps = np.diff(times)
    return len(times) - int(steps[-1] < (1.0 - _SAME) * steps[0])
