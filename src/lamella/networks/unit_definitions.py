"""Units of the library in SBML: molecules are `item`, lengths µm, times s."""

from __future__ import annotations

import re
from functools import cache

import libsbml

from lamella.errors import ModelError
from lamella.units import registry

_KINDS = {
    "molecule": (libsbml.UNIT_KIND_ITEM, 0),
    "micrometer": (libsbml.UNIT_KIND_METRE, -6),
    "second": (libsbml.UNIT_KIND_SECOND, 0),
}


@cache
def exponents(unit: str) -> tuple[tuple[str, int], ...]:
    """Exponents of molecule, micrometer and second in `unit`; empty for '1'.

    raises  ModelError: another unit or a factor other than one is in it
    """
    if unit == "1":
        return ()
    try:
        units = registry().Quantity(1.0, unit).unit_items()
        powers = {str(name): float(power) for name, power in units}  # type: ignore[arg-type]
    except Exception as error:
        raise ModelError(f"'{unit}' is not a unit", why=str(error)) from None
    if set(powers) - set(_KINDS) or any(not power.is_integer() for power in powers.values()):
        why = "Inside the package only these three are used."
        raise ModelError(f"unit '{unit}' is not made of molecules, um and s", why=why)
    return tuple(sorted((name, int(power)) for name, power in powers.items() if power))


def unit_id(unit: str) -> str:
    """SBML identifier of a unit: 'per_molecules_s', 'um_2_per_molecules_s', ..."""
    if unit == "1":
        return "dimensionless"
    return re.sub(r"\W+", "_", unit.replace("1/", "per_").replace("/", "_per_")).strip("_")


def add_unit(model: libsbml.Model, unit: str) -> str:
    """Define `unit` in the model unless it is there; returns its identifier."""
    identifier = unit_id(unit)
    if unit == "1" or model.getUnitDefinition(identifier) is not None:
        return identifier
    definition = model.createUnitDefinition()
    definition.setId(identifier)
    for name, power in exponents(unit):
        kind, scale = _KINDS[name]
        part = definition.createUnit()
        part.setKind(kind)
        part.setExponent(power)
        part.setScale(scale)
        part.setMultiplier(1.0)
    return identifier
