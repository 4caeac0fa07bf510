"""Cells apart on a coated dish, watched frame by frame: what migration and morphology share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lamella.assays.clock import frame_times
from lamella.assays.preparation import lengths_of, numbers, plated, sites_per_cell
from lamella.assays.protocol import Progress, Setting
from lamella.assays.tracking import Recorder
from lamella.culture import Culture, Habitat, cells_apart
from lamella.networks import Treatment

SPACING = 4.5
"""Cell diameters between the centres of neighbours at the start."""


def watch(
    setting: Setting,
    cells: int,
    settle: float,
    duration: float,
    frame: float,
    progress: Progress,
    *,
    finer_step: int = 1,
    network_interval: float | None = None,
    each: Callable[[Culture], None] | None = None,
    coat: Callable[[tuple[int, ...], float], NDArray[np.float64]] | None = None,
    habitat: Callable[[Treatment, tuple[int, ...]], Habitat] | None = None,
    trail: bool = False,
) -> tuple[Culture, Recorder, NDArray[np.float64]]:
    """Let cells settle, then take a frame every `frame` seconds, and at the end.

    each      called on every frame
    coat      (shape of the dish, side of a site in um) -> ligand on every site over the coating; 1 where not given
    habitat, trail   see `plated`
    returns   the culture at the end, the frames and their times; time 0 is the end of settling
    """
    exchange = numbers(setting)
    lengths = lengths_of(setting, exchange, finer_step=finer_step)
    layout = cells_apart(cells, sites_per_cell(setting, lengths), SPACING, setting.seed, setting.replicate)
    culture = plated(setting, cells, layout, exchange, lengths, network_interval, habitat=habitat, trail=trail)
    if coat is not None:
        culture.dish.ligand = coat(culture.dish.shape, lengths.site)
        culture.reading = culture.dish.read()
    culture.seconds = -settle
    culture.advance(settle)
    culture.seconds = 0.0
    recorder = Recorder()
    times = frame_times(duration, frame)
    for i, time in enumerate(times):
        culture.advance(time - culture.seconds)
        recorder.take(culture)
        if each is not None:
            each(culture)
        progress((i + 1) / len(times))
    return culture, recorder, times
