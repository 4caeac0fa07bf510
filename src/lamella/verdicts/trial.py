"""A finding on trial: its expectations in its cell lines, each looked at until it is settled."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lamella.errors import LamellaError
from lamella.findings import Base, Finding, reference_lines
from lamella.networks import Perturbations, cell_lines
from lamella.verdicts.bench import Bench
from lamella.verdicts.effect import Criterion, Standing
from lamella.verdicts.judging import judge, standing
from lamella.verdicts.names import ModelNames
from lamella.verdicts.plate import Plate
from lamella.verdicts.stability import under_other_thresholds
from lamella.verdicts.verdict import CellVerdict, ExpectationVerdict, Outcome, Verdict, verdict

Measured = Mapping[tuple[str, str], np.ndarray]
"""(quantity, arm) -> [replicates]"""


def cells_of(finding: Finding) -> tuple[str, ...]:
    """The cell lines in which a finding is judged: its own, or the fixed reference lines."""
    return finding.cells or tuple(reference_lines().values())


def obstacle(finding: Finding, expectation: Base, cell: str, names: ModelNames) -> str | None:
    """Why an expectation cannot be run in a cell line, in a sentence; None where it can."""
    for line in (cell, *finding.lines.values()):
        if line not in cell_lines():
            return f"The cell line {line} is not built."
    problem = None
    for arm in expectation.arms():
        treatment, line = finding.arms[arm], finding.line(arm, cell)
        problem = (problem or names.assay(expectation.assay, finding.conditions_of(arm, expectation.assay))
                   or names.arm(line, treatment, finding.matrix, finding.medium)
                   or names.absent(line, treatment))
    return sentence(problem) if problem else None


def plates_of(finding: Finding, expectation: Base, cell: str, bench: Bench) -> dict[str, Plate]:
    """Arm -> what its dishes hold, for the arms of an expectation that can be run."""
    assay = bench.assays[expectation.assay]
    conditions = lambda arm: assay.conditions.model_validate(finding.conditions_of(arm, expectation.assay))
    return {arm: Plate(expectation.assay, conditions(arm), finding.line(arm, cell),
                       Perturbations.model_validate(finding.arms[arm]), finding.matrix, finding.medium, label=arm)
            for arm in expectation.arms()}


class Case:
    """One expectation of a finding in one cell line.

    said   the verdict on it, None while it is open
    """

    def __init__(self, finding: Finding, cell: str, expectation: Base, bench: Bench, names: ModelNames):
        self.finding, self.cell, self.expectation, self._bench = finding, cell, expectation, bench
        self.said: ExpectationVerdict | None = None
        self.replicates = 0
        problem = obstacle(finding, expectation, cell, names)
        self._plates = plates_of(finding, expectation, cell, bench) if problem is None else {}
        if problem is not None:
            self.said = self._saying(Outcome.NOT_APPLICABLE, problem)

    @property
    def plates(self) -> tuple[Plate, ...]:
        """What has to stand on the bench for it; nothing once it is settled."""
        return tuple(self._plates.values()) if self.said is None else ()

    def look(self, replicates: int, *, last: bool, settled: bool = True) -> None:
        """Judge it on the first dishes of every arm, which the bench has.

        last      no more dishes will be spent, so that it is settled now
        settled   False where that is for want of time
        """
        self.replicates = replicates
        try:
            values = self._values(replicates)
        except LamellaError as error:
            self.said = self._saying(Outcome.NOT_APPLICABLE, sentence(str(error.what)))
            return
        silent = _silent(values, self.expectation.measure)
        if silent is not None:
            self.said = self._saying(Outcome.NOT_APPLICABLE, silent, values=values)
            return
        criteria = judge(self.expectation, values, last=last)
        found = standing(criteria)
        if found is not Standing.OPEN:
            outcome = Outcome.HOLDS if found is Standing.HOLDS else Outcome.FAILS
            self.said = self._saying(outcome, _reason(criteria, self.expectation), criteria, values, settled)

    def _values(self, replicates: int) -> Measured:
        wanted = self.expectation
        return {(name, arm): self._bench.values(plate, replicates, name, wanted.at, wanted.measure)
                for name in self.expectation.quantities() for arm, plate in self._plates.items()}

    def _saying(self, outcome: Outcome, reason: str, criteria: tuple[Criterion, ...] = (),
                values: Measured | None = None, settled: bool = True) -> ExpectationVerdict:
        table: dict[str, dict[str, list[float]]] = {}
        for (name, arm), row in (values or {}).items():
            table.setdefault(name, {})[arm] = [float(v) for v in row]
        wanted = self.expectation
        moved = under_other_thresholds(wanted, values or {}) if criteria else {}
        return ExpectationVerdict(getattr(wanted, "kind", "ordering"), wanted.assay, wanted.says(), wanted.corollary,
                                  self.finding.serving(wanted), outcome, reason,
                                  tuple(criterion.shown for criterion in criteria), table,
                                  wanted.model_dump(mode="json"), settled, moved)


class Trial:
    """All cases of a finding."""

    def __init__(self, finding: Finding, bench: Bench):
        self.finding = finding
        names = ModelNames(bench.assays)
        self.cases = {cell: [Case(finding, cell, expectation, bench, names) for expectation in finding.expect]
                      for cell in cells_of(finding)}

    @property
    def open(self) -> list[Case]:
        """Cases without a verdict."""
        return [case for cases in self.cases.values() for case in cases if case.said is None]

    @property
    def plates(self) -> tuple[Plate, ...]:
        """What the open cases need, each once."""
        return tuple({plate.key: plate for case in self.open for plate in case.plates}.values())

    def verdict(self) -> Verdict | None:
        """The verdict on the finding; None while a case is open."""
        cells = []
        for cell, cases in self.cases.items():
            said = tuple(case.said for case in cases if case.said is not None)
            if len(said) < len(cases):
                return None
            cells.append(CellVerdict(cell, said))
        return verdict(self.finding, cells)


def _silent(values: Measured, measure: str) -> str | None:
    """Why nothing can be judged from the values: no number in a dish, or nothing in any arm.

    measure   of the expectation: an event that never comes, and a correlation below 0, can be judged
    """
    if measure not in ("level", "association"):
        return None
    for (name, arm), row in values.items():
        bad = int(np.count_nonzero(~np.isfinite(row)))
        if bad:
            return f"'{name}' has no value in {bad} of {row.size} dishes of '{arm}'."
    if measure == "association":
        return None
    for name in {name for name, _ in values}:
        if max(float(np.mean(row)) for (q, _), row in values.items() if q == name) <= 0.0:
            return f"'{name}' is nothing in every arm."
    return None


def _reason(criteria: tuple[Criterion, ...], expectation: Base) -> str:
    """The criterion that decided, as a sentence."""
    decisive = next((c for c in criteria if c.standing is Standing.FAILS), criteria[0])
    return sentence(f"{decisive.shown.quantity} in {expectation.assay}: {decisive.reason}")


def sentence(text: str) -> str:
    """With a full stop, and one only."""
    return text.rstrip(".") + "."
