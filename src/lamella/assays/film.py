"""Pictures of a dish at some of its frames, evenly over the experiment; the first replicate alone is filmed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

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
            self._labels.append(dish.labels().astype(np.uint16))

    def add_to(self, data: dict[str, Any], coordinates: dict[str, Any]) -> None:
        """Put the pictures among what a dish gave, `labels` [frames, x, y], and their times among its coordinates."""
        if self._labels:
            data["labels"] = (("frames", "x", "y"), np.stack(self._labels))
            coordinates["frames"] = self._times[self._chosen]
