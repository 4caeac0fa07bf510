"""Wound in vivo: a sheet of cells closes over a wound that is filled with matrix, through which it has to cut.

Not a scratch on a dish: under the scab the way is through a provisional matrix of dense fibres that stop nuclei. The
bed of the wound is seen from above, as a section along it: a sheet of packed cells on both sides, fibres a pore apart
between them, and the matrix of the experiment everywhere to hold on to. Closure is the share of the filled gap that
cells have covered. What the network's proteases cut of the fibres under the cells opens the way, as in `invasion`.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import xarray as xr
from pydantic import Field

from lamella.assays.clock import frame_times
from lamella.assays.closing import watched
from lamella.assays.film import Film
from lamella.assays.invasion import GelConditions, pore_of
from lamella.assays.preparation import plated
from lamella.assays.protocol import Assay, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.assays.section import Ground, fibres_cut, fibres_left, ground_of, measures, seed_of_ground
from lamella.culture import Habitat, Layout, sheet_with_gap
from lamella.networks import Treatment
from lamella.tissue.mesh import fibre_mesh
from lamella.units import quantity


class WoundInVivoConditions(GelConditions):
    """Keys under [assays.wound_in_vivo].

    pore   free width between the fibres of the provisional matrix
    wound  width of the gap;   edge   length of each of its sides
    life   whether cells divide and die when their networks say so
    """

    duration: Annotated[str, written_in("s", above=0.0)] = "24 h"
    frame: Annotated[str, written_in("s", above=0.0)] = "1 h"
    cells: Annotated[int, Field(ge=20, le=5000)] = 60
    wound: Annotated[str, written_in("um", above=0.0)] = "100 um"
    edge: Annotated[str, written_in("um", above=0.0)] = "120 um"
    pore: Annotated[str, written_in("um", above=0.0)] = "3 um"
    life: bool = False
    pictures: Annotated[int, Field(ge=2, le=50)] = 4


def run(setting: Setting, conditions: WoundInVivoConditions, progress: Progress) -> xr.Dataset:
    """One wound of one arm."""
    duration, frame = quantity(conditions.duration, "s"), quantity(conditions.frame, "s")
    exchange, lengths, sites = measures(setting)
    across, gap = (max(1, round(quantity(text, "um") / lengths.site)) for text in (conditions.edge, conditions.wound))
    layout = sheet_with_gap(conditions.cells, sites, across, gap, setting.seed, setting.replicate)
    pore = max(1, round(pore_of(conditions) / lengths.site))

    def habitat(treatment: Treatment, shape: tuple[int, ...]) -> Habitat:
        return bed_of(treatment, Ground(shape, 0, lengths.site, seed_of_ground(setting)), layout, pore)

    culture = plated(setting, conditions.cells, layout, exchange, lengths, habitat=habitat, section=True,
                     life=conditions.life)  # fmt: skip
    times = frame_times(duration, frame)
    film = Film(setting, times, conditions.pictures, conditions.colour)
    seen = watched(culture, layout.wound, times, film, progress)
    area = seen.area
    data: dict[str, Any] = {
        "closure": ((), seen.closed[-1], {"long_name": "closed share of the wound"}),
        "front_advance": ((), (area[0] - area[-1]) / (2.0 * across * lengths.site), {"units": "um"}),
        "fibres_cut": ((), fibres_cut(culture), {"long_name": "share of the fibres cut"}),
        "closure_course": ("times", seen.closed, {"long_name": "closed share of the wound"}),
        "wound_area": ("times", area, {"units": "um^2"}),
        "fibres": (("x", "y"), (fibres_left(culture) > 0.1).astype(np.uint8), {"long_name": "fibres at the end"}),
    }
    data |= seen.census.courses() if conditions.life else {}
    attrs: dict[str, Any] = {"assay": "wound_in_vivo", "site_um": lengths.site, "pore_um": pore * lengths.site,
                             "wound_sites": list(layout.wound)}  # fmt: skip
    return film.dataset(data, attrs, seen.recorder.table())


def bed_of(treatment: Treatment, ground: Ground, layout: Layout, pore: int) -> Habitat:
    """Fibres in the gap, and ligand everywhere; closed over all its sides.

    pore     sites
    raises   InputError: the experiment has no matrix
    """
    first, last = layout.wound
    filled = np.zeros(ground.shape, bool)
    filled[first:last] = True
    mesh = fibre_mesh(ground.shape, pore, ground.seed, shift=pore) & filled
    held = {name: np.full(ground.shape, density) for name, density in treatment.density.items() if density > 0.0}
    return ground_of(treatment, ground, held, mesh.astype(float), periodic=(True, True))


WOUND_IN_VIVO = Assay(
    name="wound_in_vivo",
    summary="A sheet of cells closes over a wound that is filled with matrix, through which it has to cut.",
    conditions=WoundInVivoConditions,
    readouts={
        "closure": "closed share of the wound",
        "front_advance": "advance of each front, um",
        "fibres_cut": "share of the fibres that cells have cut",
    },
    run=run,
    by_arm=frozenset({"pore", "gel"}),
    pictures=True,
)
