"""Border cells: clusters that go through the nurse cells of the fly's ovary to the oocyte.

Egg chambers lie side by side in section, without the follicle cells between them. A cluster of a few cells, held
together by E-cadherin, has come loose at the anterior end; between it and the oocyte stand nurse cells, large cells
without a network that neither push nor pull and give way. The oocyte gives a growth factor, which the anterior end
takes away: EGF, for the ligands of both guidance receptors of the fly. Cells turn and protrude as in other dishes. What
they hold on to is the matrix of the experiment, in every cleft: it stands for the E-cadherin of nurse cells, on which
border cells pull.

A cluster has arrived when one of its cells touches the oocyte. Its way is that of the mean of its cells, from where
it started to one radius before the oocyte. A straggler is a cell that touches no other of its cluster.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from lamella.assays.chemotaxis import between_baths
from lamella.assays.clock import frame_times
from lamella.assays.film import Film
from lamella.assays.preparation import lengths_of, numbers, plated, sites_per_cell
from lamella.assays.protocol import Assay, PicturedConditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.assays.tracking import Recorder
from lamella.assays.walks import steps_of
from lamella.culture import Culture, Habitat, egg_chambers, touching
from lamella.networks import Treatment
from lamella.networks.reagents import gradient_ends
from lamella.units import quantity

_FACTOR = "EGF"
"""What the oocyte gives where the arm gives no gradient and no dose of it."""

_BLOTS = {"rac1_gtp": "RAC1_gtp", "diap1_profilin": "DIAP1_PFN1", "elongation": "elongation"}


def _gradient(dose: str) -> str:
    """The factor from none at the anterior end to a dose at the oocyte."""
    return f"0 {dose.rpartition(' ')[2]} to {dose}"


def _some_dose(dose: str) -> str:
    gradient_ends(_FACTOR, _gradient(dose))
    return dose


class BorderCellsConditions(PicturedConditions):
    """Keys under [assays.border_cells].

    clusters, each   egg chambers, and cells in the cluster of each
    nurse, rows      diameter of a nurse cell; how many stand between the anterior end and the oocyte
    cleft            width of the clefts between them
    dose             of growth factor at the oocyte; none at the anterior end
    depth            of tissue that the factor fills: the less, the more of it the cells eat
    """

    duration: Annotated[str, written_in("s", above=0.0)] = "6 h"
    frame: Annotated[str, written_in("s", above=0.0)] = "20 min"
    clusters: Annotated[int, Field(ge=1, le=100)] = 4
    each: Annotated[int, Field(ge=2, le=20)] = 6
    nurse: Annotated[str, written_in("um", above=5.0)] = "30 um"
    rows: Annotated[int, Field(ge=2, le=10)] = 4
    cleft: Annotated[str, written_in("um", above=0.0)] = "3 um"
    dose: Annotated[str, AfterValidator(_some_dose)] = "50 ng/ml"
    depth: Annotated[str, written_in("um", above=0.0)] = "100 um"
    pictures: Annotated[int, Field(ge=2, le=50)] = 4


def guided(setting: Setting, dose: str) -> Setting:
    """The setting with the factor of the oocyte, unless the arm writes its own gradient or a dose of it."""
    arm = setting.perturbations
    if arm.gradient or _FACTOR in arm.factor:
        return setting
    medium = {name: text for name, text in setting.medium.items() if name != _FACTOR}
    given = arm.model_copy(update={"gradient": {_FACTOR: _gradient(dose)}})
    return replace(setting, perturbations=given, medium=medium)


def run(setting: Setting, conditions: BorderCellsConditions, progress: Progress) -> xr.Dataset:
    """One dish of one arm."""
    setting = guided(setting, conditions.dose)
    duration, frame = quantity(conditions.duration, "s"), quantity(conditions.frame, "s")
    exchange = numbers(setting)
    lengths = lengths_of(setting, exchange)
    made = egg_chambers(conditions.clusters, conditions.each, sites_per_cell(setting, lengths),
                        quantity(conditions.nurse, "um") / lengths.site, conditions.rows,
                        quantity(conditions.cleft, "um") / lengths.site, setting.seed, setting.replicate)  # fmt: skip
    depth = quantity(conditions.depth, "um")

    def habitat(treatment: Treatment, shape: tuple[int, ...]) -> Habitat:
        return between_baths(treatment, shape, depth)

    culture = plated(setting, conditions.clusters * conditions.each, made.layout, exchange, lengths, habitat=habitat,
                     bare_walls=True)  # fmt: skip
    times = frame_times(duration, frame)
    film, recorder = Film(setting, times, conditions.pictures, conditions.colour), Recorder()
    arrived = np.full(conditions.clusters, np.inf)
    for i, time in enumerate(times):
        culture.advance(time - culture.seconds)
        recorder.take(culture)
        there = at_oocyte(culture, made.oocytes, conditions.each)
        arrived[there & ~np.isfinite(arrived)] = time
        film.take(i, culture)
        progress((i + 1) / len(times))
    middles = recorder.paths().reshape(len(times), conditions.clusters, conditions.each, 2).mean(axis=2)
    goal = (made.goal - 2.0 * made.start) * lengths.site
    way, ended = (middles[:, :, 0] - middles[:1, :, 0]) / goal, np.minimum(arrived, duration)
    seen = [max(2, int((times <= end).sum())) for end in ended]
    speed = [steps_of(middles[:count, [c]]).sum() / times[count - 1] for c, count in enumerate(seen)]
    data: dict[str, Any] = {
        "share_of_way": ((), float(np.minimum(way[-1], 1.0).mean()), {"long_name": "share of the way to the oocyte"}),
        "way": ("times", np.minimum(way, 1.0).mean(axis=1), {"long_name": "share of the way to the oocyte"}),
        "arrived": ((), float(np.isfinite(arrived).mean()), {"long_name": "share of clusters at the oocyte"}),
        "speed": ((), float(np.mean(speed)) * 3600.0, {"units": "um/h"}),
        "forward_speed": ((), float((way[-1] * goal / duration).mean()) * 3600.0, {"units": "um/h"}),
        "stragglers": ((), stragglers(culture, conditions.each), {"long_name": "share of cells off their cluster"}),
    }
    states = culture.population.observe(tuple(_BLOTS.values())).mean(axis=0)
    data |= {name: ((), float(value), {}) for name, value in zip(_BLOTS, states)}
    attrs = {"assay": "border_cells", "site_um": lengths.site, "goal_um": made.goal * lengths.site,
             "cells": conditions.clusters * conditions.each}  # fmt: skip
    return film.dataset(data, attrs, recorder.table())


def _cluster(cells: NDArray[np.int64], each: int) -> NDArray[np.int64]:
    """Number of the cluster of each border cell, by its number in the dish."""
    return (cells - 1) // each


def at_oocyte(culture: Culture, oocytes: NDArray[np.int64], each: int) -> NDArray[np.bool_]:
    """Whether a cell of each cluster touches an oocyte.   [clusters]"""
    pairs, cells = touching(culture.dish.labels(), culture.dish.periodic), len(culture.living)
    there = np.zeros(cells // each, bool)
    met = pairs[np.isin(pairs[:, 1], oocytes) & (pairs[:, 0] <= cells), 0]
    there[_cluster(met, each)] = True
    return there


def stragglers(culture: Culture, each: int) -> float:
    """Share of the border cells that touch no other of their cluster."""
    pairs, cells = touching(culture.dish.labels(), culture.dish.periodic), len(culture.living)
    own = pairs[(pairs <= cells).all(axis=1)]
    own = own[_cluster(own[:, 0], each) == _cluster(own[:, 1], each)]
    return 1.0 - len(np.unique(own)) / cells


BORDER_CELLS = Assay(
    name="border_cells",
    summary="Clusters of cells go through the nurse cells of an ovary to the oocyte.",
    conditions=BorderCellsConditions,
    readouts={
        "share_of_way": "share of the way to the oocyte that clusters have gone at the end",
        "arrived": "share of clusters that have come to the oocyte",
        "speed": "speed of clusters until they arrive, um/h",
        "forward_speed": "speed of clusters towards the oocyte, um/h",
        "stragglers": "share of cells that touch no other of their cluster",
        "rac1_gtp": "Rac1-GTP, molecules per cell",
        "diap1_profilin": "DIAP1 that holds profilin, molecules per cell",
        "elongation": "growth of actin filaments over that of a cell in culture",
    },
    run=run,
    pictures=True,
)
