"""What the judge says: of an expectation, of a cell line, of a finding. Plain data with a stable form in JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from lamella.findings import Finding
from lamella.verdicts.effect import Effect

REFERENCE_SHARE = (3, 4)
"""Three of the four fixed reference lines show a claim about cells in general."""


class Outcome(Enum):
    HOLDS = "holds"
    FAILS = "fails"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class ExpectationVerdict:
    """One expectation in one cell line.

    says     what was expected
    reason   one sentence
    effects  what it was judged on
    values   quantity -> arm -> one value per replicate
    terms    the expectation as written, thresholds included: two versions are compared by it
    settled  False where time was up before an interval was clear of its line; then judged as it stood
    moved    what the same values say under half and double the threshold ('looser', 'stricter')
    """

    kind: str
    assay: str
    says: str
    corollary: bool
    claims: tuple[str, ...]
    outcome: Outcome
    reason: str
    effects: tuple[Effect, ...] = ()
    values: Mapping[str, Mapping[str, Sequence[float]]] = field(default_factory=dict)
    terms: Mapping[str, Any] = field(default_factory=dict)
    settled: bool = True
    moved: Mapping[str, Outcome] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        return {"kind": self.kind, "assay": self.assay, "expected": self.says, "corollary": self.corollary,
                "claims": list(self.claims), "verdict": self.outcome.value, "reason": self.reason,
                "settled": self.settled, "threshold": {name: outcome.value for name, outcome in self.moved.items()},
                "terms": dict(self.terms), "effects": [_effect_dict(effect) for effect in self.effects],
                "values": {q: {arm: [_number(v) for v in row] for arm, row in arms.items()}
                           for q, arms in self.values.items()}}

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> ExpectationVerdict:
        """The inverse of `to_dict`, to seven digits."""
        values = {q: {arm: [_back(v) for v in row] for arm, row in arms.items()} for q, arms in table["values"].items()}
        effects = tuple(Effect(e["label"], e["quantity"], _back(e["ratio"]), _back(e["low"]), _back(e["high"]),
                               e["replicates"]) for e in table["effects"])
        moved = {name: Outcome(outcome) for name, outcome in table["threshold"].items()}
        return cls(table["kind"], table["assay"], table["expected"], table["corollary"], tuple(table["claims"]),
                   Outcome(table["verdict"]), table["reason"], effects, values, table["terms"], table["settled"], moved)


@dataclass(frozen=True)
class CellVerdict:
    """All expectations in one cell line. `outcome` is that of the reported ones."""

    cell: str
    expectations: tuple[ExpectationVerdict, ...]

    @property
    def outcome(self) -> Outcome:
        return jointly([e.outcome for e in self.expectations if not e.corollary])

    @property
    def reason(self) -> str:
        """The reason of the expectation that decided; of the first where all hold."""
        reported = [e for e in self.expectations if not e.corollary]
        return next(e.reason for e in reported if e.outcome is self.outcome)

    def to_dict(self) -> dict[str, object]:
        return {"cell": self.cell, "verdict": self.outcome.value, "reason": self.reason,
                "expectations": [e.to_dict() for e in self.expectations]}

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> CellVerdict:
        return cls(table["cell"], tuple(ExpectationVerdict.from_dict(row) for row in table["expectations"]))


@dataclass(frozen=True)
class Verdict:
    """A finding, judged.

    outcome, reason   of the reported expectations in all its cell lines
    cells             one per cell line that was judged or could not be
    """

    finding: Finding
    outcome: Outcome
    reason: str
    cells: tuple[CellVerdict, ...]

    @property
    def settled(self) -> bool:
        """Whether every expectation was judged on all the dishes that it needed."""
        return all(e.settled for cell in self.cells for e in cell.expectations)

    def claim(self, claim: str) -> Outcome:
        """Of one claim of the finding: it holds only if all reported expectations that serve it hold."""
        per_cell = [jointly([e.outcome for e in cell.expectations if not e.corollary and claim in e.claims])
                    for cell in self.cells]
        return over_cells(self.finding, per_cell)

    def corollary(self) -> Outcome | None:
        """Of the own corollaries; None where the finding has none."""
        per_cell = [jointly([e.outcome for e in cell.expectations if e.corollary]) for cell in self.cells]
        return over_cells(self.finding, per_cell) if any(e.corollary for e in self.finding.expect) else None

    @property
    def lacks(self) -> str | None:
        """What the model lacks for it, as far as the record knows; None where it does not fail."""
        return self.finding.fails if self.outcome is Outcome.FAILS else None

    def to_dict(self) -> dict[str, object]:
        """Stable form for --json."""
        corollary = self.corollary()
        return {"id": self.finding.id, "claim": self.finding.claim, "verdict": self.outcome.value,
                "reason": self.reason, "lacks": self.lacks,
                "corollary": corollary.value if corollary else None, "role": self.finding.role,
                "module": self.finding.module, "kind": self.finding.kind, "review": self.finding.source.review,
                "settled": self.settled, "inhibition": self.finding.inhibits,
                "record": {"hash": self.finding.hash(), "cell": self.finding.cell, "arms": dict(self.finding.arms),
                           "matrix": dict(self.finding.matrix), "medium": dict(self.finding.medium),
                           "conditions": dict(self.finding.conditions),
                           "arm_conditions": dict(self.finding.arm_conditions)},
                "claims": {claim: self.claim(claim).value for claim in self.finding.claims},
                "cells": [cell.to_dict() for cell in self.cells]}

    @classmethod
    def from_dict(cls, finding: Finding, table: Mapping[str, Any]) -> Verdict:
        """The verdict that `to_dict` wrote down of this finding."""
        cells = tuple(CellVerdict.from_dict(row) for row in table["cells"])
        return cls(finding, Outcome(table["verdict"]), table["reason"], cells)


def jointly(outcomes: Sequence[Outcome]) -> Outcome:
    """All of them: one that fails makes all fail; else one that is not applicable, or none at all, leaves it open."""
    if Outcome.FAILS in outcomes:
        return Outcome.FAILS
    return Outcome.HOLDS if outcomes and all(o is Outcome.HOLDS for o in outcomes) else Outcome.NOT_APPLICABLE


def verdict(finding: Finding, cells: Sequence[CellVerdict]) -> Verdict:
    """The verdict over all cell lines of a finding, with its reason."""
    outcome = over_cells(finding, [cell.outcome for cell in cells])
    if finding.general:
        return Verdict(finding, outcome, _reference_reason(cells), tuple(cells))
    decisive = next(cell for cell in cells if cell.outcome is outcome)
    several = f"{decisive.cell}: " if len(cells) > 1 else ""
    return Verdict(finding, outcome, several + decisive.reason, tuple(cells))


def over_cells(finding: Finding, outcomes: Sequence[Outcome]) -> Outcome:
    """Of a finding, from those in its cell lines: all must show it, or three of the four fixed reference lines."""
    if not finding.general:
        return jointly(outcomes)
    enough, of = REFERENCE_SHARE
    if outcomes.count(Outcome.HOLDS) >= enough:
        return Outcome.HOLDS
    return Outcome.FAILS if outcomes.count(Outcome.FAILS) > of - enough else Outcome.NOT_APPLICABLE


def _reference_reason(cells: Sequence[CellVerdict]) -> str:
    """Which reference lines show it, which do not and which are missing, in a sentence."""
    verbs = {Outcome.HOLDS: "holds in", Outcome.FAILS: "fails in", Outcome.NOT_APPLICABLE: "cannot be judged in"}
    parts = []
    for outcome, verb in verbs.items():
        names = [cell for cell in cells if cell.outcome is outcome]
        if names:
            first = f" ({names[0].reason.rstrip('.')})" if outcome is not Outcome.HOLDS else ""
            parts.append(f"{verb} {', '.join(cell.cell for cell in names)}{first}")
    return f"Three of four reference lines must show it; it {'; '.join(parts)}."


def _effect_dict(effect: Effect) -> dict[str, object]:
    return {"label": effect.label, "quantity": effect.quantity, "ratio": _number(effect.ratio),
            "low": _number(effect.low), "high": _number(effect.high), "replicates": effect.replicates}


def _number(value: float) -> float | None:
    """Seven digits are more than any effect carries; what is no number is null."""
    return float(f"{value:.7g}") if math.isfinite(value) else None


def _back(value: float | None) -> float:
    return math.nan if value is None else float(value)
