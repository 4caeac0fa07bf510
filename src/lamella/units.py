"""The door for quantities: strings with units become numbers in µm, s, pN, molecules.

Nothing behind the door carries units; nothing else parses them.
"""

from __future__ import annotations

import math
from functools import lru_cache

import pint

from lamella.errors import InputError

MOLECULES_PER_UM3_PER_UM = 602.214076
"""Molecules in 1 µm3 at 1 µM (Avogadro constant, SI 2019, times 1e-21)."""


@lru_cache(maxsize=1)
def registry() -> pint.UnitRegistry:
    ureg = pint.UnitRegistry(cache_folder=None)
    ureg.define("molecule = [molecules] = molecules")
    ureg.define("cell = [] = cells")
    return ureg


def nearest_float(value: float | str) -> float:
    """A number as arrays hold it; infinite where it is a whole number too large for that."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if int(value) > 0 else -math.inf


def quantity(text: object, unit: str, *, where: str | None = None, minimum: float | None = None,
             above: float | None = None, maximum: float | None = None) -> float:
    """The magnitude of `text` in `unit`.

    text      '24 h', '10 ug/ml'; a bare number is refused unless `unit` is dimensionless
    unit      target unit, pint's spelling
    minimum   smallest allowed magnitude, in `unit`
    above     magnitude must be larger than this
    maximum   largest allowed magnitude, in `unit`
    raises    InputError: not a quantity, wrong dimension, not finite, outside the bounds
    """
    if isinstance(text, bool) or not isinstance(text, (str, int, float)):
        raise _not_a_quantity(text, unit, where)
    if isinstance(text, (int, float)):
        if not registry().Unit(unit).dimensionless:
            raise InputError(f"{text} has no unit", where=where, why=f"A quantity in {unit} is expected.",
                             remedy=f"Write '{text} {unit}'.")
        value = nearest_float(text)
    else:
        try:
            value = _parse(text, unit)
        except InputError as error:
            raise InputError(error.what, where=where, why=error.why, remedy=error.remedy) from None
    if not math.isfinite(value):
        raise InputError(f"'{text if isinstance(text, str) else value}' is not a finite number", where=where)
    if minimum is not None and value < minimum:
        raise InputError(f"'{text}' is too small", where=where, why=f"The least allowed is {minimum:g} {unit}.")
    if above is not None and value <= above:
        raise InputError(f"'{text}' is not allowed", where=where, why=f"It must be larger than {above:g} {unit}.")
    if maximum is not None and value > maximum:
        raise InputError(f"'{text}' is too large", where=where, why=f"The most allowed is {maximum:g} {unit}.")
    return value


@lru_cache(maxsize=4096)
def _parse(text: str, unit: str) -> float:
    """Once for every text: the same few are read for every arm of every assay."""
    ureg = registry()
    target = ureg.Unit(unit)
    if len(text) > 80:
        raise InputError("a quantity of more than 80 characters")
    spelled = text.strip().replace("µ", "u").replace("μ", "u").replace("%", " percent")
    if "**" in spelled or "^" in spelled:
        raise _not_a_quantity(text, unit, None)
    try:
        return float(ureg.Quantity(spelled).to(target).magnitude)
    except pint.UndefinedUnitError as error:
        raise InputError(f"unknown unit in '{text}'", why=str(error),
                         remedy=f"Use a unit that converts to {unit}.") from None
    except pint.DimensionalityError:
        raise InputError(f"'{text}' does not convert to {unit}",
                         remedy=f"Write it in a unit such as {unit}.") from None
    except Exception:
        raise _not_a_quantity(text, unit, None) from None


def _not_a_quantity(text: object, unit: str, where: str | None) -> InputError:
    remedy = f"Write a number and a unit, e.g. '1 {unit}'."
    return InputError(f"'{text}' is not a quantity", where=where, remedy=remedy)
