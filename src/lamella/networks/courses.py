"""What comes and goes in the course of an assay: drugs, factors, antibodies, blocks, suspension, levels."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from lamella.errors import InputError, unknown
from lamella.networks import reagents
from lamella.networks.assemble import Network
from lamella.networks.genetics import expressions
from lamella.networks.local import Spot, with_base
from lamella.networks.timing import GROWTH, START, Window, amount_at, moments, windows
from lamella.units import quantity

if TYPE_CHECKING:
    from lamella.networks.perturbations import Perturbations


FORCES = {"shear": "Pa", "stretch": "dimensionless"}
"""Forces from outside, as parameters of the network, and their units there."""


@dataclass(frozen=True)
class Change:
    """What changes in the course of an assay.

    time       s after time 0 of the assay
    values     parameter -> new value
    scales     parameter -> factor on the value that it has
    suspended  whether cells are off the matrix from now on; None leaves that as it is
    """

    time: float
    values: Mapping[str, float]
    scales: Mapping[str, float]
    suspended: bool | None = None


@dataclass(frozen=True)
class Added:
    """Something that comes and goes: its times, and the edits that an amount of it, or none (None), makes.

    own   where given, its edits are factors on these values, and multiply with those of others
    """

    windows: tuple[Window, ...]
    edits: Callable[[str | None], dict[str, float]]
    own: Mapping[str, float] | None = None


def added_things(network: Network, perturbations: Perturbations, grown: Mapping[str, float], where: str) -> list[Added]:
    """Drugs, soluble factors, antibodies and blocks of one arm. Raises InputError for what is unknown or clashes."""
    found, taken = [], {}
    for drug, text in perturbations.inhibitor.items():
        at = f"{where}.inhibitor.{drug}"
        dose = reagents.drug_row(drug, at)["dose"]
        if dose in taken:
            raise InputError(f"'{drug}' and '{taken[dose]}' cannot be in one arm", where=at,
                             why="They hold the same site of the same target, and the network has one dose for it.",
                             remedy="Use one of the two.")  # fmt: skip
        taken[dose] = drug
        found.append(Added(windows(text, at), lambda amount, drug=drug, dose=dose, at=at: (
            {dose: 0.0} if amount is None else reagents.drug_edits(drug, amount, at))))
    for factor, text in perturbations.factor.items():
        at = f"{where}.factor.{factor}"
        key = reagents.factor_row(factor, at)["parameter"]
        found.append(Added(windows(text, at), lambda amount, factor=factor, key=key, at=at: (
            {key: grown.get(key, 0.0)} if amount is None else reagents.factor_edits(factor, amount, at))))
    for name, text in perturbations.antibody.items():
        at = f"{where}.antibody.{name}"
        found.append(Added(windows(text, at), lambda amount, name=name, at=at: (
            reagents.antibody_factors(name, amount, network, at)),
            own={key: row.value for key, row in network.parameters.items()}))
    for force, unit in FORCES.items():
        if text := getattr(perturbations, force):
            at = f"{where}.{force}"
            found.append(Added(windows(text, at), lambda amount, force=force, unit=unit, at=at: (
                {force: 0.0 if amount is None else quantity(amount, unit, where=at, minimum=0.0)})))
    for text in perturbations.blocked:
        when, reactions = stopped(network, text, f"{where}.blocked")
        open_ = {f"switch.{reaction}": 1.0 for reaction in reactions}
        found.append(Added(when, lambda amount, open_=open_: dict.fromkeys(open_, float(amount is None)), own=open_))
    for one in found:
        for window in one.windows:
            one.edits(window.amount)  # what is unknown, or no dose, is refused now
    return found


def stopped(network: Network, text: str, where: str = "blocked") -> tuple[tuple[Window, ...], tuple[str, ...]]:
    """When an entry of `blocked` stops which reactions. One that another entry still stops stays so when this one ends.

    raises   InputError: two patterns in one entry, a pattern that no reaction fits
    """
    when = windows(text, where)
    pattern = when[0].amount
    if any(window.amount != pattern for window in when):
        raise InputError(f"'{text}' stops two things", where=where, why="One entry is one block, and its times.",
                         remedy="Write an entry of `blocked` for each.")  # fmt: skip
    row = reagents.blocks().get(pattern, {"reactions": [pattern]})
    reactions = tuple(name for name in network.evidence
                      if any(fnmatchcase(name, one) for one in row["reactions"]) and name not in row.get("but", ()))
    if not reactions:
        raise unknown("reaction", pattern, {*network.evidence, *reagents.blocks()}, where)
    return when, reactions


def edits_at(added: Iterable[Added], stage: float, *, only_present: bool = False) -> dict[str, float]:
    """Parameter -> value at a stage or a time.   only_present: nothing of what is not there then"""
    values: dict[str, float] = {}
    for one in added:
        amount = amount_at(one.windows, stage)
        if amount is None and only_present:
            continue
        edits = one.edits(amount)
        if one.own is not None:
            edits = {key: values.get(key, one.own[key]) * factor for key, factor in edits.items()}
        values |= edits
    return values


def suspension(text: bool | str, where: str) -> tuple[Window, ...]:
    """When cells are off the matrix."""
    if isinstance(text, bool):
        return (Window("", GROWTH, float("inf")),) if text else ()
    found = windows(text, where)
    if any(window.amount or window.start < 0.0 for window in found):
        raise InputError(f"'{text}' does not say when cells are suspended", where=where,
                         remedy="Write true, or e.g. 'from 1 h until 3 h'.")
    return found


def scaled_later(network: Network, perturbations: Perturbations, where: str) -> dict[str, list[tuple[float, float]]]:
    """Expression parameter -> (time, factor on its value then), for genes whose synthesis changes during the assay."""
    found: dict[str, list[tuple[float, float]]] = {}
    for kind, table in (("knockdown", perturbations.knockdown), ("overexpression", perturbations.overexpression)):
        for gene, text in table.items():
            if not isinstance(text, str):
                continue
            at = f"{where}.{kind}.{gene}"
            keys, when = expressions(network, gene, at), windows(text, at)
            for window in when:
                quantity(window.amount, "dimensionless", where=at)  # no number at all is refused as that
            _require_turnover(network, gene, kind, when, at)
            before = 1.0
            for time in sorted(moments(when)):
                now = _share(kind, amount_at(when, time), at)
                for key in keys:
                    found.setdefault(key, []).append((time, now / before))
                before = now
    return found


def _require_turnover(network: Network, gene: str, kind: str, when: tuple[Window, ...], where: str) -> None:
    if f"{gene}_synthesis" not in network.evidence:
        made = sorted(name.removesuffix("_synthesis") for name in network.evidence if name.endswith("_synthesis"))
        raise InputError(f"the level of {gene} cannot change during an assay", where=where,
                         why=f"The network makes and loses only {', '.join(made)}.",
                         remedy=f"Change it before the assay: `{kind} = {{ {gene} = ... }}` without a time.")
    if any(window.start < 0.0 for window in when):
        raise InputError("a level that changes during the assay needs a time", where=where,
                         remedy="Write e.g. '0.9 from 0 h', or a number alone for a change before the assay.")


def _share(kind: str, amount: str | None, where: str) -> float:
    """What synthesis is multiplied with."""
    if amount is None:
        return 1.0
    value = quantity(amount, "dimensionless", where=where, above=0.0)
    if kind == "overexpression":
        return value
    if value >= 1.0:
        raise InputError(f"a knock-down of {amount} in the course of an assay is not allowed", where=where,
                         why="It has to leave something, however little.", remedy="Write e.g. '0.99 from 0 h'.")
    return 1.0 - value


def changes(added: list[Added], scaled: Mapping[str, list[tuple[float, float]]], off: tuple[Window, ...],
            local: tuple[Spot, ...] = (), density: Mapping[str, float] | None = None) -> tuple[Change, ...]:
    """What changes at every time at which something does.

    local     what touches a cell at one half
    density   ligand -> coating [molecules/um^2], to which it adds
    """
    times = {time for one in added for time in moments(one.windows)} | moments(off)
    times |= {time for steps in scaled.values() for time, _ in steps}
    times |= {time for spot in local for time in (spot.start, spot.end) if 0.0 <= time < math.inf}
    found, before, last = [], edits_at(added, START), START
    for time in sorted(times):
        values = edits_at(added, time)
        scales = {key: factor for key, steps in scaled.items() for at, factor in steps if at == time}
        is_off, was_off = (amount_at(off, moment) is not None for moment in (time, last))
        changed = {key: value for key, value in values.items() if before.get(key) != value}
        changed |= with_base(local, time, density or {}, is_off)
        found.append(Change(time, changed, scales, is_off if is_off != was_off else None))
        before, last = values, time
    return tuple(found)
