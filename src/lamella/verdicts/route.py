"""The causal path as a picture needs it: which protein acts on which, through which reaction, from what was done to
what was read.

An arrow goes from a protein to the one whose amount or state a reaction changes, where the first is in the reaction's
rate law. Its sign is that of the law itself, at the state of the control: more of the one makes more, or less, of the
other. Reactions at the front and at the rear of the cell are one arrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lamella.assays.bands import states_of
from lamella.culture import Draw, constants, drawn_parameters, grown, idealised_inputs, program
from lamella.errors import InputError
from lamella.networks import Network, Perturbations, antibodies, assemble, drugs, resolve, stopped
from lamella.networks.annotate import genes
from lamella.networks.heterodimers import heterodimers
from lamella.reactions import Program
from lamella.verdicts.causal_path import Carrier, CausalPath, act_of

LEAST = 0.1
"""Share of the effect that a reaction must carry to be drawn."""

MATRIX, MEDIUM = "matrix", "medium"
"""What is done to the surroundings of a cell, as the start of a path."""

_HALVES = ("_front", "_rear")


@dataclass(frozen=True)
class Step:
    """One arrow.

    source, target   proteins; the same one where a reaction has no other driver
    what             name of the reaction, without its protein and half
    share_lost       of the effect, without the reaction (of the stronger half)
    raises           whether more of the source makes more of the target, or of its active form
    carries          False for a reaction without which the control itself is another one: it sets the stage
    """

    source: str
    target: str
    what: str
    share_lost: float
    raises: bool
    carries: bool = True

    def to_dict(self) -> dict[str, object]:
        return {"source": self.source, "target": self.target, "reaction": self.what, "share_lost": self.share_lost,
                "raises": self.raises, "carries": self.carries}


@dataclass(frozen=True)
class Route:
    """From what was done to what was read.

    starts   proteins that the arms treat differently, or 'matrix' and 'medium'; of the reactions that one of them
             stops, the proteins of those that carry the effect
    ends     proteins that the quantity is made of
    steps    strongest first
    """

    starts: tuple[str, ...]
    ends: tuple[str, ...]
    quantity: str
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, object]:
        return {"starts": list(self.starts), "ends": list(self.ends), "quantity": self.quantity,
                "steps": [step.to_dict() for step in self.steps]}


def route(path: CausalPath, arm: Perturbations, against: Perturbations, *, matrix: Mapping[str, str] | None = None,
          medium: Mapping[str, str] | None = None, least: float = LEAST) -> Route:
    """The arrows of a causal path.

    arm, against   as in `causal_path`
    matrix, medium as there
    """
    network = assemble(path.cell)
    made = program(path.cell)
    carriers = [*path.strongest(least), *path.stage(least)]
    treatment = resolve(network, against, dict(matrix or {}), dict(medium or {}), path.against)
    parameters = drawn_parameters(network, treatment, Draw(1, 0, 1), constants().changed(variation__cv=0.0))
    control = grown(network, treatment, parameters, constants(), idealised_inputs(network, treatment))
    slopes = _slopes(made, control.states[0], control.parameters[0])
    starts = tuple(sorted({*treated_differently(arm, against), *_held_up(network, made, carriers, arm, against)}))
    ends = _proteins(_species_of(made, path.quantity))
    known = {*starts, *ends, *(protein for c in carriers for protein in _changed(made, c.reaction))}
    steps: dict[tuple[str, str, str], Step] = {}
    for carrier in carriers:
        for step in _steps(made, carrier, slopes, known):
            key = (step.source, step.target, step.what)
            if key not in steps or steps[key].share_lost < step.share_lost:
                steps[key] = step
    ordered = sorted(steps.values(), key=lambda step: (not step.carries, -step.share_lost, step.source, step.target))
    return Route(starts, ends, path.quantity, _leading(starts, ends, ordered))


def _leading(starts: tuple[str, ...], ends: tuple[str, ...], steps: list[Step]) -> tuple[Step, ...]:
    """The steps between proteins that lie on a way from what was done to what was read; all where there is no way."""
    forward = _reached(starts, [(s.source, s.target) for s in steps])
    backward = _reached(ends, [(s.target, s.source) for s in steps])
    on_the_way = forward & backward
    found = tuple(s for s in steps if s.source in on_the_way and s.target in on_the_way)
    return found if on_the_way & set(starts) and on_the_way & set(ends) else tuple(steps)


def _reached(begin: Iterable[str], arrows: list[tuple[str, str]]) -> set[str]:
    found = set(begin)
    while more := {target for source, target in arrows if source in found} - found:
        found |= more
    return found


def _held(antibody: str) -> str:
    return ", ".join(antibodies()[antibody]["kd"]) if antibody in antibodies() else antibody


def _target(drug: str) -> str:
    row = next((row for name, row in drugs().items() if name.lower() == drug.lower()), None)
    if row is None:
        return drug
    target = row.get("target", drug)
    return target if isinstance(target, str) else ", ".join(target)


_PLACES: dict[str, Callable[[str], str]] = {
    "inhibitor": _target, "antibody": _held,
    **dict.fromkeys(("coating", "bead"), lambda _: MATRIX),
    **dict.fromkeys(("factor", "gradient", "pipette"), lambda _: MEDIUM),
}
"""Where a path starts that begins with a kind of treatment; with the gene itself where none is given."""

_AROUND = {"suspended": MATRIX, "stretch": MATRIX, "island": MATRIX, "shear": MEDIUM}
"""The same of what has no name."""


def treated_differently(arm: Perturbations, against: Perturbations) -> list[str]:
    """Proteins, or surroundings, that two arms treat differently."""
    found: set[str] = set()
    for kind in ("knockdown", "overexpression", "level_of", "mutant", "add_back", *_PLACES):
        one, other = getattr(arm, kind), getattr(against, kind)
        place = _PLACES.get(kind, str)
        found |= {place(name) for name in (*one, *other) if one.get(name) != other.get(name)}
    found |= set(arm.knockout) ^ set(against.knockout)
    found |= {place for kind, place in _AROUND.items() if getattr(arm, kind) != getattr(against, kind)}
    return sorted(found)


def _held_up(network: Network, made: Program, carriers: list[Carrier], arm: Perturbations,
             against: Perturbations) -> Iterable[str]:
    """Proteins of the carriers that one arm stops and the other does not."""
    names = {reaction for text in set(arm.blocked) ^ set(against.blocked) for reaction in stopped(network, text)[1]}
    return (protein for carrier in carriers if names.intersection(_members(made, carrier.reaction))
            for protein in _changed(made, carrier.reaction))


def _species_of(made: Program, quantity: str) -> list[str]:
    """Species that a band, a state or an observable is made of."""
    try:
        names = states_of(quantity)
    except InputError:
        names = (quantity,)
    return [made.species[made.graph.nodes[n][1]] for n in made.graph.needed(made.node(name) for name in names)
            if made.graph.operation(n) == "state"]


def _slopes(made: Program, states: NDArray[np.float64], parameters: NDArray[np.float64]) -> NDArray[np.float64]:
    """Change of every rate when one species rises by a thousandth of its scale.   [species, reactions]"""
    nudge = 1e-3 * np.maximum(np.abs(states), 1e-3 * made.scales())
    rows = np.vstack([states, states + np.diag(nudge)])
    rates = made.rates(rows, np.tile(parameters, (len(rows), 1)))
    return rates[1:] - rates[0]


def _steps(made: Program, carrier: Carrier, slopes: NDArray[np.float64], known: set[str]) -> Iterable[Step]:
    """The arrows of one reaction, from every protein of the path in its law to every protein that it changes."""
    column = made.reactions.index(_members(made, carrier.reaction)[0])
    reactants, products = _stoichiometry(made, carrier.reaction)
    drivers = [made.species[i] for i in np.flatnonzero(np.abs(slopes[:, column]) > 0.0)]
    for target in _changed(made, carrier.reaction):
        direction = _direction(target, reactants, products)
        others = [p for p in _proteins(drivers) if p != target and p in known]
        for source in others or [target]:
            rows = [made.species.index(s) for s in drivers if protein_of(s) == source]
            slope = float(slopes[rows, column].sum()) if rows else 1.0
            yield Step(source, target, _what(carrier.reaction, target), carrier.share_lost,
                       bool(slope * direction > 0.0) if source != target else direction > 0, carrier.carries)


def _direction(target: str, reactants: list[str], products: list[str]) -> int:
    """Whether a reaction makes a protein, or its active form, or takes it away."""
    before = [s for s in reactants if protein_of(s) == target]
    after = [s for s in products if protein_of(s) == target]
    if before and after:
        return 1 if len(_bare(after[0])) >= len(_bare(before[0])) else -1
    return 1 if after else -1


def _stoichiometry(made: Program, reaction: str) -> tuple[list[str], list[str]]:
    """Species that a reaction takes, and those that it makes."""
    node = made.node(_members(made, reaction)[0])
    takes, makes = [], []
    for species, terms in zip(made.species, made.balance):
        for coefficient, rate in terms:
            if rate == node and coefficient:
                (makes if coefficient > 0 else takes).append(species)
    return takes, makes


def _members(made: Program, name: str) -> tuple[str, ...]:
    """The reactions behind a name that may stand for both halves of the cell."""
    return tuple(r for r in made.reactions if name in (r, act_of(r)))


def _changed(made: Program, reaction: str) -> tuple[str, ...]:
    reactants, products = _stoichiometry(made, reaction)
    return _proteins((*reactants, *products))


def _proteins(species: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(protein_of(name) for name in species))


def protein_of(species: str) -> str:
    """'RAC1_gtp_front' is of 'RAC1', 'a5b1_high_rear' of 'a5b1'."""
    known = (*genes(), *heterodimers())
    found = [name for name in known if species == name or species.startswith(f"{name}_")]
    return max(found, key=len) if found else _bare(species)


def _bare(name: str) -> str:
    for half in _HALVES:
        name = name.removesuffix(half)
    return name


def _what(reaction: str, target: str) -> str:
    """'RAC1_ubiquitination_XIAP' on RAC1 is 'ubiquitination'."""
    bare = _bare(reaction).removeprefix(f"{target}_")
    return bare.replace("_", " ")
