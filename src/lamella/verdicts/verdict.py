"""What the judge says: of an expectation, of a cell line, of a finding. Plain data with a stable form in JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

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

    def to_dict(self) -> dict[str, object]:
        return {"kind": self.kind, "assay": self.assay, "expected": self.says, "corollary": self.corollary,
                "claims": list(self.claims), "verdict": self.outcome.value, "reason": self.reason,
                "effects": [_effect_dict(effect) for effect in self.effects],
                "values": {q: {arm: [_number(v) for v in row] for arm, row in arms.items()}
                           for q, arms in self.values.items()}}


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

    def claim(self, claim: str) -> Outcome:
        """Of one claim of the finding: it holds only if all reported expectations that serve it hold."""
        per_cell = [jointly([e.outcome for e in cell.expectations if not e.corollary and claim in e.claims])
                    for cell in self.cells]
        return _over_cells(self.finding, per_cell)

    def corollary(self) -> Outcome | None:
        """Of the own corollaries; None where the finding has none."""
        per_cell = [jointly([e.outcome for e in cell.expectations if e.corollary]) for cell in self.cells]
        return _over_cells(self.finding, per_cell) if any(e.corollary for e in self.finding.expect) else None

    def to_dict(self) -> dict[str, object]:
        """Stable form for --json."""
        corollary = self.corollary()
        return {"id": self.finding.id, "claim": self.finding.claim, "verdict": self.outcome.value,
                "reason": self.reason, "corollary": corollary.value if corollary else None, "role": self.finding.role,
                "module": self.finding.module, "kind": self.finding.kind, "review": self.finding.source.review,
                "claims": {claim: self.claim(claim).value for claim in self.finding.claims},
                "cells": [cell.to_dict() for cell in self.cells]}


def jointly(outcomes: Sequence[Outcome]) -> Outcome:
    """All of them: one that fails makes all fail; else one that is not applicable, or none at all, leaves it open."""
    if Outcome.FAILS in outcomes:
        return Outcome.FAILS
    return Outcome.HOLDS if outcomes and all(o is Outcome.HOLDS for o in outcomes) else Outcome.NOT_APPLICABLE


def verdict(finding: Finding, cells: Sequence[CellVerdict]) -> Verdict:
    """The verdict over all cell lines of a finding, with its reason."""
    outcome = _over_cells(finding, [cell.outcome for cell in cells])
    if finding.general:
        return Verdict(finding, outcome, _reference_reason(cells), tuple(cells))
    decisive = next(cell for cell in cells if cell.outcome is outcome)
    several = f"{decisive.cell}: " if len(cells) > 1 else ""
    return Verdict(finding, outcome, several + decisive.reason, tuple(cells))


def _over_cells(finding: Finding, outcomes: Sequence[Outcome]) -> Outcome:
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
