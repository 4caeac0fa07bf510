"""Conditions that are written with a unit: refused while the experiment file is read, not when a dish starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pydantic import AfterValidator

from lamella.errors import InputError, unknown
from lamella.units import quantity

MOST = {"s": 3.2e7, "um": 1e4, "kPa": 1e6, "nN": 1e6, "uM": 1e7, "mg/ml": 1e3, "dimensionless": 10.0,
        "degrees": 360.0}
"""Largest magnitude of a condition by its unit: a year, a well, glass, a millinewton, ten molar, a full turn."""

MOST_PARTS = 100_000
"""Steps or frames into which an assay is cut at the most."""


def in_parts(whole: str, part: str) -> float:
    """How many times one time goes into another.   raises InputError: more than `MOST_PARTS` times"""
    count = quantity(whole, "s") / quantity(part, "s")
    if count > MOST_PARTS:
        raise InputError(f"{whole} cannot be cut in parts of {part}", why=f"They would be more than {MOST_PARTS:,}.",
                         remedy="Give a longer part, or a shorter whole.")
    return count


def written_in(unit: str, *, above: float | None = None, minimum: float | None = None) -> AfterValidator:
    """A check for a field of `Conditions`: text that converts to `unit` and keeps its bounds.

        duration: Annotated[str, written_in("s", above=0.0)] = "24 h"

    unit     unit that the text must convert to
    above    the magnitude must be larger than this, in `unit`
    minimum  smallest allowed magnitude, in `unit`

    The largest is that of `MOST`.
    """
    def check(text: str) -> str:
        quantity(text, unit, above=above, minimum=minimum, maximum=MOST[unit])
        return text

    return AfterValidator(check)


def one_of(kind: str, names: Callable[[], Iterable[str]]) -> AfterValidator:
    """A check for a field of `Conditions`: a name that is among `names()`.

        ligand: Annotated[str, one_of("ligand", ligands)] = "fibronectin"

    kind    what the name is of, for the message
    """
    def check(text: str) -> str:
        if text not in names():
            raise unknown(kind, text, names())
        return text

    return AfterValidator(check)
