"""The scorecard: what holds, what fails, what is not applicable and what is open, always with its denominator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.table import Table

from lamella.findings import OPEN, Finding, IndexLine, index, load_all
from lamella.verdicts.verdict import Outcome, Verdict

STATES = ("holds", "fails", "not_applicable", "not_judged", "open")
"""What can be said of a claim. `not_judged`: it has a record, which this check left out; `open`: it has none."""

GROUPS = ("role", "review", "module", "kind")
"""How the claims are grouped."""


@dataclass(frozen=True)
class ScoredClaim:
    """One claim of the index.

    state   one of STATES
    role    of its record; of a claim without one: 'check' or 'calibrate' by its number
    """

    id: str
    state: str
    role: str
    review: str
    module: str
    kind: str


@dataclass(frozen=True)
class Scorecard:
    """All claims with their states, the corollaries apart, and the verdicts they rest on."""

    claims: tuple[ScoredClaim, ...]
    verdicts: tuple[Verdict, ...]

    def ids(self, state: str) -> list[str]:
        return [claim.id for claim in self.claims if claim.state == state]

    def totals(self, keep: Callable[[ScoredClaim], bool] = lambda claim: True) -> dict[str, int]:
        """State -> number of claims, and their sum as `of`."""
        kept = [claim for claim in self.claims if keep(claim)]
        return {**{state: sum(claim.state == state for claim in kept) for state in STATES}, "of": len(kept)}

    def by(self, group: str) -> dict[str, dict[str, int]]:
        """Totals for every value of a group."""
        values = sorted({getattr(claim, group) for claim in self.claims})
        return {value: self.totals(lambda claim, v=value: getattr(claim, group) == v) for value in values}

    def records(self, role: str | None = None) -> dict[str, int]:
        """Verdicts on records, of one role or of both."""
        return _counted(v.outcome for v in self.verdicts if role in (None, v.finding.role))

    def corollaries(self) -> dict[str, int]:
        """Verdicts on the own corollaries of the records that have some."""
        return _counted(outcome for v in self.verdicts if (outcome := v.corollary()) is not None)

    def to_dict(self) -> dict[str, object]:
        """Stable form for --json: every claim id stands under exactly one state."""
        return {"totals": self.totals(), **{state: self.ids(state) for state in STATES},
                **{f"by_{group}": self.by(group) for group in GROUPS},
                "records": {role: self.records(role) for role in ("check", "calibrate")},
                "corollaries": self.corollaries(),
                "verdicts": [verdict.to_dict() for verdict in self.verdicts]}


def scorecard(verdicts: Sequence[Verdict], lines: Sequence[IndexLine] | None = None,
              findings: Sequence[Finding] | None = None) -> Scorecard:
    """The scorecard of a check.

    lines, findings   index and library; the package's where not given
    """
    judged = {verdict.finding.id: verdict for verdict in verdicts}
    roles = {finding.id: finding.role for finding in (load_all() if findings is None else findings)}
    return Scorecard(tuple(_scored(line, judged, roles) for line in (index() if lines is None else lines)),
                     tuple(verdicts))


def score_table(card: Scorecard) -> Table:
    """The scorecard for a terminal: counts with their denominators, never a percentage alone."""
    table = Table(title="Claims", title_justify="left", box=None, pad_edge=False)
    for name in ("", "holds", "fails", "not applicable", "judged", "open", "of"):
        table.add_column(name, justify="left" if not name else "right")
    _row(table, "all claims", card.totals())
    for group in GROUPS:
        for value, totals in card.by(group).items():
            if totals["of"] > totals["open"]:
                _row(table, f"{group} {value}", totals)
    table.add_section()
    for role in ("check", "calibrate"):
        _record_row(table, f"records, {role}", card.records(role))
    _record_row(table, "own corollaries", card.corollaries())
    return table


def _row(table: Table, name: str, totals: dict[str, int]) -> None:
    judged = totals["holds"] + totals["fails"] + totals["not_applicable"]
    table.add_row(name, str(totals["holds"]), str(totals["fails"]), str(totals["not_applicable"]), str(judged),
                  str(totals["open"] + totals["not_judged"]), str(totals["of"]))


def _record_row(table: Table, name: str, counts: dict[str, int]) -> None:
    table.add_row(name, str(counts["holds"]), str(counts["fails"]), str(counts["not_applicable"]), str(counts["of"]),
                  "", str(counts["of"]))


def _scored(line: IndexLine, judged: dict[str, Verdict], roles: dict[str, str]) -> ScoredClaim:
    role = roles.get(line.record, "check" if line.check else "calibrate")
    if line.record == OPEN:
        state = "open"
    elif line.record in judged:
        state = _key(judged[line.record].claim(line.id))
    else:
        state = "not_judged"
    return ScoredClaim(line.id, state, role, line.review, line.module, line.kind)


def _counted(outcomes: Iterable[Outcome]) -> dict[str, int]:
    found = list(outcomes)
    return {**{_key(outcome): found.count(outcome) for outcome in Outcome}, "of": len(found)}


def _key(outcome: Outcome) -> str:
    return outcome.value.replace(" ", "_")
