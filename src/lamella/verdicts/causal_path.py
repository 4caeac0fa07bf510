"""Which reactions carry an effect: each is switched off in turn, in both arms, and the share lost is read.

One batch of cells: every lane is one cell of one arm with one reaction off, all lanes share one compiled network
and, lane by lane, the drawn protein totals, so that the comparison is paired. Shares need not add up to one:
reactions in a row share one effect, and parallel ones cover for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import exp, nan

import libsbml
import numpy as np
from numpy.typing import NDArray

from lamella.assays.bands import QUANTITIES, SUMS
from lamella.assays.death import LIMIT, cut_shares
from lamella.culture import (
    DELETED,
    Draw,
    advance_treated,
    constants,
    drawn_parameters,
    idealised_inputs,
    program,
    treat,
)
from lamella.errors import InputError, unknown
from lamella.networks import Network, Perturbations, Treatment, assemble, resolve
from lamella.networks.library import sources
from lamella.reactions import SWITCH, Program
from lamella.solve import Population, Status
from lamella.units import quantity as magnitude
from lamella.verdicts.effect import DETECTION

MOVED = 2.0
"""A reaction without which the control moves by more than this factor sets the stage: a loss then says little."""

DYING = 0.25
"""Share of the cells that must die without a reaction before a lost effect says nothing about it."""


@dataclass(frozen=True)
class Carrier:
    """One reaction and what the effect loses without it.

    share_lost       1 - log(effect without it) / log(effect); negative where the effect grows
    effect_without   ratio of the arms without it; NaN where the quantity is gone from both
    control_without  the control without it over the control
    kills            whether cells die without it that live with it, `DYING` or more of one of the arms
    law, says        its rate law and what it does, in words
    claims, sources  its evidence: claim ids, and papers as {citation, doi}
    """

    reaction: str
    module: str
    share_lost: float
    effect_without: float
    control_without: float
    kills: bool
    law: str
    says: str
    claims: tuple[str, ...]
    sources: tuple[Mapping[str, str], ...]

    @property
    def carries(self) -> bool:
        """Whether the cells live and the control is about what it was, so that a lost effect was carried by this."""
        return not self.kills and 1.0 / MOVED <= self.control_without <= MOVED

    def to_dict(self) -> dict[str, object]:
        """For --json and the report."""
        moved = f"Without it the control itself is {self.control_without:.2g}-fold."
        note = "Without it cells die." if self.kills else "" if self.carries else moved
        return {"id": self.reaction, "name": self.reaction.replace("_", " "), "module": self.module,
                "share_lost": self.share_lost, "effect_without": self.effect_without,
                "control_without": self.control_without, "law": self.law, "claims": list(self.claims),
                "sources": [dict(source) for source in self.sources], "note": f"{self.says} {note}".strip()}


@dataclass(frozen=True)
class CausalPath:
    """An effect and the reactions that carry it, strongest first.

    effect   ratio of the arms with the whole network (geometric mean over cells)
    """

    cell: str
    quantity: str
    arm: str
    against: str
    effect: float
    carriers: tuple[Carrier, ...]

    def strongest(self, least: float = 0.1) -> tuple[Carrier, ...]:
        """The reactions without which at least this share is lost while the control is about what it was."""
        return tuple(c for c in self.carriers if c.share_lost >= least and c.carries)

    def stage(self, least: float = 0.1) -> tuple[Carrier, ...]:
        """The reactions without which the effect is lost because cells die or the control itself is another one."""
        return tuple(c for c in self.carriers if c.share_lost >= least and not c.carries)

    def to_dict(self, least: float = 0.05) -> dict[str, object]:
        """For --json and the report; reactions that cost less than `least` are left out."""
        return {"cell": self.cell, "quantity": self.quantity, "contrast": {"arm": self.arm, "against": self.against},
                "effect": self.effect, "reactions": [c.to_dict() for c in self.strongest(least)],
                "stage": [c.to_dict() for c in self.stage(least)]}


def causal_path(cell: str, arm: Perturbations, against: Perturbations, quantity: str, *,
                matrix: Mapping[str, str] | None = None, medium: Mapping[str, str] | None = None, at: str = "24 h",
                names: tuple[str, str] = ("arm", "control"), cells: int = 8, seed: int = 1, threads: int = 1,
                halves_together: bool = False, progress: Callable[[float], None] | None = None) -> CausalPath:
    """The reactions that carry the effect of an arm on a quantity of the network, without a dish.

    quantity   a band of a blot, 'RAC1.total', or a state or an observable of the network, 'RAC1_total'
    at         time after the treatment
    names      how the two arms are called in what is returned
    cells      drawn cells per arm and reaction
    halves_together  switch off a reaction at the front and at the rear of the cell, and on the form of its protein that
               lacks a phosphate, at once, so that they cannot cover for each other; it then goes by `act_of`
    raises     InputError: no such quantity, a perturbation that means nothing; the arms do not differ in it
    """
    network = assemble(cell)
    made = program(cell)
    states = _states(made, quantity)
    groups = _groups(made, halves_together)
    switched: tuple[tuple[str, ...], ...] = ((), *groups.values())
    draw = Draw(seed, 0, cells)
    found, dead = [], []
    for number, perturbations in enumerate((arm, against)):
        treatment = resolve(network, perturbations, dict(matrix or {}), dict(medium or {}), f"arms.{names[number]}")
        lanes = _lanes(network, made, treatment, draw, switched, threads)
        treat(lanes, treatment)
        advance_treated(lanes, treatment, 0.0, magnitude(at, "s", where="at", above=0.0),
                        partial(_inputs, network, treatment))
        read = lanes.observe(states).sum(axis=1)
        read[lanes.status != Status.OK] = np.nan
        found.append(read.reshape(len(switched), cells))
        dead.append((cut_shares(lanes) > LIMIT).reshape(len(switched), cells).mean(axis=1))
        if progress:
            progress((number + 1) / 2)
    more = np.max([share - share[0] for share in dead], axis=0)
    return _ranked(network, groups, quantity, names, found[0], found[1], more[1:] >= DYING)


def act_of(reaction: str) -> str:
    """What a reaction does, on whichever form: its name without the half and without `_unphosphorylated`."""
    return reaction.removesuffix("_front").removesuffix("_rear").removesuffix("_unphosphorylated")


def _groups(made: Program, halves_together: bool) -> dict[str, tuple[str, ...]]:
    """Name -> the reactions that are switched off at once."""
    found: dict[str, tuple[str, ...]] = {}
    for reaction in made.reactions:
        name = act_of(reaction) if halves_together else reaction
        found[name] = (*found.get(name, ()), reaction)
    return found


def _states(made: Program, quantity: str) -> tuple[str, ...]:
    """The states that a quantity sums up: a band of a blot, or a state or an observable of the network."""
    if quantity in SUMS:
        return SUMS[quantity]
    name = QUANTITIES.get(quantity, quantity)
    if name not in made.species and name not in made.observables:
        raise unknown("quantity", quantity, (*QUANTITIES, *SUMS, *made.species, *made.observables))
    return (name,)


def _lanes(network: Network, made: Program, treatment: Treatment, draw: Draw, switched: Sequence[tuple[str, ...]],
           threads: int) -> Population:
    """Cells of one arm, once for every reaction that is off, after long culture and before its drugs.

    Lanes are laid out reaction by reaction; [reactions * cells].
    """
    column = {name: i for i, name in enumerate(made.parameters)}
    one = drawn_parameters(network, treatment, draw, constants())
    for name, value in (idealised_inputs(network, treatment) | treatment.medium).items():
        if name in column:
            one[:, column[name]] = value
    parameters = np.tile(one, (len(switched), 1))
    for place, group in enumerate(switched):
        for reaction in group:
            parameters[place * draw.cells:(place + 1) * draw.cells, column[f"{SWITCH}{reaction}"]] = DELETED
    lanes = Population(made, parameters, threads=threads)
    lanes.advance(constants()["clock.chronic"])
    return lanes


def _inputs(network: Network, treatment: Treatment, suspended: bool) -> dict[str, float]:
    """What cells are told that the treatment takes off the matrix or puts back."""
    return idealised_inputs(network, treatment, suspended=suspended)


def _ranked(network: Network, groups: Mapping[str, tuple[str, ...]], quantity: str, names: tuple[str, str],
            arm: NDArray[np.float64], against: NDArray[np.float64], kills: NDArray[np.bool_]) -> CausalPath:
    """Carriers from what was read.

    arm, against  [1 + reactions, cells], the whole network first;   kills [reactions]
    """
    floor = DETECTION * float(np.nanmean(against[0]))
    effects = np.nanmean(_log(arm, floor) - _log(against, floor), axis=1)
    kept = np.nanmean(_log(against, floor * 1e-3) - _log(against[:1], floor), axis=1)
    if not np.isfinite(effects[0]) or abs(effects[0]) < 1e-6:
        raise InputError(f"'{quantity}' is the same in both arms", where=f"{names[0]} against {names[1]}",
                         why="An effect that is not there is carried by nothing.")
    laws = _laws(network)
    carriers = []
    for place, (name, (reaction, *_)) in enumerate(groups.items(), start=1):
        gone = kept[place] < np.log(DETECTION)
        evidence = network.evidence[reaction]
        carriers.append(Carrier(
            name, network.modules[reaction], 1.0 - float(effects[place] / effects[0]),
            nan if gone else exp(effects[place]), exp(kept[place]), bool(kills[place - 1]), laws.get(reaction, ""),
            evidence.says, evidence.claims, _papers(evidence.sources)))
    carriers.sort(key=lambda c: (-(c.share_lost if np.isfinite(c.share_lost) else -np.inf), c.reaction))
    return CausalPath(network.cell.name, quantity, *names, exp(effects[0]), tuple(carriers))


def _log(values: NDArray[np.float64], floor: float) -> NDArray[np.float64]:
    return np.log(np.maximum(values, floor))


def _laws(network: Network) -> dict[str, str]:
    """Reaction -> its rate law as text."""
    document = libsbml.readSBMLFromString(network.sbml)
    return {reaction.getId(): libsbml.formulaToL3String(reaction.getKineticLaw().getMath())
            for reaction in document.getModel().getListOfReactions()}


def _papers(keys: Sequence[str]) -> tuple[Mapping[str, str], ...]:
    """The outside sources of a reaction."""
    named = [sources()[key] for key in keys]
    return tuple({"citation": source.citation} | ({"doi": source.doi} if source.doi else {}) for source in named)
