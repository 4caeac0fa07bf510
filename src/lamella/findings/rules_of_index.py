"""Rules for the index of claims; a rule's docstring is the sentence that it checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lamella.findings.loading import NOT_APPLICABLE, OPEN, RESTATED, UNRECORDED, reviews
from lamella.findings.rule import Library, Rule

_WORDS = 15
"""Words that a line of the index may have."""

_REASON = 8
"""Words that a reason has at least."""


class ClaimsStandOnce(Rule):
    """Every claim of the inventories stands in the index exactly once, under its review's prefix."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        prefixes = {row["prefix"] for row in reviews().values()}
        for name, count in Counter(line.id for line in library.index).items():
            if count > 1:
                yield name, f"stands {count} times in the index"
            if name[:3] not in prefixes:
                yield name, "has the prefix of no review"
        for prefix in sorted(prefixes):
            numbers = sorted(int(line.id[4:]) for line in library.index if line.id.startswith(prefix))
            missing = set(range(1, max(numbers, default=0) + 1)) - set(numbers)
            if missing:
                yield prefix, f"claims {sorted(missing)} are missing from the index"


class LinesAreShort(Rule):
    """A line of the index has at most fifteen words."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        for line in library.index:
            if len(line.says.split()) > _WORDS:
                yield line.id, f"has {len(line.says.split())} words"


class ThirdsAreCheck(Rule):
    """A claim is check if, and only if, its number divides by 3."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        for line in library.index:
            if line.check != (int(line.id[4:]) % 3 == 0):
                yield line.id, f"is marked check = {str(line.check).lower()}"


class SeenAreCheck(Rule):
    """What is listed as no longer blind is a check claim of the index, and says why."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        records = {claim: finding.role for finding in library.findings for claim in finding.claims}
        known = {line.id: line.check or records.get(line.id) == "check" for line in library.index}
        for claim, why in library.seen.items():
            if not known.get(claim, False):
                yield claim, "stands in seen.toml and is no check claim"
            if len(why.split()) < 5:
                yield claim, "stands in seen.toml without a reason"


class DiscriminatingStandInTheIndex(Rule):
    """What is listed as telling a model from a drawing is a claim of the index, and says why."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        known = {line.id for line in library.index}
        for claim, why in library.discriminating.items():
            if claim not in known:
                yield claim, "stands in discriminating.toml and not in the index"
            if len(why.split()) < 2:
                yield claim, "stands in discriminating.toml without a reason"


class SilenceIsExplained(Rule):
    """What is not applicable says why in at least eight words; a reason stands only where there is no record."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        for line in library.index:
            words = len(line.why.split())
            if line.record == NOT_APPLICABLE and words < _REASON:
                yield line.id, f"is not applicable for a reason of {words} words"
            if line.why and line.record not in (NOT_APPLICABLE, OPEN):
                yield line.id, "gives a reason beside a record"


class RestatementsNameClaims(Rule):
    """A restated claim names other claims of its review that stand for themselves, and no other claim names any."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        lines = {line.id: line for line in library.index}
        for line in library.index:
            if line.record == RESTATED and not line.restates:
                yield line.id, "is restated without naming claims"
            if line.restates and line.record != RESTATED:
                yield line.id, "names claims beside a record"
            for other in line.restates:
                if other not in lines or lines[other].record == RESTATED or other[:3] != line.id[:3]:
                    yield line.id, f"restates {other}, which does not stand for itself"


class RecordAndIndexAgree(Rule):
    """A record names claims of the index, and the index names that record for them and no other."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        lines = {line.id: line for line in library.index}
        served = {(finding.id, claim) for finding in library.findings for claim in finding.claims}
        for finding in library.findings:
            for claim in finding.claims:
                if claim not in lines:
                    yield finding.id, f"{claim} does not stand in the index"
                elif lines[claim].record != finding.id:
                    yield finding.id, f"the index gives {claim} to '{lines[claim].record}'"
        for line in library.index:
            if line.record not in UNRECORDED and (line.record, line.id) not in served:
                yield line.id, f"the index names the record '{line.record}', which does not serve it"
