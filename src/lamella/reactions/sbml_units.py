"""Units of an SBML model as readers write them: 'µM', 'items', 'nmol/min', and how long its unit of time is."""

from __future__ import annotations

import math
from typing import Any

import libsbml

_KINDS = {
    libsbml.UNIT_KIND_MOLE: "mol", libsbml.UNIT_KIND_LITRE: "l", libsbml.UNIT_KIND_LITER: "l",
    libsbml.UNIT_KIND_METRE: "m", libsbml.UNIT_KIND_METER: "m", libsbml.UNIT_KIND_SECOND: "s",
    libsbml.UNIT_KIND_ITEM: "items", libsbml.UNIT_KIND_GRAM: "g", libsbml.UNIT_KIND_KILOGRAM: "kg",
    libsbml.UNIT_KIND_KELVIN: "K", libsbml.UNIT_KIND_JOULE: "J", libsbml.UNIT_KIND_NEWTON: "N",
    libsbml.UNIT_KIND_PASCAL: "Pa", libsbml.UNIT_KIND_VOLT: "V", libsbml.UNIT_KIND_AMPERE: "A",
    libsbml.UNIT_KIND_COULOMB: "C", libsbml.UNIT_KIND_FARAD: "F", libsbml.UNIT_KIND_SIEMENS: "S",
    libsbml.UNIT_KIND_HERTZ: "Hz", libsbml.UNIT_KIND_KATAL: "kat", libsbml.UNIT_KIND_WATT: "W",
    libsbml.UNIT_KIND_OHM: "Ω", libsbml.UNIT_KIND_AVOGADRO: "avogadro",
}  # fmt: skip
_PREFIXES = {-15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M"}
_TIMES = {60.0: "min", 3600.0: "h", 86400.0: "d"}
_POWERS = {2.0: "²", 3.0: "³"}


def seconds(source: libsbml.Model) -> float | None:
    """Seconds in the unit of time of a model; None if it does not say, or names something else."""
    name = source.getTimeUnits() if source.getLevel() > 2 else "time"
    definition = source.getUnitDefinition(name)
    if definition is None:
        return 1.0 if name == "second" or source.getLevel() < 3 else None
    if definition.getNumUnits() != 1 or not definition.isVariantOfTime():
        return None
    unit = definition.getUnit(0)
    size = _size(unit)
    return size if unit.getExponentAsDouble() == 1.0 and 0.0 < size < math.inf else None


def time_name(size: float) -> str:
    """The unit of time of so many seconds."""
    return _TIMES.get(size) or _prefixed(size, "s")


def readable_units(source: libsbml.Model) -> dict[str, str]:
    """Name -> unit of what formulas mean by it, as far as the file states one: species, parameters, compartments,
    reactions, and 'amount:S' and 'concentration:S' of every species."""
    found: dict[str, str] = {}
    for species in source.getListOfSpecies():
        amount, volume = _substance(source, species), _volume(source, source.getCompartment(species.getCompartment()))
        name = species.getId()
        found[f"amount:{name}"] = _written(amount)
        found[f"concentration:{name}"] = _written([*amount, *_inverted(volume)]) if amount and volume else ""
        found[name] = found[f"{'amount' if _counts(source, species) else 'concentration'}:{name}"]
    for compartment in source.getListOfCompartments():
        found[compartment.getId()] = _written(_volume(source, compartment))
    for parameter in source.getListOfParameters():
        found[parameter.getId()] = _written(_parameter(source, parameter))
    extent = source.getExtentUnits() if source.getLevel() > 2 else "substance"
    size = seconds(source) if source.getLevel() < 3 or source.isSetTimeUnits() else None
    for reaction in source.getListOfReactions():
        top = _written(_named(source, extent))
        found[reaction.getId()] = f"{top}/{time_name(size)}" if top and size else ""
    return {name: unit for name, unit in found.items() if unit}


def _counts(source: libsbml.Model, species: libsbml.Species) -> bool:
    """Whether formulas mean the amount of a species."""
    compartment = source.getCompartment(species.getCompartment())
    return species.getHasOnlySubstanceUnits() or compartment.getSpatialDimensionsAsDouble() == 0


def _substance(source: libsbml.Model, species: libsbml.Species) -> list[libsbml.Unit]:
    default = source.getSubstanceUnits() if source.getLevel() > 2 else "substance"
    return _named(source, species.getSubstanceUnits() or default)


def _volume(source: libsbml.Model, compartment: libsbml.Compartment) -> list[libsbml.Unit]:
    dimensions = compartment.getSpatialDimensionsAsDouble()
    kind = {3.0: "volume", 2.0: "area", 1.0: "length"}.get(dimensions, "")
    if source.getLevel() > 2:
        default = {"volume": source.getVolumeUnits, "area": source.getAreaUnits,
                   "length": source.getLengthUnits}.get(kind, str)()  # fmt: skip
    else:
        default = kind
    return _named(source, compartment.getUnits() or default)


def _parameter(source: libsbml.Model, parameter: libsbml.Parameter) -> list[libsbml.Unit]:
    """What the file says, or what the formula of its rule comes to where that is certain."""
    if parameter.isSetUnits():
        return _named(source, parameter.getUnits())
    rule: Any = source.getAssignmentRule(parameter.getId())
    if rule is None or not rule.isSetMath() or rule.containsUndeclaredUnits():
        return []
    definition = rule.getDerivedUnitDefinition()
    return list(definition.getListOfUnits()) if definition is not None else []


def _named(source: libsbml.Model, name: str) -> list[libsbml.Unit]:
    """The units behind a name; none where nothing is stated."""
    definition = source.getUnitDefinition(name) if name else None
    if definition is not None:
        return list(definition.getListOfUnits())
    kind = libsbml.UnitKind_forName(name)
    if kind not in _KINDS:
        return []
    unit = libsbml.Unit(max(source.getLevel(), 3), 1)
    unit.initDefaults()
    unit.setKind(kind)
    return [unit]


def _inverted(units: list[libsbml.Unit]) -> list[libsbml.Unit]:
    inverse = [unit.clone() for unit in units]
    for unit in inverse:
        unit.setExponent(-unit.getExponentAsDouble())
    return inverse


def _written(units: list[libsbml.Unit]) -> str:
    """'µmol/l' is 'µM'; what has no short form is written with its factor; '' for dimensionless and for nothing."""
    parts = [u for u in units if u.getKind() != libsbml.UNIT_KIND_DIMENSIONLESS or u.getMultiplier() != 1]
    if any(u.getKind() not in _KINDS for u in parts):
        return ""
    sizes = [_size(u) for u in parts]
    if not all(0.0 < size < math.inf for size in sizes):
        return ""
    kinds = [(u.getKind(), u.getExponentAsDouble()) for u in parts]
    molar = [(libsbml.UNIT_KIND_MOLE, 1.0), (libsbml.UNIT_KIND_LITRE, -1.0)]
    if kinds == molar and _prefix(sizes[0] / sizes[1]) is not None:
        return _prefixed(sizes[0] / sizes[1], "M")
    above = [_one(size, *kind) for size, kind in zip(sizes, kinds) if kind[1] > 0]
    below = [_one(size, kind[0], -kind[1]) for size, kind in zip(sizes, kinds) if kind[1] < 0]
    return "/".join(["·".join(above) or "1", *below]) if above or below else ""


def _size(unit: libsbml.Unit) -> float:
    """How many of its kind a unit is, without the exponent; inf where that is no number."""
    return unit.getMultiplier() * 10.0 ** unit.getScale() if abs(unit.getScale()) <= 300 else math.inf


def _one(size: float, kind: int, power: float) -> str:
    name = _TIMES.get(size) if kind == libsbml.UNIT_KIND_SECOND else None
    name = name or _prefixed(size, _KINDS[kind])
    return name if power == 1 else name + _POWERS.get(power, f"^{power:g}")


def _prefix(size: float) -> str | None:
    return next((prefix for power, prefix in _PREFIXES.items() if abs(size / 10.0**power - 1) < 1e-9), None)


def _prefixed(size: float, name: str) -> str:
    prefix = _prefix(size)
    if prefix is None or (prefix and name in ("items", "kg", "avogadro")):
        return f"({size:g} {name})"
    return prefix + name
