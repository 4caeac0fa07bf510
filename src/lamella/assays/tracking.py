"""Tracks of cells as a microscope would take them, frame by frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lamella.culture import Culture, at_edge, elongation, positions


class Recorder:
    """Collects one row per cell and frame: cell, time_s, x_um, y_um, axis_x, axis_y, aspect, edge.

    A cell is known by its number in the dish: it may come by division and go by death.
    """

    def __init__(self) -> None:
        self._frames: list[pd.DataFrame] = []

    def take(self, culture: Culture) -> None:
        """Add the present frame."""
        where, axis = positions(culture), culture.dish.axis[culture.living]
        self._frames.append(
            pd.DataFrame(
                {
                    "cell": culture.living.astype(np.int32),
                    "time_s": culture.seconds,
                    "x_um": where[:, 0],
                    "y_um": where[:, 1],
                    "axis_x": axis[:, 0].copy(),
                    "axis_y": axis[:, 1].copy(),
                    "aspect": elongation(culture),
                    "edge": at_edge(culture),
                }
            )
        )

    def table(self) -> pd.DataFrame:
        """All frames, in order."""
        return pd.concat(self._frames, ignore_index=True)

    def paths(self) -> NDArray[np.float64]:
        """Positions [um] of all cells that were ever there, by number; NaN where one is not.   [times, cells, 2]"""
        numbers = np.unique(np.concatenate([frame["cell"] for frame in self._frames]))
        where = np.full((len(self._frames), numbers.size, 2), np.nan)
        for place, frame in zip(where, self._frames):
            place[np.searchsorted(numbers, frame["cell"])] = frame[["x_um", "y_um"]]
        return where


class Census:
    """How many cells there are, and how many have been shed, frame by frame."""

    def __init__(self) -> None:
        self._living: list[int] = []
        self._died: list[int] = []

    def take(self, culture: Culture) -> None:
        """Count the present frame."""
        self._living.append(len(culture.living))
        self._died.append(culture.died)

    def courses(self) -> dict[str, Any]:
        """`living` and `died` over the frames [times], with names for a report."""
        return {"living": ("times", np.array(self._living, float), {"long_name": "cells in the dish"}),
                "died": ("times", np.array(self._died, float), {"long_name": "cells that died and were shed"})}


def mean_edge_aspect(table: pd.DataFrame, after: float) -> float:
    """Mean aspect along the axis of cells at the free edge from `after` [s] on; nan if there was none."""
    late = table[(table["time_s"] >= after) & table["edge"]]
    return float(np.asarray(late["aspect"], float).mean()) if len(late) else float("nan")
