"""Conditions that are written with a unit: refused while the experiment file is read, not when a dish starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pydantic import AfterValidator

from lamella.errors import unknown
from lamella.units import quantity


def written_in(unit: str, *, above: float | None = None, minimum: float | None = None) -> AfterValidator:
    """A check for a field of `Conditions`: text that converts to `unit` and keeps its bounds.

        duration: Annotated[str, written_in("s", above=0.0)] = "24 h"

    unit     unit that the text must convert to
    above    the magnitude must be larger than this, in `unit`
    minimum  smallest allowed magnitude, in `unit`
    """
    def check(text: str) -> str:
        quantity(text, unit, above=above, minimum=minimum)
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
