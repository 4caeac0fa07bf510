"""Findings beside their assays: run the arms, look at the effects, spend more replicates while one is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np

from lamella.assays import ASSAYS, Assay
from lamella.errors import InputError, LamellaError
from lamella.findings import Base, Finding, get, load_all, reference_lines
from lamella.networks import Perturbations, cell_lines
from lamella.verdicts.bench import Bench, OnDish, Plate
from lamella.verdicts.effect import Criterion, Standing
from lamella.verdicts.judging import judge, standing
from lamella.verdicts.names import ModelNames
from lamella.verdicts.verdict import CellVerdict, ExpectationVerdict, Outcome, Verdict, verdict

POPULATION = frozenset({"immunoblot"})
"""Assays without a tissue."""

OnProgress = Callable[[str, float], None]
"""Called with the id of the finding at work and the finished share of all findings, 0..1."""


@dataclass(frozen=True)
class Replicates:
    """How many dishes are spent on an arm.

    first   before the first look
    most    an expectation that is still open then is judged as it stands
    """

    first: int = 4
    most: int = 12

    def __post_init__(self) -> None:
        if not 2 <= self.first <= self.most:
            raise InputError(f"{self.first} to {self.most} replicates cannot be judged", where="replicates",
                             why="An interval needs two dishes, and the most cannot be less than the first.",
                             remedy="Write e.g. 4 to 12.")

    def looks(self) -> tuple[int, ...]:
        """Numbers of replicates at which one looks."""
        return (*range(self.first, self.most, self.first), self.most)


def check(ids: Iterable[str] | None = None, *, population_only: bool = False, replicates: Replicates | None = None,
          seed: int = 1, threads: int = 1, keep: Path | None = None, progress: OnProgress | None = None,
          assays: Mapping[str, Assay] | None = None) -> list[Verdict]:
    """Judge findings.

    ids              which; all of the library where None
    population_only  leave out findings that need a tissue
    seed             of all streams
    threads          dishes computed at a time; no verdict depends on it
    keep             folder that keeps finished dishes, so that a check that was interrupted goes on
    assays           the assays that there are, by name; those of the package where None
    raises           InputError: an unknown id
    """
    assays = ASSAYS if assays is None else assays
    chosen = [get(name) for name in ids] if ids is not None else list(load_all())
    if population_only:
        chosen = [finding for finding in chosen if is_population(finding)]
    bench = Bench(assays, seed=seed, threads=threads, keep=keep)
    found = []
    for number, finding in enumerate(chosen):
        def tell(share: float, done: int = number, name: str = finding.id) -> None:
            if progress:
                progress(name, (done + share) / len(chosen))

        tell(0.0)
        found.append(check_one(finding, bench, replicates or Replicates(), tell))
        tell(1.0)
    return found


def is_population(finding: Finding) -> bool:
    """Whether none of its assays needs a tissue."""
    return POPULATION.issuperset(finding.assays)


def check_one(finding: Finding, bench: Bench, replicates: Replicates,
              tell: Callable[[float], None] = lambda share: None) -> Verdict:
    """Judge one finding in all its cell lines."""
    cells = finding.cells or tuple(reference_lines().values())
    looks = replicates.looks()
    plates = {(expectation.assay, arm) for expectation in finding.expect for arm in expectation.arms()}
    total = len(cells) * len(plates) * looks[-1]
    done = count(1)
    judged = [_CellCheck(finding, cell, bench, lambda: tell(min(1.0, next(done) / total))).verdict(looks)
              for cell in cells]
    return verdict(finding, judged)


class _CellCheck:
    """One finding in one cell line.

    on_dish   called after every dish that was computed
    """

    def __init__(self, finding: Finding, cell: str, bench: Bench, on_dish: OnDish):
        self.finding, self.cell, self.bench, self.on_dish = finding, cell, bench, on_dish
        self.names = ModelNames(bench.assays)

    def verdict(self, looks: tuple[int, ...]) -> CellVerdict:
        return CellVerdict(self.cell, tuple(self._expectation(e, looks) for e in self.finding.expect))

    def _expectation(self, expectation: Base, looks: tuple[int, ...]) -> ExpectationVerdict:
        problem = self._problem(expectation)
        if problem is not None:
            return self._said(expectation, Outcome.NOT_APPLICABLE, problem)
        criteria: tuple[Criterion, ...] = ()
        values: dict[tuple[str, str], np.ndarray] = {}
        for replicates in looks:
            try:
                values = self._values(expectation, replicates)
            except LamellaError as error:
                return self._said(expectation, Outcome.NOT_APPLICABLE, _sentence(str(error.what)))
            silent = _silent(values)
            if silent is not None:
                return self._said(expectation, Outcome.NOT_APPLICABLE, silent, values=values)
            criteria = judge(expectation, values, last=replicates == looks[-1])
            if standing(criteria) is not Standing.OPEN:
                break
        outcome = Outcome.HOLDS if standing(criteria) is Standing.HOLDS else Outcome.FAILS
        return self._said(expectation, outcome, _reason(criteria, expectation), criteria, values)

    def _problem(self, expectation: Base) -> str | None:
        """Why the expectation cannot be run here, in a sentence."""
        if self.cell not in cell_lines():
            return f"The cell line {self.cell} is not built."
        problem = self.names.assay(expectation.assay, self.finding.conditions.get(expectation.assay, {}))
        for arm in expectation.arms():
            treatment = self.finding.arms[arm]
            problem = (problem or self.names.arm(self.cell, treatment, self.finding.matrix, self.finding.medium)
                       or self.names.absent(self.cell, treatment))
        return _sentence(problem) if problem else None

    def _plate(self, expectation: Base, arm: str) -> Plate:
        assay = self.bench.assays[expectation.assay]
        conditions = self.finding.conditions.get(expectation.assay, {})
        return Plate(expectation.assay, assay.conditions.model_validate(conditions), self.cell,
                     Perturbations.model_validate(self.finding.arms[arm]), self.finding.matrix, self.finding.medium,
                     label=arm)

    def _values(self, expectation: Base, replicates: int) -> dict[tuple[str, str], np.ndarray]:
        plates = {arm: self._plate(expectation, arm) for arm in expectation.arms()}
        self.bench.run(plates.values(), replicates, self.on_dish)
        return {(name, arm): self.bench.values(plate, replicates, name, expectation.at)
                for name in expectation.quantities() for arm, plate in plates.items()}

    def _said(self, expectation: Base, outcome: Outcome, reason: str, criteria: tuple[Criterion, ...] = (),
              values: Mapping[tuple[str, str], np.ndarray] | None = None) -> ExpectationVerdict:
        table: dict[str, dict[str, list[float]]] = {}
        for (name, arm), row in (values or {}).items():
            table.setdefault(name, {})[arm] = [float(v) for v in row]
        kind = getattr(expectation, "kind", "ordering")
        return ExpectationVerdict(kind, expectation.assay, expectation.says(), expectation.corollary,
                                  self.finding.serving(expectation), outcome, reason,
                                  tuple(criterion.shown for criterion in criteria), table)


def _silent(values: Mapping[tuple[str, str], np.ndarray]) -> str | None:
    """Why nothing can be judged from the values: no number in a dish, or nothing in any arm."""
    for (name, arm), row in values.items():
        bad = int(np.count_nonzero(~np.isfinite(row)))
        if bad:
            return f"'{name}' has no value in {bad} of {row.size} dishes of '{arm}'."
    for name in {name for name, _ in values}:
        if max(float(np.mean(row)) for (q, _), row in values.items() if q == name) <= 0.0:
            return f"'{name}' is nothing in every arm."
    return None


def _reason(criteria: tuple[Criterion, ...], expectation: Base) -> str:
    """The criterion that decided, as a sentence."""
    decisive = next((c for c in criteria if c.standing is Standing.FAILS), criteria[0])
    return _sentence(f"{decisive.shown.quantity} in {expectation.assay}: {decisive.reason}")


def _sentence(text: str) -> str:
    return text.rstrip(".") + "."
