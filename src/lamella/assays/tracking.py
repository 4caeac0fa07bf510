"""Tracks of cells as a microscope would take them, frame by frame."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lamella.culture import Culture, at_edge, elongation, positions


class Recorder:
    """Collects one row per cell and frame: cell, time_s, x_um, y_um, axis_x, axis_y, aspect, edge."""

    def __init__(self) -> None:
        self._frames: list[pd.DataFrame] = []

    def take(self, culture: Culture) -> None:
        """Add the present frame."""
        where, axis = positions(culture), culture.dish.axis[1:]
        self._frames.append(
            pd.DataFrame(
                {
                    "cell": np.arange(1, len(where) + 1, dtype=np.int32),
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
        """Positions [um].   [times, cells, 2]"""
        return np.stack([frame[["x_um", "y_um"]].to_numpy() for frame in self._frames])


def mean_edge_aspect(table: pd.DataFrame, after: float) -> float:
    """Mean aspect along the axis of cells at the free edge from `after` [s] on; nan if there was none."""
    late = table[(table["time_s"] >= after) & table["edge"]]
    return float(np.asarray(late["aspect"], float).mean()) if len(late) else float("nan")
