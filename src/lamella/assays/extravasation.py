"""Extravasation: cells in a vessel go through its wall into the tissue behind it, seen in section.

Cells lie on the wall of a vessel of an organ (hosts.toml): what they hold on to are the ligands of its endothelium, and
the wall is a row of posts through which a nucleus has to squeeze, unless proteases cut it as they cut collagen. Behind
it is the matrix of the organ, without posts. They have floated before for as long as the blood carries them. A cell has
crossed when the middle of it lies a radius behind the wall.

Ligands and soluble factors are those of the organ, in place of the experiment's. A `gradient` of the arm runs from the
vessel into the tissue.

With a `layer` flat cells line the vessel, side by side on the wall, and the cells of the arm lie on them: what these
hold on to is what the lining cells carry, until they have come between two of them. Cells of a layer have no network.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field, model_validator

from lamella.assays.clock import frame_times
from lamella.assays.film import Film
from lamella.assays.hosts import Organ, densities, organs
from lamella.assays.lining import Lining, lining, require_whole, surface_densities
from lamella.assays.preparation import numbers, refuse_touched
from lamella.assays.protocol import Assay, PicturedConditions, Progress, Setting
from lamella.assays.quantities import one_of, written_in
from lamella.assays.section import Ground, Section, ground_of, sectioned
from lamella.assays.tracking import Recorder
from lamella.culture import Culture, Habitat, idealised_inputs, make
from lamella.networks import Treatment, cell_lines
from lamella.networks.reagents import ligand_name
from lamella.tissue.mesh import fibre_mesh
from lamella.units import quantity

_TISSUE = 60.0
"""Depth of the tissue behind the wall [um]."""
_APART = 2
"""Sites from a post to the next behind it: together they are as thick as the wall."""


class ExtravasationConditions(PicturedConditions):
    """Keys under [assays.extravasation].

    organ    whose vessel it is
    gap      what can be parted in the wall without cutting it, in place of the organ's
    transit  time in the blood before
    layer    ligands on the cells that line the vessel, as molecules on a um^2 of them; without it there are none
    layer_of cell line whose size and pace they have
    """

    unset = ("layer", "layer_of")

    organ: Annotated[str, one_of("organ", organs)] = "lung"
    gap: Annotated[str, written_in("um", above=0.0)] | None = None
    transit: Annotated[str, written_in("s", minimum=0.0)] = "1 h"
    layer: Annotated[dict[str, str], surface_densities] | None = None
    layer_of: Annotated[str, one_of("cell line", cell_lines)] | None = None
    duration: Annotated[str, written_in("s", above=0.0)] = "24 h"
    frame: Annotated[str, written_in("s", above=0.0)] = "2 h"
    cells: Annotated[int, Field(ge=4, le=2000)] = 24
    pictures: Annotated[int, Field(ge=2, le=50)] = 4

    @model_validator(mode="after")
    def _whole_layer(self) -> ExtravasationConditions:
        require_whole(self.layer, self.layer_of)
        return self


def in_host(setting: Setting, organ: Organ) -> Setting:
    """The same arm in an organ: its ligands and its medium in place of those of the dish; drugs stay."""
    arm = setting.perturbations.model_copy(update={"coating": {}})
    return replace(setting, perturbations=arm, matrix={**organ.wall, **organ.matrix}, medium=dict(organ.medium))


def without_lined(organ: Organ, lined: Lining | None) -> Organ:
    """The organ whose wall has nothing on it that the cells carry which line it."""
    if lined is None:
        return organ
    left = {name: text for name, text in organ.wall.items() if ligand_name(name) not in lined.carriers.density}
    return replace(organ, wall=left)


def wall_of(treatment: Treatment, ground: Ground, organ: Organ, gap: float, lined: Lining | None = None) -> Habitat:
    """A wall on the surface and the tissue behind it.

    gap     between the posts of the wall [um]
    lined   cells on the wall, who hold on to it: whoever lies on them reaches nothing but what is on them
    """
    reach = ground.reach if lined is None else -lined.height(ground.site)
    inside, outside = ground.band(reach, organ.thickness), ground.band(organ.thickness)
    wall, tissue = densities(organ.wall), densities(organ.matrix)
    held = {name: wall.get(name, 0.0) * inside + tissue.get(name, 0.0) * outside for name in {**wall, **tissue}}
    pore = ground.sites(gap)
    mesh = fibre_mesh(ground.shape, pore, ground.seed, shift=pore)
    posts = np.zeros(ground.shape)
    last = ground.surface + ground.sites(organ.thickness)
    posts[ground.surface : last : _APART] = mesh[np.flatnonzero(mesh.any(axis=1))[0]]
    return ground_of(treatment, ground, held, posts)


def vessel(setting: Setting, organ: Organ, cells: int, transit: float, gap: float | None = None,
           elapsed: float = 0.0, lined: Lining | None = None) -> Section:  # fmt: skip
    """Cells on the wall of a vessel, after `transit` s in the blood.

    gap       in place of the organ's [um]
    elapsed   s since the arm's treatment began, on whose clock the section is
    lined     cells between them and the wall
    """
    width, organ = organ.gap if gap is None else gap, without_lined(organ, lined)
    made = sectioned(in_host(setting, organ), cells, organ.thickness + _TISSUE,
                     lambda treatment, ground: wall_of(treatment, ground, organ, width, lined), lined)  # fmt: skip
    culture = made.culture
    refuse_touched(culture.treatment, f"arms.{setting.arm}")
    for change in culture.treatment.changes:
        if change.time < elapsed:
            make(change, culture.population)
    culture.seconds = elapsed
    if transit > 0.0:
        culture.population.advance(transit, inputs=idealised_inputs(culture.network, culture.treatment, suspended=True))
    return made


def behind(made: Section, organ: Organ) -> NDArray[np.bool_]:
    """Which cells lie a radius behind the wall.   [cells]"""
    return made.depths() > organ.thickness + 0.5 * made.diameter


def held_by(culture: Culture) -> float:
    """Bonds of the cells of the arm, mean."""
    mine = np.isin(culture.dish.labels(), culture.living)
    return float(culture.dish.bonds[mine].sum() / max(1, len(culture.living)))


def run(setting: Setting, conditions: ExtravasationConditions, progress: Progress) -> xr.Dataset:
    """One vessel of one arm."""
    duration, frame = quantity(conditions.duration, "s"), quantity(conditions.frame, "s")
    gap = None if conditions.gap is None else quantity(conditions.gap, "um")
    organ = organs()[conditions.organ]
    lined = lining(conditions.layer, conditions.layer_of, numbers(setting)["scale.edge_speed"])
    made = vessel(setting, organ, conditions.cells, quantity(conditions.transit, "s"), gap, lined=lined)
    culture, times = made.culture, frame_times(duration, frame)
    film = Film(setting, times, conditions.pictures, conditions.colour)
    recorder, ever, course = Recorder(), np.zeros(conditions.cells, bool), []
    for i, time in enumerate(times):
        culture.advance(time - culture.seconds)
        recorder.take(culture)
        ever |= behind(made, organ)
        course.append(float(ever.mean()))
        film.take(i, culture)
        progress((i + 1) / len(times))
    depths, table = made.depths(), recorder.table()
    data: dict[str, Any] = {
        "crossed": ((), course[-1], {"long_name": "share of cells that have crossed the wall"}),
        "depth": ((), float(depths.mean()), {"units": "um"}),
        "bonds": ((), held_by(culture), {"long_name": "bonds of a cell"}),
        "wall_cut": ((), made.fibres_cut(), {"long_name": "share of the wall that is cut"}),
        "crossed_course": ("times", np.array(course), {"long_name": "share of cells that have crossed"}),
        "wall": (("x", "y"), (made.fibres_left() > 0.1).astype(np.uint8), {"long_name": "posts of the wall"}),
    }
    site = culture.scale.site
    attrs = {"assay": "extravasation", "organ": conditions.organ, "site_um": site, "surface_um": made.surface * site,
             "thickness_um": organ.thickness}  # fmt: skip
    if lined is not None:
        attrs["first_of_layer"] = conditions.cells + 1
    return film.dataset(data, attrs, table)


EXTRAVASATION = Assay(
    name="extravasation",
    summary="Cells go through the wall of a vessel, seen in section.",
    conditions=ExtravasationConditions,
    readouts={
        "crossed": "share of cells that have crossed the wall",
        "depth": "mean depth of the cells under the inside of the wall, um",
        "bonds": "bonds of a cell with wall, tissue and the cells that line the vessel, mean",
        "wall_cut": "share of the wall that proteases have cut",
    },
    run=run,
    by_arm=frozenset({"organ", "gap"}),
    pictures=True,
)
