"""Invasion: a layer of cells on a gel, seen in section.

A flat section through the gel, from the liquid down to the bottom of the well, closed over its sides. Fibres stand a
pore apart; cytoplasm flows past them, a nucleus does not. So pores that are narrower than a nucleus can be squeezed
stop cells that do not cut fibres, and what their proteases cut of the fibres beneath them lets them through. What cells
hold on to is the matrix of the experiment, all through the gel. Depth is that of a cell's centroid under the surface,
0 above it.

The pore is given, or follows from the density of a collagen gel.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field

from lamella.assays.chemotaxis import between_baths
from lamella.assays.preparation import numbers, plated
from lamella.assays.protocol import Assay, Conditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.assays.tracking import Recorder
from lamella.culture import Culture, Habitat, collagen_fibres, row_above, scale, section_area, surrounding_constants
from lamella.errors import InputError
from lamella.networks import Treatment, assemble
from lamella.tissue.fields import Ligand
from lamella.tissue.mesh import fibre_mesh
from lamella.units import quantity

_FINER = 2
"""Sites are half as long as on a dish: a pore is a few um wide."""
_FIBRES = "collagen fibres"
_ROOM = 1.25
"""Pitch of the cells over their diameter."""
_LIQUID = 1.6
"""Liquid over the surface, in diameters of a cell."""


class InvasionConditions(Conditions):
    """Keys under [assays.invasion].

    pore    free width between fibres
    gel     concentration of collagen I, in place of the pore
    depth   of the gel
    """

    duration: Annotated[str, written_in("s", above=0.0)] = "24 h"
    frame: Annotated[str, written_in("s", above=0.0)] = "1 h"
    cells: Annotated[int, Field(ge=4, le=2000)] = 16
    pore: Annotated[str, written_in("um", above=0.0)] = "8 um"
    gel: Annotated[str, written_in("mg/ml", above=0.0)] | None = None
    depth: Annotated[str, written_in("um", above=0.0)] = "150 um"
    pictures: Annotated[int, Field(ge=2, le=50)] = 4


def pore_of(conditions: InvasionConditions) -> float:
    """Free width between fibres [um]."""
    if conditions.gel is None:
        return quantity(conditions.pore, "um")
    table = surrounding_constants()
    density = quantity(conditions.gel, "mg/ml") / 2.0 * table["collagen_gel.reference"]
    return float(collagen_fibres(table).pores(density))


def gel_of(treatment: Treatment, shape: tuple[int, ...], surface: int, pore: int, seed: int) -> Habitat:
    """Fibres and ligand from the surface down; what holds cells reaches a cell up, on which the layer sits.

    surface, pore   sites
    raises          InputError: the experiment has no matrix
    """
    if not treatment.density:
        raise InputError("there is nothing in the gel that cells could hold", where="matrix",
                         remedy='Name a ligand in the matrix, e.g. fibronectin = "10 ug/ml".')
    mesh = fibre_mesh(shape, pore, seed, shift=pore).astype(float)
    mesh[:surface] = 0.0
    below = np.zeros(shape)
    below[surface // 3 :] = 1.0
    held = [Ligand(name, density * below) for name, density in treatment.density.items() if density > 0.0]
    baths = between_baths(treatment, shape, 1.0)
    return Habitat(baths.substances, (*held, Ligand(_FIBRES, mesh, docked_rate=1.0)), periodic=(False, True),
                   depth=1.0, mesh=_FIBRES)  # fmt: skip


def run(setting: Setting, conditions: InvasionConditions, progress: Progress) -> xr.Dataset:
    """One well of one arm."""
    duration, frame = quantity(conditions.duration, "s"), quantity(conditions.frame, "s")
    exchange, body = numbers(setting), assemble(setting.cell).cell.body
    lengths = scale(exchange, finer_step=_FINER, finer_site=float(_FINER))
    sites = lengths.sites(section_area(body["volume"].value))
    diameter = 2.0 * float(np.sqrt(sites / np.pi))
    surface, pore = round(_LIQUID * diameter), max(1, round(pore_of(conditions) / lengths.site))
    layout = row_above(conditions.cells, sites, _ROOM * diameter, surface,
                       round(quantity(conditions.depth, "um") / lengths.site))  # fmt: skip

    def habitat(treatment: Treatment, shape: tuple[int, ...]) -> Habitat:
        return gel_of(treatment, shape, surface, pore, setting.seed + setting.replicate)

    culture = plated(setting, conditions.cells, layout, exchange, lengths, habitat=habitat, section=True)
    times = frame * np.arange(round(duration / frame) + 1)
    shown = {int(i) for i in np.linspace(0, len(times) - 1, conditions.pictures).round()}
    recorder, depths, pictures = Recorder(), [], []
    for i, time in enumerate(times):
        culture.advance(time - culture.seconds)
        recorder.take(culture)
        depths.append(depths_of(culture, surface))
        if i in shown and setting.replicate == 0:
            pictures.append(culture.dish.labels().astype(np.uint16))
        progress((i + 1) / len(times))
    course, table = np.array(depths), recorder.table()
    invaded = float((course[-1] > diameter * lengths.site).mean())
    assert culture.coupling is not None
    books = culture.coupling.around.ledger.entries(_FIBRES)
    data: dict[str, Any] = {
        "depth": ((), float(course[-1].mean()), {"units": "um", "long_name": "depth of the cells in the gel"}),
        "depth_median": ((), float(np.median(course[-1])), {"units": "um"}),
        "depth_90": ((), float(np.percentile(course[-1], 90)), {"units": "um"}),
        "invaded": ((), invaded, {"long_name": "share of cells in the gel"}),
        "fibres_cut": ((), -books.get("cleaved", 0.0) / books["initial"], {"long_name": "share of the fibres cut"}),
        "depth_course": ("times", course.mean(axis=1), {"units": "um"}),
        "fibres": (("x", "y"), (fibres_left(culture) > 0.1).astype(np.uint8), {"long_name": "fibres at the end"}),
    }  # fmt: skip
    data |= {f"track_{column}": ("points", table[column].to_numpy()) for column in table}
    coordinates: dict[str, Any] = {"times": times}
    if pictures:
        data["labels"] = (("frames", "x", "y"), np.stack(pictures))
        coordinates["frames"] = times[sorted(shown)]
    attrs = {"assay": "invasion", "site_um": lengths.site, "surface_um": surface * lengths.site,
             "pore_um": pore * lengths.site}  # fmt: skip
    return xr.Dataset(data, coords=coordinates, attrs=attrs)


def depths_of(culture: Culture, surface: int) -> NDArray[np.float64]:
    """Depth of each cell's centroid under the surface [um].   [cells]"""
    return np.maximum(culture.dish.position[culture.living][:, 0] - surface, 0.0) * culture.scale.site


def fibres_left(culture: Culture) -> NDArray[np.float64]:
    """What is left of the fibre on each site, 0 to 1."""
    assert culture.coupling is not None
    return culture.coupling.around.matrix.density(_FIBRES)


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
    pictures=True,
)
