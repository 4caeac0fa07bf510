"""The scorecard: what holds, what fails, what is not applicable and what is open, always with its denominator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lamella.findings import (
    NOT_APPLICABLE,
    STRUCTURE,
    UNRECORDED,
    Finding,
    IndexLine,
    discriminating,
    index,
    load_all,
    seen,
)
from lamella.verdicts.structures import verdicts_of_claims
from lamella.verdicts.verdict import Outcome, Verdict

STATES = ("holds", "fails", "not_applicable", "open")
"""What can be said of a claim. Open: nobody judged it, for want of a record or of a check."""

GROUPS = ("role", "review", "module", "kind", "blind", "inhibition", "discriminating")
"""How the claims are grouped."""


@dataclass(frozen=True)
class ScoredClaim:
    """One claim of the index.

    state       one of STATES
    record      id of its record; 'open', 'not applicable', 'restated' or 'structure' where it has none
    role        of its record; of a claim without one: 'check' or 'calibrate' by its number; a restated claim is a
                check if one of those that it restates is
    why         of a claim without a record: why not, the claims that it restates, or what the network's structure says
    blind       'blind' or 'seen' for check claims; 'calibrate' for those that may set parameters
    inhibition  'inhibitor' or 'no inhibitor', by the arms of its record; 'no record'
    discriminating   its review where it is one of those that best tell a model from a drawing; 'other'
    """

    id: str
    says: str
    state: str
    record: str
    role: str
    review: str
    module: str
    kind: str
    blind: str
    inhibition: str
    discriminating: str
    why: str = ""


@dataclass(frozen=True)
class Scorecard:
    """All claims with their states, and the verdicts that they rest on.

    stale        ids of findings that were judged with another record, network or program; they count as open
    robustness   finding -> what its ensemble said, where one was run
    paths        finding -> the reactions that carry its effects, where that was asked
    mutants      the mutation test, where one was run
    first        review -> score of its check claims in the first run that counted; nothing of a review before that
    """

    claims: tuple[ScoredClaim, ...]
    verdicts: tuple[Verdict, ...]
    stale: tuple[str, ...] = ()
    robustness: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mutants: Mapping[str, Any] | None = None
    first: Mapping[str, Any] = field(default_factory=dict)
    paths: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

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

    def claims_by(self, group: str) -> dict[str, dict[str, list[str]]]:
        """Value of a group -> state -> ids, in the order of the index; every claim stands under one value and state."""
        found = {value: {state: [] for state in STATES} for value in self.by(group)}
        for claim in self.claims:
            found[getattr(claim, group)][claim.state].append(claim.id)
        return found

    def records(self, role: str | None = None) -> dict[str, int]:
        """Verdicts on records, of one role or of both."""
        return _counted(v.outcome for v in self.verdicts if role in (None, v.finding.role))

    def expectations(self, *, corollary: bool) -> dict[str, int]:
        """Verdicts on single expectations, all cell lines together: the reported ones, or our own corollaries."""
        return _counted(e.outcome for v in self.verdicts for cell in v.cells for e in cell.expectations
                        if e.corollary == corollary)

    def unsettled(self) -> list[str]:
        """Ids of findings that were judged before their intervals were clear, for want of time."""
        return [verdict.finding.id for verdict in self.verdicts if not verdict.settled]

    def unjudged(self) -> list[str]:
        """Open claims that have a record: a check would judge them."""
        return [claim.id for claim in self.claims if claim.state == "open" and claim.record not in UNRECORDED]

    def notes(self) -> list[str]:
        """What a reader of the counts should know, in sentences."""
        said = []
        if self.unjudged():
            said.append(f"{len(self.unjudged())} of the open claims have a record that was not judged here.")
        if self.stale:
            said.append(f"{len(self.stale)} verdicts in the store are stale and count as open: a record, a network or "
                        "the program has changed. `lamella findings check` judges them again.")
        if self.unsettled():
            said.append(f"{len(self.unsettled())} findings were judged before their intervals were clear: "
                        f"{', '.join(self.unsettled())}.")
        if self.mutants is not None:
            found = self.mutants["counts"]
            said.append(f"Of {found['of']} reactions, {found['supported']} are supported by a finding that breaks "
                        f"without them, {found['unsupported']} by none; {found['undecided']} could show in a tissue "
                        "only.")
        for review in sorted({claim.review for claim in self.claims} - self.first.keys()):
            said.append(f"There is no first check score of {review} yet: it is taken when every calibrate record has "
                        "been judged and holds or says why not.")
        return said

    def since_the_first(self) -> dict[str, dict[str, int]]:
        """The first check score of every review that has one, and today's beside it."""
        found: dict[str, dict[str, int]] = {}
        for review, then in self.first.items():
            found[f"first check score, {review}"] = then["check"]
            found[f"check score today, {review}"] = self.totals(
                lambda claim, of=review: claim.role == "check" and claim.review == of)
        return found

    def counts(self) -> dict[str, Any]:
        """For the history: totals of all claims, and of the check claims and the others."""
        roles = self.by("role")
        return {"all": self.totals(), "check": roles.get("check"), "calibrate": roles.get("calibrate")}

    def to_dict(self) -> dict[str, object]:
        """Stable form for --json: every claim id stands under exactly one of the four states."""
        verdicts = [{**v.to_dict(), "robustness": self.robustness.get(v.finding.id),
                     "path": self.paths.get(v.finding.id)} for v in self.verdicts]
        return {"format": 1, "totals": self.totals(), **{state: self.ids(state) for state in STATES},
                "unjudged": self.unjudged(),
                "reasons": {claim.id: claim.why for claim in self.claims if claim.why},
                **{f"by_{group}": self._told(group) for group in GROUPS},
                "records": {role: self.records(role) for role in ("check", "calibrate")},
                "reported": self.expectations(corollary=False), "corollaries": self.expectations(corollary=True),
                "first_check": dict(self.first), "stale": list(self.stale), "unsettled": self.unsettled(),
                "mutants": self.mutants, "verdicts": verdicts}

    def _told(self, group: str) -> dict[str, dict[str, object]]:
        """Totals of a group and, under `claims`, whose they are."""
        claims = self.claims_by(group)
        return {value: {**totals, "claims": claims[value]} for value, totals in self.by(group).items()}


def scorecard(verdicts: Sequence[Verdict], lines: Sequence[IndexLine] | None = None,
              findings: Sequence[Finding] | None = None, *, stale: Sequence[str] = (),
              robustness: Mapping[str, Mapping[str, Any]] | None = None, mutants: Mapping[str, Any] | None = None,
              first: Mapping[str, Any] | None = None,
              paths: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> Scorecard:
    """The scorecard of a check.

    lines, findings   index and library; the package's where not given
    """
    judged = {verdict.finding.id: verdict for verdict in verdicts}
    records = {finding.id: finding for finding in (load_all() if findings is None else findings)}
    listed = {line.id: line for line in (index() if lines is None else lines)}
    claims = tuple(_scored(line, judged, records, listed) for line in listed.values())
    return Scorecard(claims, tuple(verdicts), tuple(stale), robustness or {}, mutants, first or {}, paths or {})


def _scored(line: IndexLine, judged: Mapping[str, Verdict], records: Mapping[str, Finding],
            lines: Mapping[str, IndexLine]) -> ScoredClaim:
    record = records.get(line.record)
    said_by = [lines[claim] for claim in line.restates if claim in lines]
    role = _role(line, records) if not said_by else _role_of_several(line, said_by, records)
    state = _state(line, judged) if not said_by else _together([_state(other, judged) for other in said_by])
    known = {other.id for other in (line, *said_by)} & seen().keys()
    blind = "calibrate" if role == "calibrate" else "seen" if known else "blind"
    inhibition = "no record" if record is None else "inhibitor" if record.inhibits else "no inhibitor"
    telling = line.review if line.id in discriminating() else "other"
    why = _why(line, said_by)
    return ScoredClaim(line.id, line.says, state, line.record, role, line.review, line.module, line.kind, blind,
                       inhibition, telling, why)


def _why(line: IndexLine, said_by: Sequence[IndexLine]) -> str:
    """Why a claim without a record is judged as it is."""
    if line.record == STRUCTURE:
        return verdicts_of_claims()[line.id].reason
    return f"says again what {', '.join(line.restates)} say" if said_by else line.why


def _state(line: IndexLine, judged: Mapping[str, Verdict]) -> str:
    if line.record in judged:
        return key_of(judged[line.record].claim(line.id))
    if line.record == STRUCTURE:
        return key_of(verdicts_of_claims()[line.id].outcome)
    return "not_applicable" if line.record == NOT_APPLICABLE else "open"


def _together(states: Sequence[str]) -> str:
    """Of a claim that restates others: fails with one of them, holds with all of them; else open, if one is."""
    if "fails" in states:
        return "fails"
    if all(state == "holds" for state in states):
        return "holds"
    return "open" if "open" in states else "not_applicable"


def _role(line: IndexLine, records: Mapping[str, Finding]) -> str:
    record = records.get(line.record)
    return record.role if record else "check" if line.check else "calibrate"


def _role_of_several(line: IndexLine, said_by: Sequence[IndexLine], records: Mapping[str, Finding]) -> str:
    roles = [_role(other, records) for other in said_by]
    return "check" if line.check or "check" in roles else "calibrate"


def _counted(outcomes: Iterable[Outcome]) -> dict[str, int]:
    found = list(outcomes)
    return {**{key_of(outcome): found.count(outcome) for outcome in Outcome}, "of": len(found)}


def key_of(outcome: Outcome) -> str:
    """'not applicable' as the key 'not_applicable'."""
    return outcome.value.replace(" ", "_")
