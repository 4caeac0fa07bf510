"""What a field is of, what cells and reactions do to it, and what a step of it moved."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lamella.errors import InputError
from lamella.tissue.fields.medium import Medium


@dataclass(frozen=True)
class Substance:
    """What a field is of.

    name           in the books and in reactions
    diffusion      D                                                                   (um^2/s)
    decay          first order                                                         (1/s)
    initial        one number, [voxels] or [shape of the dish]                         (molecules/um^3)
    held           concentration at walls that are baths, by (axis, "low" or "high"); other walls are closed
    exchange       rate at which the liquid is renewed from above, and what comes in: `bath`  (1/s; molecules/um^3)
    hindrance      D relative to free liquid, 0 to 1, one number, [voxels] or [shape]; in gels and between cells
    """

    name: str
    diffusion: float
    decay: float = 0.0
    initial: ArrayLike = 0.0
    held: Mapping[tuple[int, str], float] = field(default_factory=dict)
    exchange: float = 0.0
    bath: float = 0.0
    hindrance: ArrayLike = 1.0

    @property
    def where(self) -> str:
        return f"field '{self.name}'"

    def check(self, medium: Medium) -> None:
        """Refuse numbers that mean nothing.   raises InputError"""
        if not self.name or "/" in self.name:
            raise InputError(f"a field is called '{self.name}'", where="tissue.fields", why="A name is not empty, "
                             "and '/' is kept for the books.")  # fmt: skip
        numbers = {"diffusion": self.diffusion, "decay": self.decay, "exchange": self.exchange, "bath": self.bath}
        numbers |= {f"held at {wall}": value for wall, value in self.held.items()}
        for name, value in numbers.items():
            if not (isinstance(value, (int, float, np.number)) and math.isfinite(value) and value >= 0.0):
                raise InputError(f"{name} is {value}", where=self.where, why="It must be finite and not negative.")
        for wall in self.held:
            if wall not in medium.walls:
                raise InputError(
                    f"wall {wall} cannot be held",
                    where=self.where,
                    why="A wall is an axis that is not periodic, and 'low' or 'high'.",
                    remedy=f"Walls of this dish: {sorted(medium.walls) or 'none'}.",
                )
        if self.diffusion > 1e12:
            raise InputError(f"diffusion is {self.diffusion} um^2/s", where=self.where, why="Nothing is so fast.")


@dataclass(frozen=True)
class Acts:
    """What cells do to one field: each one number, [cells] for the whole cell, or [cells, 2] for its front and rear.

    secretion   spread over the sites                                            (molecules/s)
    clearance   volume emptied, spread over the sites                            (um^3/s)
    capacity    saturating uptake: capacity c / (half + c)                       (molecules/s; molecules/um^3)
    """

    secretion: ArrayLike = 0.0
    clearance: ArrayLike = 0.0
    capacity: ArrayLike = 0.0
    half: float = 1.0


@dataclass(frozen=True)
class Moved:
    """Molecules that a step moved.

    secreted, taken   by the cells, [cells, 2], front and rear half
    turned            lost to reactions in each voxel, [box]
    """

    secreted: NDArray[np.float64]
    taken: NDArray[np.float64]
    turned: NDArray[np.float64]


@dataclass(frozen=True)
class Chemistry:
    """What reactions do to a field within one step.

    turnover   [box] first-order loss                                                   (1/s)
    gain       [box] molecules that come, or go if negative; no more than there are
    """

    turnover: NDArray[np.float64]
    gain: NDArray[np.float64]
