"""The nucleus of a cell whose middle is seen in section: columns of the lattice, and the section of the cell itself."""

from __future__ import annotations

import numpy as np

from lamella.culture.constants import Constants
from lamella.culture.exchange import ROUND_PERIMETER
from lamella.culture.scale import Scale
from lamella.culture.spreading import round_area

_ELONGATED = 3.0 ** (1.0 / 3.0)
"""Section along a spheroid three times as long as wide, as cells in a gel are, over that of a sphere of its volume."""


def section_area(volume: float) -> float:
    """Area that a cell in a gel shows in section [um^2].   volume: um^3"""
    return _ELONGATED * round_area(volume)


def nucleus_columns(volume: float, constants: Constants, scale: Scale) -> dict[str, float]:
    """Columns of the tissue.   volume: of the cell (um^3)"""
    sites = scale.sites(round_area(constants["nucleus.volume_share"] * volume))
    return {
        "nucleus_volume": round(sites),
        "nucleus_stiffness": constants["nucleus.stiffness"],
        "nucleus_perimeter": ROUND_PERIMETER * float(np.sqrt(sites)),
        "nucleus_rigidity": constants["nucleus.rigidity"],
        "nucleus_link": constants["nucleus.link"],
    }
