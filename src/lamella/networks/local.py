"""What touches a cell at one half for a time: beads that carry a ligand, and a pipette that gives a soluble factor.

    10 ug/ml at the rear from 0 h until 30 min              beads that cover the half
    10 ug/ml on 6 um at the front                           one whose contact is 6 um across
    10 ng/ml at the front until 2 min and 1 ng/ml at the front from 5 min

A half of a cell is well mixed: what touches a part of it counts as its mean over the half.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lamella.errors import InputError
from lamella.networks import reagents
from lamella.networks.assemble import Network
from lamella.networks.spelling import named
from lamella.networks.timing import START, Window, windows
from lamella.units import quantity

if TYPE_CHECKING:
    from lamella.networks.perturbations import Perturbations

_AMOUNT = re.compile(r"(?P<dose>.+?)(?:\s+on\s+(?P<across>.+?))?\s+at\s+the\s+(?P<half>front|rear)")
WIDEST = 1e4
"""Of a bead, or of the coating that a cell finds [um]."""

_REMEDY = "Write e.g. '10 ug/ml on 6 um at the rear from 0 h until 30 min'."


@dataclass(frozen=True)
class Spot:
    """What an input of the network gets on top of what it has, from `start` up to `end` (s, or the start of the assay).

    amount   molecules/um^2 of a ligand, molecules/um^3 of a factor
    """

    name: str
    amount: float
    start: float
    end: float


def spots(network: Network, perturbations: Perturbations, where: str) -> tuple[Spot, ...]:
    """Beads and pipettes of one arm.

    raises  InputError: an unknown ligand or factor, one that the cells do not sense by place, no half, no dose or time
    """
    found: list[Spot] = []
    for ligand, text in perturbations.bead.items():
        at = f"{where}.bead.{ligand}"
        if named(ligand, reagents.antibodies()):
            raise InputError(f"'{ligand}' is an antibody, and no ligand that a bead could present", where=at,
                             why="An antibody that holds receptors together is not described, only what it blocks or "
                                 "opens.", remedy="Write a matrix ligand, or `antibody` for the whole cell.")
        name = reagents.ligand_name(ligand, at)
        binds = reagents.ligands()[name]["affinity"]
        if not set(binds) & set(network.cell.integrins):
            raise InputError(f"{network.cell.name} has no receptor of {ligand}", where=at,
                             why=f"It binds {', '.join(binds)}; the line has {', '.join(network.cell.integrins)}.",
                             remedy="Choose another ligand, or another cell line.")
        for window, dose, across, half in _parts(text, at):
            amount = reagents.ligand_density(name, dose, at)
            if across is not None:
                contact = 0.25 * math.pi * quantity(across, "um", where=at, above=0.0, maximum=WIDEST) ** 2
                amount *= min(1.0, contact / network.parameters[f"area_{half}"].value)
            found.append(_spot(network, name, half, amount, window, at))
    for factor, text in perturbations.pipette.items():
        at = f"{where}.pipette.{factor}"
        parameter = reagents.factor_row(factor, at)["parameter"]
        for window, dose, across, half in _parts(text, at):
            if across is not None:
                raise InputError("what a pipette gives is in the medium, and touches nothing", where=at,
                                 remedy="Write e.g. '10 ng/ml at the front from 0 h until 5 min'.")
            amount = reagents.factor_edits(factor, dose, at)[parameter]
            found.append(_spot(network, parameter, half, amount, window, at))
    return tuple(found)


def added_at(found: Iterable[Spot], stage: float) -> dict[str, float]:
    """Input -> what it gets at a stage or a time; 0 where it gets something at another time.   stage   s"""
    amounts: dict[str, float] = {}
    for spot in found:
        amounts[spot.name] = amounts.get(spot.name, 0.0) + spot.amount * (spot.start <= stage < spot.end)
    return amounts


def with_base(found: Iterable[Spot], stage: float, density: Mapping[str, float], off: bool) -> dict[str, float]:
    """Input -> what it is at a stage or a time: the coating, if the cell is on it, and what is added.

    density   ligand -> coating [molecules/um^2]
    """
    coated = {} if off else {f"{ligand}_{half}": amount for ligand, amount in density.items()
                             for half in ("front", "rear")}
    return {name: coated.get(name, 0.0) + amount for name, amount in added_at(found, stage).items()}


def _parts(text: str, where: str) -> Iterable[tuple[Window, str, str | None, str]]:
    """Window, dose, width of the contact and half of every part of a text."""
    for window in windows(text, where):
        match = _AMOUNT.fullmatch(window.amount)
        if match is None:
            raise InputError(f"'{window.amount}' does not say where it is", where=where, why="It is at one half.",
                             remedy=_REMEDY)
        if window.start < START:
            raise InputError("what touches a cell at one half comes in the course of an assay", where=where,
                             remedy="Drop 'from before'; for cells that have grown on it, use `coating` or `factor`.")
        yield window, match["dose"], match["across"], match["half"]


def _spot(network: Network, stem: str, half: str, amount: float, window: Window, where: str) -> Spot:
    name = f"{stem}_{half}"
    if name not in network.inputs:
        known = sorted(row["parameter"] for row in reagents.factors().values()
                       if f"{row['parameter']}_{half}" in network.inputs)
        raise InputError(f"{network.cell.name} senses no {stem} by place", where=where,
                         why=f"It does of {', '.join(known)}.", remedy="Choose one of these, or `factor`.")
    return Spot(name, amount, window.start, window.end)
