"""A layer of cells that carry ligands, on which others land: conditions that are written in a file, and what they mean.

The layer is of a cell line by its size and pace alone; its cells have no network. What they carry is stated, as so many
molecules on a um^2 of their surface.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt

from pydantic import AfterValidator

from lamella.culture import Carriers
from lamella.errors import InputError
from lamella.networks import cell_line
from lamella.networks.reagents import ligand_name
from lamella.units import quantity

_THINNEST = 2
"""Sites: a cell that is one site thick falls apart."""


def _surface_densities(text: dict[str, str] | None) -> dict[str, str] | None:
    for ligand, density in (text or {}).items():
        quantity(density, "1/um²", minimum=0.0, where=f"layer.{ligand_name(ligand, 'layer')}")
    return text


surface_densities = AfterValidator(_surface_densities)
"""A check for a field of `Conditions`: ligand -> text of a density on a surface, '190 /um²'."""


@dataclass(frozen=True)
class Lining:
    """Cells side by side on a surface.

    carriers    what they carry, and their pace
    thickness   um;   length: um
    """

    carriers: Carriers
    thickness: float
    length: float

    def height(self, site: float) -> float:
        """Thickness that it has on a lattice [um].   site: length of one (um)"""
        return max(_THINNEST, round(self.thickness / site)) * site


def require_whole(carried: dict[str, str] | None, line: str | None) -> None:
    """Refuse a layer of cells of no line, and one of cells that carry nothing.   raises InputError"""
    if (carried is None) is not (line is None):
        raise InputError("a layer needs both what it carries and whose cells it is of", where="layer",
                         remedy='Write layer = { VCAM1 = "190 /um²" } and layer_of = the name of a cell line.')


def lining(carried: dict[str, str] | None, line: str | None, reference_speed: float) -> Lining | None:
    """The layer that conditions ask for; None where they ask for none.

    carried           ligand -> density, as written
    line              cell line whose size and pace the cells have
    reference_speed   of an edge of the reference [um/s]
    raises            InputError: one without the other, no such line or ligand
    """
    require_whole(carried, line)
    if carried is None or line is None:
        return None
    body = cell_line(line).body
    area, volume = body["spread_area"].value, body["volume"].value
    density = {ligand_name(name, "layer"): quantity(text, "1/um²", minimum=0.0) for name, text in carried.items()}
    pace = body["edge_speed"].value / reference_speed
    return Lining(Carriers(density, pace), volume / area, 2.0 * sqrt(area / pi))

