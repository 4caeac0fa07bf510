"""Spheroid: a ball of packed cells in a gel, seen in section through its middle, from which cells go out.

The gel is that of the invasion assay: fibres a pore apart, round the ball, that stop nuclei; and the matrix of the
experiment to hold on to, in the ball too, since cells of a ball have it between them. What keeps a cell is its
neighbours, by E-cadherin, and the gel, by its pores. Cells that leave in touch with each other go together, others go
one by one.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field

from lamella.assays.clock import frame_times
from lamella.assays.film import Film
from lamella.assays.invasion import GelConditions, pore_of
from lamella.assays.preparation import plated
from lamella.assays.protocol import Assay, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.assays.section import Ground, fibres_cut, fibres_left, ground_of, measures, seed_of_ground
from lamella.assays.tracking import Recorder
from lamella.culture import Culture, Habitat, islands, neighbours
from lamella.networks import Treatment
from lamella.tissue.mesh import fibre_mesh
from lamella.units import quantity


class SpheroidConditions(GelConditions):
    """Keys under [assays.spheroid].

    cells   in the section
    room    width of the gel over the diameter of the spheroid
    """

    duration: Annotated[str, written_in("s", above=0.0)] = "24 h"
    frame: Annotated[str, written_in("s", above=0.0)] = "1 h"
    cells: Annotated[int, Field(ge=7, le=2000)] = 37
    room: Annotated[float, Field(ge=1.5, le=10.0)] = 3.0
    pictures: Annotated[int, Field(ge=2, le=50)] = 4


def run(setting: Setting, conditions: SpheroidConditions, progress: Progress) -> xr.Dataset:
    """One gel of one arm."""
    duration, frame = quantity(conditions.duration, "s"), quantity(conditions.frame, "s")
    exchange, lengths, sites = measures(setting)
    layout = islands(1, conditions.cells, sites, conditions.room, setting.seed, setting.replicate)
    radius = float(np.sqrt(conditions.cells * sites / np.pi))
    pore = max(1, round(pore_of(conditions) / lengths.site))

    def habitat(treatment: Treatment, shape: tuple[int, ...]) -> Habitat:
        return gel_of(treatment, Ground(shape, 0, lengths.site, seed_of_ground(setting)), layout.labels, pore)

    culture = plated(setting, conditions.cells, layout, exchange, lengths, habitat=habitat, section=True)
    times = frame_times(duration, frame)
    film = Film(setting, times, conditions.pictures, conditions.colour)
    recorder, outside, rim = Recorder(), [], 0.0
    for i, time in enumerate(times):
        culture.advance(time - culture.seconds)
        recorder.take(culture)
        away = distances(culture, layout.labels.shape) * lengths.site
        rim = float(away.max()) if i == 0 else rim
        outside.append(np.maximum(away - rim, 0.0))
        film.take(i, culture)
        progress((i + 1) / len(times))
    last, one_cell = outside[-1], 2.0 * float(np.sqrt(sites / np.pi)) * lengths.site
    out, alone = last > one_cell / 2.0, neighbours(culture) == 0
    data: dict[str, Any] = {
        "reach": ((), float(np.percentile(last, 90)), {"units": "um", "long_name": "way out that a tenth is beyond"}),
        "farthest": ((), float(last.max()), {"units": "um"}),
        "left": ((), float(out.mean()), {"long_name": "share of cells that have left the ball"}),
        "alone": ((), float((out & alone).mean()), {"long_name": "share of cells that have left and touch no other"}),
        "together": ((), float((out & ~alone).mean()), {"long_name": "share that have left in touch with others"}),
        "fibres_cut": ((), fibres_cut(culture), {"long_name": "share of the fibres cut"}),
        "reach_course": ("times", np.percentile(outside, 90, axis=1), {"units": "um"}),
        "fibres": (("x", "y"), (fibres_left(culture) > 0.1).astype(np.uint8), {"long_name": "fibres at the end"}),
    }  # fmt: skip
    attrs = {"assay": "spheroid", "site_um": lengths.site, "radius_um": radius * lengths.site,
             "pore_um": pore * lengths.site}  # fmt: skip
    return film.dataset(data, attrs, recorder.table())


def gel_of(treatment: Treatment, ground: Ground, labels: NDArray[np.int32], pore: int) -> Habitat:
    """Fibres round the cells of the first picture, and ligand everywhere.

    labels   first picture
    pore     sites
    raises   InputError: the experiment has no matrix
    """
    mesh = fibre_mesh(ground.shape, pore, ground.seed, shift=pore) & (labels == 0)
    held = {name: np.full(ground.shape, density) for name, density in treatment.density.items() if density > 0.0}
    return ground_of(treatment, ground, held, mesh.astype(float), periodic=(False, False))


def distances(culture: Culture, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Distance of each cell's centroid from the middle of the gel [sites].   [cells]"""
    where = culture.dish.position[culture.living]
    return np.linalg.norm(where - np.array(shape) / 2.0, axis=1)


SPHEROID = Assay(
    name="spheroid",
    summary="Cells leave a ball of cells for the gel round it, seen in section.",
    conditions=SpheroidConditions,
    readouts={
        "reach": "way beyond the first rim that one cell in ten has gone, um",
        "farthest": "way of the farthest cell, um",
        "left": "share of cells that have left the ball",
        "alone": "share of cells that have left and touch no other",
        "together": "share of cells that have left in touch with others",
        "fibres_cut": "share of the fibres that cells have cut",
    },
    run=run,
    by_arm=frozenset({"pore", "gel"}),
    pictures=True,
)
