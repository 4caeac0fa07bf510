"""What the cells of a dish stand on, beside its coating: how far it yields, and which way its fibres run.

A stiffness is one value, or '1 to 20 kPa': the first at the borders of the dish along x, the second in its middle, in a
straight line, since a dish that is closed over its borders has no low and no high end. A patch is a band across the
middle of the dish: outside of it there is plastic without fibres.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, model_validator

from lamella.assays.protocol import FilmedConditions
from lamella.assays.quantities import MOST, written_in
from lamella.culture import Habitat, collagen_fibres, surrounding_constants
from lamella.errors import InputError
from lamella.networks import Treatment
from lamella.tissue.fields import make_medium
from lamella.units import quantity


def stiffness_ends(text: str) -> tuple[float, float]:
    """Stiffness at the borders and in the middle [kPa]; '8 kPa', '1 to 20 kPa'.   raises InputError"""
    ends = [end.strip() for end in text.split(" to ")]
    if len(ends) > 2:
        raise InputError(f"'{text}' is no stiffness", remedy="Write one, '8 kPa', or two, '1 to 20 kPa'.")
    unit = ends[-1].rpartition(" ")[2]
    made = [quantity(end if " " in end else f"{end} {unit}", "kPa", above=0.0, maximum=MOST["kPa"]) for end in ends]
    return made[0], made[-1]


def _checked(text: str) -> str:
    stiffness_ends(text)
    return text


class FootedConditions(FilmedConditions):
    """Conditions of an assay on a dish that may yield or be fibrous.

    stiffness   of what carries the coating; without it plastic
    aligned     order of its fibres, 0 (every way) to 1 (all one way): the mean of cos 2 theta about their direction
    along       that direction, from the x axis
    patch       width of a band in the middle of the dish, along x, that alone is soft or fibrous
    """

    unset = ("stiffness", "aligned", "along", "patch")
    stiffness: Annotated[str, AfterValidator(_checked)] | None = None
    aligned: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    along: Annotated[str, written_in("degrees")] | None = None
    patch: Annotated[str, written_in("um", above=0.0)] | None = None

    @model_validator(mode="after")
    def _one_footing(self) -> FootedConditions:
        if self.along is not None and self.aligned is None:
            raise InputError("a direction without fibres", where="along",
                             remedy="Say how far the fibres run that way: aligned = 0.8.")
        if self.patch is not None and not self.yields:
            raise InputError("a patch of nothing", where="patch",
                             remedy="Say what is there: a stiffness, or how far fibres are aligned.")
        return self

    @property
    def yields(self) -> bool:
        """Whether the dish is anything but plastic without fibres."""
        return self.stiffness is not None or self.aligned is not None

    @property
    def direction(self) -> NDArray[np.float64]:
        """Unit vector along the fibres; along x where there are none."""
        angle = 0.0 if self.along is None else quantity(self.along, "rad")
        return np.array([np.cos(angle), np.sin(angle)])


def inside_patch(conditions: FootedConditions, shape: tuple[int, ...], site: float) -> NDArray[np.bool_]:
    """Columns along x that are soft or fibrous.   [x]; raises InputError: the dish is not as wide"""
    if conditions.patch is None:
        return np.ones(shape[0], bool)
    width = quantity(conditions.patch, "um")
    if width > shape[0] * site:
        raise InputError(f"the patch is {conditions.patch} wide", where="patch",
                         why=f"The dish is {shape[0] * site:.0f} um wide.", remedy="Ask for less, or for more cells.")
    return np.abs(np.arange(shape[0]) + 0.5 - 0.5 * shape[0]) * site <= 0.5 * width


def footing(conditions: FootedConditions, treatment: Treatment, shape: tuple[int, ...], site: float) -> Habitat:
    """The dish that conditions ask for.

    shape    sites;   site: length of one [um]
    raises   InputError: a gradient of a factor, which this dish has no ends for; a patch that does not fit
    """
    if treatment.gradient:
        raise InputError("this assay has no ends between which a gradient could form", where="gradient",
                         remedy="Use the assay 'chemotaxis', or `factor` for a dose that is the same everywhere.")
    inside = inside_patch(conditions, shape, site)
    numbers = surrounding_constants()
    plastic = numbers["dish.stiffness"]
    low, high = (plastic, plastic) if conditions.stiffness is None else stiffness_ends(conditions.stiffness)
    rise = 1.0 - np.abs(2.0 * (np.arange(shape[0]) + 0.5) / shape[0] - 1.0)
    carries = np.where(inside, low + (high - low) * rise, plastic)
    law = replace(collagen_fibres(numbers, np.broadcast_to(carries[:, None], shape)), turning=0.0, relaxation=0.0)
    made = Habitat(fibres=law)
    return made if conditions.aligned is None else replace(made, direction=_directions(conditions, inside, shape))


def _directions(conditions: FootedConditions, inside: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Q on the voxels.   [voxels, D, D]"""
    medium = make_medium(shape, 1.0, coarsening=int(surrounding_constants()["dish.coarsening"]), depth=1.0)
    start = medium.starts[0]
    share = np.add.reduceat(inside.astype(float), start[:-1]) / np.diff(start)
    even, along = 0.5 * np.eye(2), np.outer(conditions.direction, conditions.direction)
    order = (conditions.aligned or 0.0) * share[:, None, None, None]
    return np.broadcast_to(even + order * (along - even), (*medium.voxels, 2, 2))
