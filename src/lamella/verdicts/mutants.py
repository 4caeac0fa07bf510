"""Mutation testing of the biology: every reaction, and every part of the network as a whole, is switched off in turn,
and the findings that break are listed.

A reaction that breaks no finding is one that no finding supports: the model could do without it and nobody would
notice. Blots and other wells are tried with every reaction, all in one batch of lanes; of wells in which cells are
counted, those whose outcome the one or few cells of a lane show. A dish costs minutes, so that a tissue is tried only
with reactions whose loss moves what cells hand it (an exchange output) by 5 %; without dishes these are listed as
untried, and so are they for a well that needs more cells.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from math import inf, log

import numpy as np

from lamella.culture import constants
from lamella.culture.exchange import READ_STATES, mechanics
from lamella.errors import LamellaError
from lamella.findings import Base, Finding
from lamella.networks import assemble, cell_lines
from lamella.verdicts.bench import Bench
from lamella.verdicts.checking import BLOTS
from lamella.verdicts.effect import Standing
from lamella.verdicts.judging import judge, standing
from lamella.verdicts.names import ModelNames
from lamella.verdicts.plate import Plate
from lamella.verdicts.robustness import expectation_in_variants, possible
from lamella.verdicts.trial import cells_of, obstacle, plates_of
from lamella.verdicts.variants import WHOLE, Variant, VariantBench
from lamella.verdicts.wells import Ask, WellBench

MOVED = 0.05
"""Least change of an exchange output that could show in a tissue."""

_OF_WELLS = 0.5
"""Share of the time that goes to wells, about."""

DISHES = 4
"""Dishes of every arm on which a tissue is judged without a reaction."""


@dataclass(frozen=True)
class Broken:
    """An expectation that holds with the whole network and not without a reaction."""

    finding: str
    cell: str
    expected: str
    corollary: bool

    def to_dict(self) -> dict[str, object]:
        return {"finding": self.finding, "cell": self.cell, "expected": self.expected, "corollary": self.corollary}


@dataclass(frozen=True)
class Mutant:
    """One reaction that is off, or all of a module.

    breaks     what no longer holds, reported expectations and corollaries
    unsolved   findings whose cells could not be advanced without it: they break too, for a reason of their own
    untried    findings with a tissue that its loss could show in, and that were not run
    """

    reaction: str
    module: str
    breaks: tuple[Broken, ...]
    unsolved: tuple[str, ...]
    untried: tuple[str, ...]

    @property
    def supported_by(self) -> tuple[str, ...]:
        """The findings that break, each once, by what they report."""
        return tuple(dict.fromkeys(b.finding for b in self.breaks if not b.corollary))

    def to_dict(self) -> dict[str, object]:
        return {"reaction": self.reaction, "module": self.module, "findings": list(self.supported_by),
                "breaks": [b.to_dict() for b in self.breaks], "unsolved": list(self.unsolved),
                "untried": list(self.untried)}


@dataclass(frozen=True)
class MutationTest:
    """All reactions.

    parts      every module that has reactions, with all of them off
    tried      findings that hold with the whole network in a cell line, by what was run, so that they can break
    unbroken   of those, the ones that no single reaction breaks
    silent     findings that do not hold with the whole network: they support nothing
    """

    mutants: tuple[Mutant, ...]
    tried: tuple[str, ...]
    unbroken: tuple[str, ...]
    silent: tuple[str, ...]
    cells: int
    parts: tuple[Mutant, ...] = ()

    def unsupported(self) -> list[str]:
        """Reactions that break nothing and for which no dish is outstanding."""
        return [m.reaction for m in self.mutants if not m.supported_by and not m.untried]

    def undecided(self) -> list[str]:
        """Reactions that break no blot, and whose loss may show in a tissue that was not run."""
        return [m.reaction for m in self.mutants if not m.supported_by and m.untried]

    def to_dict(self) -> dict[str, object]:
        supported = [m.reaction for m in self.mutants if m.supported_by]
        return {"counts": {"supported": len(supported), "unsupported": len(self.unsupported()),
                           "undecided": len(self.undecided()), "of": len(self.mutants)},
                "supported": supported, "unsupported": self.unsupported(), "undecided": self.undecided(),
                "tried": list(self.tried), "unbroken": list(self.unbroken), "silent": list(self.silent),
                "cells_per_lane_group": self.cells, "parts": [m.to_dict() for m in self.parts],
                "reactions": [m.to_dict() for m in self.mutants]}


def mutate(findings: Sequence[Finding], bench: Bench, *, cells: int = 1, seed: int = 1, threads: int = 1,
           tissue: bool = False, failing: Collection[tuple[str, str]] = (),
           tell: Callable[[str, float], None] = lambda what, share: None) -> MutationTest:
    """Switch every reaction off in turn, in every arm of every finding.

    cells    per arm and reaction, the same in all: one of median protein levels, or several that are drawn
    tissue   also run dishes for the reactions whose loss moves an exchange output
    failing  (finding, cell line) that a check found to fail: they support nothing, whatever a few cells say
    tell     called with the finding at work and the finished share
    """
    return _Mutation(findings, bench, cells, seed, threads, failing).test(tissue, tell)


class _Mutation:
    def __init__(self, findings: Sequence[Finding], bench: Bench, cells: int, seed: int, threads: int,
                 failing: Collection[tuple[str, str]]):
        self.findings = [finding for finding in findings if not finding.lines]  # a reaction is of one line's network
        self.bench, self.cells, self.failing = bench, cells, frozenset(failing)
        self.names = ModelNames(bench.assays)
        built = [cell for cell in cell_lines() if any(cell in cells_of(finding) for finding in findings)]
        self.reactions = {cell: tuple(assemble(cell).evidence) for cell in built}
        self.modules = {r: m for cell in built for r, m in assemble(cell).modules.items()}
        self.parts = tuple(dict.fromkeys(self.modules.values()))
        self.wells = WellBench(bench.assays, self._variants, cells=cells, seed=seed, threads=threads)
        self.lanes = VariantBench(self._variants, cells=cells, seed=seed, threads=threads, watch=READ_STATES)
        off = (*self.modules, *map(_whole, self.parts))
        self.breaks: dict[str, list[Broken]] = {r: [] for r in off}
        self.unsolved: dict[str, list[str]] = {r: [] for r in off}
        self.untried: dict[str, list[str]] = {r: [] for r in off}
        self.tried: dict[str, bool] = {}

    def _variants(self, cell: str) -> list[Variant]:
        return [WHOLE, *(Variant(without=group) for group in self._switched(cell).values())]

    def _switched(self, cell: str) -> dict[str, tuple[str, ...]]:
        """What is off in every variant of a line: each reaction alone, then each module as a whole."""
        groups = {reaction: (reaction,) for reaction in self.reactions[cell]}
        held = assemble(cell).modules
        return groups | {_whole(part): tuple(r for r in self.reactions[cell] if held[r] == part)
                         for part in self.parts if part in held.values()}

    def test(self, tissue: bool, tell: Callable[[str, float], None]) -> MutationTest:
        self.lanes.prepare((plate, e.at) for finding in self.findings
                           for _, e, plates in possible(finding, self.bench, self.names) for plate in plates.values())
        self.wells.run((ask for finding in self.findings for ask in self._wells_of(finding)),
                       lambda share: tell("wells", _OF_WELLS * share))
        for number, finding in enumerate(self.findings):
            tell(finding.id, _OF_WELLS + (1.0 - _OF_WELLS) * number / len(self.findings))
            for cell in cells_of(finding):
                self._try(finding, cell, tissue)
        tell("", 1.0)
        mutants = tuple(self._mutant(r, module) for r, module in self.modules.items())
        broken = {b.finding for m in mutants for b in m.breaks}
        tried = tuple(name for name, holds in self.tried.items() if holds)
        return MutationTest(mutants, tried, tuple(name for name in tried if name not in broken),
                            tuple(name for name, holds in self.tried.items() if not holds), self.cells,
                            tuple(self._mutant(_whole(part), part) for part in self.parts))

    def _wells_of(self, finding: Finding) -> Iterator[Ask]:
        """What is measured in wells that are no blots."""
        for cell in cells_of(finding):
            for e in finding.expect:
                if self._is_well(e) and obstacle(finding, e, cell, self.names) is None:
                    for plate in plates_of(finding, e, cell, self.bench).values():
                        yield from (Ask(plate, name, e.at, e.measure) for name in e.quantities())

    def _is_well(self, expectation: Base) -> bool:
        """Whether its assay takes many wells side by side, and is no blot."""
        name = expectation.assay
        return name not in BLOTS and name in self.bench.assays and self.bench.assays[name].batch is not None

    def _mutant(self, name: str, module: str) -> Mutant:
        return Mutant(name, module, tuple(self.breaks[name]), tuple(dict.fromkeys(self.unsolved[name])),
                      tuple(dict.fromkeys(self.untried[name])))

    def _try(self, finding: Finding, cell: str, tissue: bool) -> None:
        """One finding in one cell line: it can break where all that it reports of lanes holds with every reaction."""
        able = [e for e in finding.expect if obstacle(finding, e, cell, self.names) is None]
        wells = [(e, expectation_in_variants(finding, e, cell, self.bench, self.wells))
                 for e in able if self._is_well(e)]
        lanes = [(e, expectation_in_variants(finding, e, cell, self.bench, self.lanes))
                 for e in able if e.assay in BLOTS] + [(e, holds) for e, holds in wells if holds[0]]
        dishes = [e for e in able if e not in [one for one, _ in lanes]]
        whole = (finding.id, cell) not in self.failing and all(holds[0] for e, holds in lanes if not e.corollary)
        reported, held = [e for e, _ in lanes if not e.corollary], [None] * len(dishes)
        if tissue and whole and dishes:
            held = [self._in_dishes(finding, cell, e, None) for e in dishes]
            whole = all(holds for e, holds in zip(dishes, held) if not e.corollary)
            reported += [e for e in dishes if not e.corollary]
        if reported:
            self.tried[finding.id] = self.tried.get(finding.id, False) or whole
        for expectation, (holds, *without) in lanes if whole else ():
            for reaction, still in zip(self._switched(cell), without) if holds else ():
                self._note(finding, cell, expectation, reaction, still)
        for expectation, holds in zip(dishes, held) if whole else ():
            for reaction in self._moving(finding, cell, expectation):
                if not tissue:
                    self.untried[reaction].append(finding.id)
                elif holds:
                    self._note(finding, cell, expectation, reaction,
                               self._in_dishes(finding, cell, expectation, reaction))

    def _note(self, finding: Finding, cell: str, expectation: Base, reaction: str, holds: bool | None) -> None:
        if holds:
            return
        if holds is None:
            self.unsolved[reaction].append(finding.id)
        self.breaks[reaction].append(Broken(finding.id, cell, expectation.says(), expectation.corollary))

    def _moving(self, finding: Finding, cell: str, expectation: Base) -> list[str]:
        """Reactions without which an output of the exchange is another one by 5 %, in one of the arms."""
        moved = np.zeros(len(self._switched(cell)), bool)
        for plate in plates_of(finding, expectation, cell, self.bench).values():
            states = {name: self.lanes.states(plate, (name,), "24 h") for name in READ_STATES}
            for column in mechanics(states, constants()).values():
                change = _log_change(column[1:], column[0])
                moved |= ~(change <= log(1.0 + MOVED))  # what could not be advanced counts as moved
        return [reaction for reaction, yes in zip(self.reactions[cell], moved) if yes]  # modules lie behind these

    def _in_dishes(self, finding: Finding, cell: str, expectation: Base, reaction: str | None) -> bool | None:
        plates = {arm: _without(plate, reaction)
                  for arm, plate in plates_of(finding, expectation, cell, self.bench).items()}
        self.bench.run(plates.values(), DISHES)
        try:
            values = {(name, arm): self.bench.values(plate, DISHES, name, expectation.at, expectation.measure)
                      for name in expectation.quantities() for arm, plate in plates.items()}
        except LamellaError:
            return None
        return standing(judge(expectation, values, last=True)) is Standing.HOLDS


def _whole(part: str) -> str:
    """The name of a mutant without any reaction of a module."""
    return f"all of {part}"


def _log_change(values: np.ndarray, whole: float) -> np.ndarray:
    """Absolute logarithm of the ratio; infinite where one of both is nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.abs(np.log(values / whole))
    return np.where(np.isfinite(values) & (values == whole), 0.0, np.where(np.isnan(change), inf, change))


def _without(plate: Plate, reaction: str | None) -> Plate:
    without = (*plate.without, reaction) if reaction else plate.without
    return Plate(plate.assay, plate.conditions, plate.cell, plate.perturbations, plate.matrix, plate.medium, without,
                 plate.scaled, plate.label)
