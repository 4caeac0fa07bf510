"""A section through cells on something that they can go into: what invasion, spheroid, extravasation and metastasis
share.

The first axis is the depth; the cells lie side by side on the surface, each with its nucleus. Fibres are sites that no
nucleus covers, as long as they are there. What cells hold on to and where the fibres stand is the assay's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lamella.assays.chemotaxis import between_baths
from lamella.assays.lining import Lining
from lamella.assays.preparation import numbers, plated
from lamella.assays.protocol import Setting
from lamella.culture import (
    Constants,
    Culture,
    Habitat,
    Scale,
    borne,
    on_carpet,
    row_above,
    scale,
    section_area,
    surrounding_constants,
)
from lamella.errors import InputError
from lamella.networks import Treatment, assemble
from lamella.random import stream_key
from lamella.tissue.fields import Ligand

FIBRES = "collagen fibres"
"""What fibres are called; cut as collagen is."""

_FINER = 2
"""Sites are half as long as on a dish: a pore is a few um wide."""
_ROOM = 1.25
"""Pitch of the cells over their diameter."""
_LIQUID = 1.6
"""Liquid over the surface, in diameters of a cell."""


@dataclass(frozen=True)
class Ground:
    """What lies under the cells, to be filled by an assay.

    shape      sites of the section
    surface    sites from the top to the surface
    site       length of a site, um
    seed       of what is drawn in it
    """

    shape: tuple[int, ...]
    surface: int
    site: float
    seed: int

    def sites(self, length: float) -> int:
        """Whole sites of a length [um], at least one."""
        return max(1, round(length / self.site))

    def band(self, top: float, bottom: float | None = None) -> NDArray[np.bool_]:
        """Sites between two depths under the surface [um]; down to the bottom without the second.   [shape]"""
        inside = np.zeros(self.shape, bool)
        last = self.shape[0] if bottom is None else self.surface + round(bottom / self.site)
        inside[max(0, self.surface + round(top / self.site)) : last] = True
        return inside

    @property
    def reach(self) -> float:
        """Depth from which ligand begins, so that the cells on the surface sit on it [um, negative]."""
        return -(self.surface - self.surface // 3) * self.site


@dataclass(frozen=True)
class Section:
    """Cells on their ground. surface: sites from the top; diameter: of a cell [um]."""

    culture: Culture
    surface: int
    diameter: float

    def depths(self) -> NDArray[np.float64]:
        """Depth of each cell's nucleus under the surface, 0 above it [um]; of its centroid without one.   [cells]"""
        dish, living = self.culture.dish, self.culture.living
        nucleus = dish.nucleus_position[living, 0]
        where = np.where(np.isnan(nucleus), dish.position[living, 0], nucleus)
        return np.maximum(where - self.surface, 0.0) * self.culture.scale.site

    def fibres_cut(self) -> float:
        """Share of the fibres that proteases have cut."""
        return fibres_cut(self.culture)

    def fibres_left(self) -> NDArray[np.float64]:
        """What is left of the fibre on each site, 0 to 1."""
        return fibres_left(self.culture)


def fibres_cut(culture: Culture) -> float:
    """Share of the fibres that proteases have cut; 0 where pores are so wide that none stands in the section."""
    assert culture.coupling is not None
    books = culture.coupling.around.ledger.entries(FIBRES)
    return -books.get("cleaved", 0.0) / books["initial"] if books["initial"] > 0.0 else 0.0


def fibres_left(culture: Culture) -> NDArray[np.float64]:
    """What is left of the fibre on each site, 0 to 1."""
    assert culture.coupling is not None
    return culture.coupling.around.matrix.density(FIBRES)


def ground_of(treatment: Treatment, ground: Ground, held: Mapping[str, NDArray[np.float64]],
              fibres: NDArray[np.float64], periodic: tuple[bool, bool] = (False, True)) -> Habitat:
    """Fibres of a section, and the ligands that they bear and that are cut with them.

    A gradient of the arm runs from the top to the bottom.

    held       ligand -> molecules/um^2 on every site
    fibres     1 where one stands
    periodic   default: a layer is closed over its sides
    raises   InputError: nothing to hold on to
    """
    if not any(np.any(density > 0.0) for density in held.values()):
        raise InputError("there is nothing in the gel that cells could hold", where="matrix",
                         remedy='Name a ligand in the matrix, e.g. fibronectin = "10 ug/ml".')
    ligands = [borne(name, density, surrounding_constants()) for name, density in held.items()]
    baths = between_baths(treatment, ground.shape, 1.0)
    return Habitat(baths.substances, (*ligands, Ligand(FIBRES, fibres, docked_rate=1.0)), periodic=periodic,
                   depth=1.0, mesh=FIBRES)  # fmt: skip


def sectioned(setting: Setting, cells: int, depth: float, fill: Callable[[Treatment, Ground], Habitat],
              lining: Lining | None = None) -> Section:  # fmt: skip
    """The section of one arm and replicate: a layer of cells on a surface.

    depth    of the ground [um]
    fill     what is in it
    lining   cells that lie on the surface, under those of the arm
    """
    exchange, lengths, sites = measures(setting)
    diameter = 2.0 * float(np.sqrt(sites / np.pi))
    surface = round(_LIQUID * diameter)
    layout = row_above(cells, sites, _ROOM * diameter, surface, round(depth / lengths.site))
    if lining is not None:
        high, long = round(lining.height(lengths.site) / lengths.site), lining.length / lengths.site
        layout = on_carpet(layout, surface, high, long, setting.seed, setting.replicate)

    def habitat(treatment: Treatment, shape: tuple[int, ...]) -> Habitat:
        made = fill(treatment, Ground(shape, surface, lengths.site, seed_of_ground(setting)))
        return made if lining is None else replace(made, carriers=lining.carriers)

    culture = plated(setting, cells, layout, exchange, lengths, habitat=habitat, section=True)
    return Section(culture, surface, diameter * lengths.site)


def seed_of_ground(setting: Setting) -> int:
    """Of what is drawn in the ground of one dish; shared by the arms, and by no dish of another seed."""
    return int(stream_key(setting.seed, "dish", setting.replicate, "ground"))


def measures(setting: Setting) -> tuple[Constants, Scale, float]:
    """Numbers of the exchange, lengths of a section, and the sites of a cell in it."""
    exchange, body = numbers(setting), assemble(setting.cell).cell.body
    lengths = scale(exchange, body, finer_step=_FINER, finer_site=float(_FINER))
    return exchange, lengths, lengths.sites(section_area(body["volume"].value))
