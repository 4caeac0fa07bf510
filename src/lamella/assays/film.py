"""Pictures of a dish at some of its frames, evenly over the experiment, and what it gave with them as one dataset; the
first replicate alone is filmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pandas import DataFrame

from lamella.assays.protocol import Setting
from lamella.culture import Culture


class Film:
    """The pictures of one dish.

    times      [frames] s
    pictures   how many of the frames are kept, both ends among them
    colour     state or observable of the cells that is kept with them
    """

    def __init__(self, setting: Setting, times: NDArray[np.floating], pictures: int, colour: str | None = None):
        chosen = {int(i) for i in np.linspace(0, len(times) - 1, pictures).round()}
        self._times, self._chosen = times, sorted(chosen) if setting.replicate == 0 else []
        self._labels: list[NDArray[np.uint16]] = []
        self._colour, self._shades = colour, []

    def take(self, frame: int, culture: Culture) -> None:
        """Keep the picture of a frame, if it is among the chosen.   raises InputError: no such state"""
        if frame not in self._chosen:
            return
        self._labels.append(np.maximum(culture.dish.labels(), 0).astype(np.uint16))
        if self._colour is not None:
            shades = np.full(int(culture.living.max(initial=0)) + 1, np.nan)
            shades[culture.living] = culture.population.observe((self._colour,))[:, 0]
            self._shades.append(shades)

    def dataset(self, data: Mapping[str, Any], attrs: Mapping[str, Any], tracks: DataFrame | None = None) -> xr.Dataset:
        """What a dish gave, with its tracks and its pictures, `labels` [frames, x, y], and the state that is
        kept with them, `shades` [frames, numbers]: by number of the cell, NaN where that has none.

        tracks   as `Recorder.table` gives them; each column becomes `track_COLUMN` [points]
        """
        whole, coordinates = dict(data), {"times": self._times}
        if tracks is not None:
            whole |= {f"track_{column}": ("points", tracks[column].to_numpy()) for column in tracks}
        if self._labels:
            whole["labels"] = (("frames", "x", "y"), np.stack(self._labels))
            coordinates["frames"] = self._times[self._chosen]
        if self._shades:
            whole["shades"] = (("frames", "numbers"), padded(self._shades), {"long_name": self._colour})
        return xr.Dataset(whole, coords=coordinates, attrs=dict(attrs))


def padded(rows: Sequence[NDArray[np.floating]]) -> NDArray[np.float64]:
    """Rows of unlike lengths below each other, NaN behind the shorter ones."""
    wide = np.full((len(rows), max(len(row) for row in rows)), np.nan)
    for row, values in zip(wide, rows):
        row[: len(values)] = values
    return wide
