"""A wound that is watched while it closes: what scratch and wound in vivo share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamella.assays.film import Film
from lamella.assays.protocol import Progress
from lamella.assays.tracking import Census, Recorder
from lamella.culture import Culture, open_area


class Closing(NamedTuple):
    """What is seen of the cells, and the open area at every time [um^2].   [times]"""

    recorder: Recorder
    census: Census
    area: NDArray[np.float64]

    @property
    def closed(self) -> NDArray[np.float64]:
        """Closed share of the wound.   [times]"""
        return 1.0 - self.area / self.area[0]


def watched(culture: Culture, wound: tuple[int, int] | NDArray[np.bool_], times: NDArray[np.float64], film: Film,
            progress: Progress) -> Closing:  # fmt: skip
    """Let the cells go, and look at every time.

    wound   first and last site of a band along x, or a mask [x, y]
    """
    recorder, census, areas = Recorder(), Census(), []
    for i, time in enumerate(times):
        culture.advance(time - culture.seconds)
        recorder.take(culture)
        census.take(culture)
        areas.append(open_area(culture, wound))
        film.take(i, culture)
        progress((i + 1) / len(times))
    return Closing(recorder, census, np.array(areas))
