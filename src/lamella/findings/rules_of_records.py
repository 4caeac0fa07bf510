"""Rules for the records of the library; a rule's docstring is the sentence that it checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from lamella.errors import InputError
from lamella.findings.association import SEEN, Association, Unassociated
from lamella.findings.base import LEAST_EFFECT, WIDEST_BAND
from lamella.findings.combined import Synergy
from lamella.findings.expectation import Dissociation, Required, Saturates, Unchanged
from lamella.findings.judging_only import check_claims
from lamella.findings.loading import reference_lines, reviews
from lamella.findings.names import Names
from lamella.findings.record import Finding
from lamella.findings.rule import Library, Rule
from lamella.units import quantity

MOST_SWAPPED = 3
"""Levels of another cell line that an arm may take (design, rules of judging)."""


class IdsAreUnique(Rule):
    """No two records have the same id."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        for name, count in Counter(finding.id for finding in library.findings).items():
            if count > 1:
                yield name, f"{count} records have this id"


class RoleFollowsClaims(Rule):
    """A record that contains a check claim, or one on which a check claim rests, is a check: it sets no parameter."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        checks = check_claims(library.findings, library.index)
        for finding in library.findings:
            held = [f"{claim}{(why := checks[claim]) and f', which is bound to {why}'}"
                    for claim in finding.claims if checks.get(claim, finding.id) != finding.id]
            if held and finding.role != "check":
                yield finding.id, f"has the role '{finding.role}' but contains {' and '.join(held)}"


class ServesItsClaims(Rule):
    """Every claim of a record is served by a reported expectation; expectations serve claims of their record."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        for finding in library.findings:
            for expectation in finding.expect:
                for claim in expectation.claims:
                    if claim not in finding.claims:
                        yield finding.id, f"an expectation serves {claim}, which the record has not"
            reported = {claim for e in finding.expect if not e.corollary for claim in finding.serving(e)}
            for claim in finding.claims:
                if claim not in reported:
                    yield finding.id, f"no reported expectation serves {claim}"


class ReviewHoldsTheClaims(Rule):
    """The review of a record is known and holds its claims."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        for finding in library.findings:
            row = reviews().get(finding.source.review)
            if row is None:
                yield finding.id, f"unknown review '{finding.source.review}'"
            elif any(not claim.startswith(row["prefix"]) for claim in finding.claims):
                yield finding.id, f"'{finding.source.review}' does not hold all of {', '.join(finding.claims)}"


class ThresholdIsTenPercent(Rule):
    """An effect is expected to be at least 10 %."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        for finding in library.findings:
            for expectation in finding.expect:
                least = getattr(expectation, "at_least", None)
                if least is not None and least < LEAST_EFFECT:
                    yield finding.id, f"'{expectation.says()}' asks for {least:g}-fold"


class BandIsNarrow(Rule):
    """What is called unchanged stays within a band of at most 25 %, and a kept share is at least a twentieth."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        for finding in library.findings:
            for expectation in finding.expect:
                banded = isinstance(expectation, (Unchanged, Dissociation, Required, Saturates))
                if banded and expectation.band > WIDEST_BAND:
                    yield finding.id, f"'{expectation.says()}' allows {expectation.band:g}-fold"
                if isinstance(expectation, Required) and expectation.keeps < 0.05:
                    yield finding.id, f"'{expectation.says()}' accepts arms that keep only {expectation.keeps:g}"


class UnchangedIsWired(Rule):
    """Unchanged needs a positive control that shows that the knob is wired."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        for finding in library.findings:
            for expectation in finding.expect:
                if isinstance(expectation, Unchanged) and expectation.wired is None:
                    yield finding.id, f"'{expectation.quantity}: {expectation.relation}' has no `wired`"


class AssociationsCanBeSeen(Rule):
    """An association is one that a hundred patients show; none is less than that, beside a marker that has one."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        for finding in library.findings:
            for expectation in finding.expect:
                if isinstance(expectation, Association) and expectation.rho < SEEN:
                    yield finding.id, f"'{expectation.says()}' asks for less than {SEEN:g}"
                if isinstance(expectation, Unassociated):
                    if expectation.below > SEEN:
                        yield finding.id, f"'{expectation.says()}' allows more than {SEEN:g}"
                    if expectation.wired is None:
                        yield finding.id, f"'{expectation.quantity} by {expectation.marker}' has no `wired`"


class SwapsAreFew(Rule):
    """Where the cell type is what decides, at most three levels of another line are swapped into one background."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        for finding in library.findings:
            for arm, treatment in finding.arms.items():
                swapped = treatment.get("level_of", {})
                if len(swapped) > MOST_SWAPPED:
                    yield finding.id, f"'{arm}' swaps {len(swapped)} levels"


class LoeweHalvesTheDoses(Rule):
    """Synergy by Loewe sets half of both doses against either in full."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        for finding in library.findings:
            for expectation in finding.expect:
                if isinstance(expectation, Synergy) and expectation.model == "loewe" and not _halved(
                        *(finding.arms[arm] for arm in (expectation.first, expectation.second, expectation.both))):
                    yield finding.id, f"'{expectation.both}' does not hold half of both doses"


def _halved(first: dict, second: dict, both: dict) -> bool:
    full = {**dict(_leaves(first)), **dict(_leaves(second))}
    half = dict(_leaves(both))
    if full.keys() != half.keys():
        return False
    pairs = [(_number(full[key]), _number(half[key])) for key in full]
    return all(one is not None and other is not None and abs(one - 2.0 * other) <= 1e-6 * one for one, other in pairs)


class ProtocolsAreShared(Rule):
    """A protocol is used by at least two records, and a record that repeats one in full names it."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        users = Counter(finding.protocol for finding in library.findings)
        for name, shared in library.protocols.items():
            if users[name] < 2:
                yield name, f"is used by {users[name]} record{'s' * (users[name] != 1)}"
            for finding in library.findings:
                if finding.protocol is None and shared.arms and shared.arms.items() <= finding.arms.items():
                    yield finding.id, f"repeats the arms of the protocol '{name}'"


class ArmsAreUsed(Rule):
    """Every arm that a record adds is named by an expectation, and no two arms are treated alike."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        for finding in library.findings:
            used = {arm for expectation in finding.expect for arm in expectation.arms()}
            protocol = library.protocols.get(finding.protocol or "")
            shared = protocol.arms if protocol is not None else {}
            for arm in finding.arms:
                if arm not in used and arm != "control" and arm not in shared:
                    yield finding.id, f"no expectation names the arm '{arm}'"
            for arm, other in _alike(finding):
                yield finding.id, f"the arms '{arm}' and '{other}' are treated alike"


def _alike(finding: Finding) -> Iterator[tuple[str, str]]:
    seen: dict[str, str] = {}
    for arm, treatment in finding.arms.items():
        key = repr((finding.lines.get(arm), sorted(treatment.items(), key=lambda item: item[0])))
        if key in seen:
            yield seen[key], arm
        seen.setdefault(key, arm)


class SeriesAscends(Rule):
    """A series is one dose of one thing, rising from arm to arm."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        for finding in library.findings:
            for expectation in finding.expect:
                series = getattr(expectation, "series", None)
                if series is not None and not _ascends([finding.arms[arm] for arm in series]):
                    yield finding.id, f"the series {' .. '.join(series)} is no rising dose of one thing"


def _ascends(arms: list[dict]) -> bool:
    """Whether the arms differ in one value only, and that rises."""
    leaves = [dict(_leaves(arm)) for arm in arms]
    if any(leaf.keys() != leaves[0].keys() for leaf in leaves):
        return False
    changing = [key for key in leaves[0] if len({str(leaf[key]) for leaf in leaves}) > 1]
    if len(changing) != 1:
        return False
    values = [_number(leaf[changing[0]]) for leaf in leaves]
    return all(low is not None and high is not None and low < high for low, high in pairwise(values))


def _leaves(table: dict, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _number(value: object) -> float | None:
    """A number, a coating or a concentration as a number."""
    if isinstance(value, (int, float)):
        return float(value)
    for unit in ("ug/ml", "uM"):
        try:
            return quantity(value, unit)
        except InputError:
            continue
    return None


class NamesResolve(Rule):
    """Cells, genes, constructs, drugs, ligands, assays, conditions and quantities mean something."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        if library.names is None:
            return
        for finding in library.findings:
            for cell in finding.cells or tuple(reference_lines().values()):
                problem = library.names.cell(cell)
                if problem is not None:
                    if not finding.general:
                        yield finding.id, problem
                    continue
                for what in dict.fromkeys(_unresolved(finding, cell, library.names)):
                    yield finding.id, what


def _unresolved(finding: Finding, cell: str, names: Names) -> Iterator[str]:
    for arm, treatment in finding.arms.items():
        line = finding.line(arm, cell)
        problem = names.cell(line) or names.arm(line, treatment, finding.matrix, finding.medium)
        if problem:
            yield f"arm '{arm}' in {line}: {problem}"
    for expectation in finding.expect:
        own = {arm: finding.arm_conditions.get(arm, {}).get(expectation.assay, {}) for arm in expectation.arms()}
        problems = (names.assay(expectation.assay, finding.conditions_of(arm, expectation.assay), conditions)
                    for arm, conditions in own.items())
        problem = next(filter(None, problems), None)
        if problem:
            yield problem
            continue
        for name in expectation.quantities():
            problem = names.quantity(cell, expectation.assay, name)
            if problem:
                yield f"{cell}: {problem}"
    for assay in {*finding.conditions, *(assay for own in finding.arm_conditions.values() for assay in own)}:
        if assay not in finding.assays:
            yield f"conditions for the assay '{assay}', which no expectation uses"
