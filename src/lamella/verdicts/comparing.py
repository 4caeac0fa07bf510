"""Two scorecards side by side: which verdicts and effects moved, and whether a tolerance was widened on the way.

Works on what `lamella findings score --json` prints, so that any two versions can be compared without either program.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isclose
from typing import Any

from lamella.units import quantity as magnitude
from lamella.verdicts.score import STATES
from lamella.verdicts.scorecard_table import require_scorecard

Table = Mapping[str, Any]

_LEAST = ("at_least", "keeps", "share", "low", "shortest", "rho")
"""Terms of an expectation that ask for less when they fall."""

_MOST = ("band", "high", "longest", "below")
"""Terms that allow more when they rise."""

_SAYS = ("kind", "relation", "quantity", "assay", "at", "series", "by", "before", "without", "stays", "wired",
         "control", "first", "second", "both", "effect", "model", "then", "arm", "marker", "sign")
"""Terms that say what is compared."""


@dataclass(frozen=True)
class Change:
    """One difference.

    kind    'verdict', 'claim', 'effect', 'widened', 'narrowed' or 'record'
    where   finding, cell line or claim
    what    from what to what
    worse   whether a reader should be told first: a verdict lost, a tolerance widened
    """

    kind: str
    where: str
    what: str
    worse: bool = False

    def to_dict(self) -> dict[str, object]:
        return {"kind": self.kind, "where": self.where, "what": self.what, "worse": self.worse}


@dataclass(frozen=True)
class Difference:
    """All changes, and the totals before and after."""

    changes: tuple[Change, ...]
    before: Mapping[str, int]
    after: Mapping[str, int]

    @property
    def worse(self) -> bool:
        return any(change.worse for change in self.changes)

    def of(self, kind: str) -> list[Change]:
        return [change for change in self.changes if change.kind == kind]

    def to_dict(self) -> dict[str, object]:
        return {"before": dict(self.before), "after": dict(self.after), "worse": self.worse,
                "changes": [change.to_dict() for change in self.changes]}


def compare(before: Table, after: Table) -> Difference:
    """The changes between two scorecards.   raises InputError: one of them is none"""
    for name, table in (("first", before), ("second", after)):
        require_scorecard(table, name)
    old = {row["id"]: row for row in before["verdicts"]}
    new = {row["id"]: row for row in after["verdicts"]}
    changes = [*_claims(before, after)]
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            changes.append(Change("record", name, "is no longer judged", worse=True))
        elif name not in old:
            changes.append(Change("record", name, f"is judged now: {new[name]['verdict']}"))
        else:
            changes += [*_record(name, old[name], new[name]), *_verdict(name, old[name], new[name]),
                        *_cells(name, old[name], new[name])]
    order = {"widened": 0, "verdict": 1, "claim": 2, "record": 3, "narrowed": 4, "effect": 5}
    changes.sort(key=lambda change: (order[change.kind], change.where))
    return Difference(tuple(changes), before["totals"], after["totals"])


def _claims(before: Table, after: Table) -> Iterator[Change]:
    old = {claim: state for state in STATES for claim in before.get(state, ())}
    new = {claim: state for state in STATES for claim in after.get(state, ())}
    for claim in sorted(old.keys() | new.keys()):
        was, now = old.get(claim, "no claim"), new.get(claim, "no claim")
        if was != now:
            yield Change("claim", claim, f"{_words(was)} -> {_words(now)}", worse=was == "holds")


def _verdict(name: str, old: Table, new: Table) -> Iterator[Change]:
    if old["verdict"] != new["verdict"]:
        yield Change("verdict", name, f"{old['verdict']} -> {new['verdict']}: {new['reason']}",
                     worse=old["verdict"] == "holds")


def _record(name: str, old: Table, new: Table) -> Iterator[Change]:
    """What the record says about cells, arms and role."""
    if old["role"] != new["role"]:
        yield Change("record", name, f"role {old['role']} -> {new['role']}", worse=new["role"] == "calibrate")
    was, now = old["record"], new["record"]
    for key in ("cell", "matrix", "medium", "conditions", "arm_conditions"):
        if was.get(key) != now.get(key):
            yield Change("record", name, f"{key} {was.get(key)} -> {now.get(key)}")
    for arm in sorted(was["arms"].keys() | now["arms"].keys()):
        one, other = was["arms"].get(arm, "none"), now["arms"].get(arm, "none")
        if one != other:
            yield Change("record", name, f"arm '{arm}': {one} -> {other}")
    for claim in sorted(old["claims"].keys() - new["claims"].keys()):
        yield Change("record", name, f"no longer serves {claim}", worse=True)


def _cells(name: str, old: Table, new: Table) -> Iterator[Change]:
    new_cells = {row["cell"]: row for row in new["cells"]}
    for cell in old["cells"]:
        if cell["cell"] in new_cells:
            yield from _expectations(f"{name}, {cell['cell']}", cell, new_cells[cell["cell"]])


def _expectations(where: str, old: Table, new: Table) -> Iterator[Change]:
    """Expectations matched by what they compare; the terms and the effects of those that match."""
    left = list(new["expectations"])
    for row in old["expectations"]:
        match = next((other for other in left if _says(other) == _says(row)), None)
        if match is None:
            yield Change("widened", where, f"'{row['expected']}' is no longer expected", worse=True)
            continue
        left.remove(match)
        yield from _terms(f"{where}: {row['expected']}", row, match)
        yield from _effects(where, row, match)
    for row in left:
        yield Change("narrowed", where, f"'{row['expected']}' is expected now")


def _says(row: Table) -> tuple:
    terms = row["terms"]
    return tuple(repr(terms.get(key)) for key in _SAYS)


def _terms(where: str, old: Table, new: Table) -> Iterator[Change]:
    was, now = old["terms"], new["terms"]
    for name in (*_LEAST, *_MOST):
        if was.get(name) == now.get(name):
            continue
        what = f"{name} {_shown_term(was.get(name))} -> {_shown_term(now.get(name))}"
        if was.get(name) is None or now.get(name) is None:
            wider = now.get(name) is None  # a bound that is dropped allows everything
        else:
            wider = (_amount(now[name]) > _amount(was[name])) == (name in _MOST)
        yield Change("widened" if wider else "narrowed", where, what, worse=wider)
    if old["corollary"] != new["corollary"]:
        hidden = bool(new["corollary"])
        yield Change("widened" if hidden else "narrowed", where,
                     "reported -> own corollary" if hidden else "own corollary -> reported", worse=hidden)
    lost = sorted(set(old["claims"]) - set(new["claims"]))
    if lost:
        yield Change("widened", where, f"no longer serves {', '.join(lost)}", worse=True)


def _amount(term: float | str) -> float:
    """A threshold as a number; a duration in seconds."""
    return magnitude(term, "s") if isinstance(term, str) else float(term)


def _shown_term(term: float | str | None) -> str:
    return f"{term:g}" if isinstance(term, (int, float)) else str(term or "none")


def _effects(where: str, old: Table, new: Table) -> Iterator[Change]:
    """Effects whose means lie outside each other's interval."""
    later = {(e["label"], e["quantity"]): e for e in new["effects"]}
    for effect in old["effects"]:
        other = later.get((effect["label"], effect["quantity"]))
        if other is None or None in (effect["ratio"], other["ratio"]):
            continue
        if _outside(effect["ratio"], other) and _outside(other["ratio"], effect):
            what = f"{effect['quantity']}, {effect['label']}: {_shown(effect)} -> {_shown(other)}"
            yield Change("effect", where, what)


def _outside(ratio: float, effect: Table) -> bool:
    low, high = effect["low"], effect["high"]
    if low is None or high is None:
        return not isclose(ratio, effect["ratio"], rel_tol=1e-6)
    return not low <= ratio <= high


def _shown(effect: Table) -> str:
    if None in (effect["low"], effect["high"]):
        return f"{effect['ratio']:.3g}"
    return f"{effect['ratio']:.3g} ({effect['low']:.3g} to {effect['high']:.3g})"


def _words(state: str) -> str:
    return state.replace("_", " ")
