"""Pictures of a dish at some of its frames, evenly over the experiment, and what it gave with them as one dataset; the
first replicate alone is filmed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pandas import DataFrame

from lamella.assays.protocol import Setting
from lamella.tissue import Dish


class Film:
    """The pictures of one dish.

    times      [frames] s
    pictures   how many of the frames are kept, both ends among them
    """

    def __init__(self, setting: Setting, times: NDArray[np.floating], pictures: int):
        chosen = {int(i) for i in np.linspace(0, len(times) - 1, pictures).round()}
        self._times, self._chosen = times, sorted(chosen) if setting.replicate == 0 else []
        self._labels: list[NDArray[np.uint16]] = []

    def take(self, frame: int, dish: Dish) -> None:
        """Keep the picture of a frame, if it is among the chosen."""
        if frame in self._chosen:
            self._labels.append(np.maximum(dish.labels(), 0).astype(np.uint16))

    def dataset(self, data: Mapping[str, Any], attrs: Mapping[str, Any], tracks: DataFrame | None = None) -> xr.Dataset:
        """What a dish gave, with its tracks and its pictures, `labels` [frames, x, y].

        tracks   as `Recorder.table` gives them; each column becomes `track_COLUMN` [points]
        """
        whole, coordinates = dict(data), {"times": self._times}
        if tracks is not None:
            whole |= {f"track_{column}": ("points", tracks[column].to_numpy()) for column in tracks}
        if self._labels:
            whole["labels"] = (("frames", "x", "y"), np.stack(self._labels))
            coordinates["frames"] = self._times[self._chosen]
        return xr.Dataset(whole, coords=coordinates, attrs=dict(attrs))
