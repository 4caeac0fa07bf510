"""Invasion: a layer of cells on a gel, seen in section.

A flat section through the gel, from the liquid down to the bottom of the well, closed over its sides. Fibres stand a
pore apart; cytoplasm flows past them, a nucleus does not. So pores that are narrower than a nucleus can be squeezed
stop cells that do not cut fibres, and what their proteases cut of the fibres beneath them lets them through. What cells
hold on to is the matrix of the experiment, all through the gel. Depth is that of a cell's nucleus under the surface, as
where nuclei are stained, and 0 above it.

The pore is given, or follows from the density of a collagen gel.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import xarray as xr
from pydantic import Field

from lamella.assays.clock import frame_times
from lamella.assays.film import Film
from lamella.assays.protocol import Assay, PicturedConditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.assays.section import Ground, ground_of, sectioned
from lamella.assays.tracking import Recorder
from lamella.culture import Habitat, collagen_fibres, surrounding_constants
from lamella.networks import Treatment
from lamella.tissue.mesh import fibre_mesh
from lamella.units import quantity


class GelConditions(PicturedConditions):
    """A gel.

    pore    free width between fibres
    gel     concentration of collagen I, in place of the pore
    """

    pore: Annotated[str, written_in("um", above=0.0)] = "8 um"
    gel: Annotated[str, written_in("mg/ml", above=0.0)] | None = None


class InvasionConditions(GelConditions):
    """Keys under [assays.invasion]; depth: of the gel."""

    duration: Annotated[str, written_in("s", above=0.0)] = "24 h"
    frame: Annotated[str, written_in("s", above=0.0)] = "1 h"
    cells: Annotated[int, Field(ge=4, le=2000)] = 16
    depth: Annotated[str, written_in("um", above=0.0)] = "150 um"
    pictures: Annotated[int, Field(ge=2, le=50)] = 4


def pore_of(conditions: GelConditions) -> float:
    """Free width between fibres [um]."""
    if conditions.gel is None:
        return quantity(conditions.pore, "um")
    table = surrounding_constants()
    density = quantity(conditions.gel, "mg/ml") / 2.0 * table["collagen_gel.reference"]
    return float(collagen_fibres(table).pores(density))


def gel_of(treatment: Treatment, ground: Ground, pore: int) -> Habitat:
    """Fibres and ligand from the surface down; what holds cells reaches a cell up, on which the layer sits.

    pore     sites
    raises   InputError: the experiment has no matrix
    """
    mesh = fibre_mesh(ground.shape, pore, ground.seed, shift=pore) * ground.band(0.0)
    below = ground.band(ground.reach).astype(float)
    held = {name: density * below for name, density in treatment.density.items() if density > 0.0}
    return ground_of(treatment, ground, held, mesh.astype(float))


def run(setting: Setting, conditions: InvasionConditions, progress: Progress) -> xr.Dataset:
    """One well of one arm."""
    duration, frame = quantity(conditions.duration, "s"), quantity(conditions.frame, "s")
    width = pore_of(conditions)
    made = sectioned(setting, conditions.cells, quantity(conditions.depth, "um"),
                     lambda treatment, ground: gel_of(treatment, ground, ground.sites(width)))  # fmt: skip
    culture, site = made.culture, made.culture.scale.site
    times = frame_times(duration, frame)
    film = Film(setting, times, conditions.pictures, conditions.colour)
    recorder, depths = Recorder(), []
    for i, time in enumerate(times):
        culture.advance(time - culture.seconds)
        recorder.take(culture)
        depths.append(made.depths())
        film.take(i, culture)
        progress((i + 1) / len(times))
    course, table = np.array(depths), recorder.table()
    invaded = float((course[-1] > made.diameter).mean())
    data: dict[str, Any] = {
        "depth": ((), float(course[-1].mean()), {"units": "um", "long_name": "depth of the cells in the gel"}),
        "depth_median": ((), float(np.median(course[-1])), {"units": "um"}),
        "depth_90": ((), float(np.percentile(course[-1], 90)), {"units": "um"}),
        "invaded": ((), invaded, {"long_name": "share of cells in the gel"}),
        "fibres_cut": ((), made.fibres_cut(), {"long_name": "share of the fibres cut"}),
        "depth_course": ("times", course.mean(axis=1), {"units": "um"}),
        "fibres": (("x", "y"), (made.fibres_left() > 0.1).astype(np.uint8), {"long_name": "fibres at the end"}),
    }  # fmt: skip
    pore = max(1, round(width / site))
    attrs = {"assay": "invasion", "site_um": site, "surface_um": made.surface * site, "pore_um": pore * site}
    return film.dataset(data, attrs, table)


INVASION = Assay(
    name="invasion",
    summary="A layer of cells goes into a gel, seen in section.",
    conditions=InvasionConditions,
    readouts={
        "depth": "mean depth of the cells, um",
        "depth_median": "median depth, um",
        "depth_90": "depth that one cell in ten is beyond, um",
        "invaded": "share of cells deeper than their diameter",
        "fibres_cut": "share of the fibres that cells have cut",
    },
    run=run,
    by_arm=frozenset({"pore", "gel"}),
    pictures=True,
)
