"""Rules for statements of how proteins are built; a rule's docstring is the sentence that it checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lamella.findings.loading import STRUCTURE
from lamella.findings.rule import Library, Rule
from lamella.findings.structure import Domains, Family


class StructuresServeTheIndex(Rule):
    """A claim that the index holds against the network's structure has one statement there, and no other claim has."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        records = {line.id: line.record for line in library.index}
        served = Counter(claim for one in library.structures for claim in one.claims)
        for claim, count in served.items():
            if claim not in records:
                yield claim, "has a statement and does not stand in the index"
            elif records[claim] != STRUCTURE:
                yield claim, f"has a statement, and the index says '{records[claim]}'"
            if count > 1:
                yield claim, f"has {count} statements"
        for claim, record in records.items():
            if record == STRUCTURE and claim not in served:
                yield claim, "has no statement in structures.toml"


class StructuresHangTogether(Rule):
    """A protein does not both have and lack a domain, and the members of a family belong to it."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        for one in library.structures:
            if isinstance(one, Domains):
                for domain in set(one.has) & set(one.lacks):
                    yield one.claims[0], f"{one.protein} has and lacks {domain}"
            if isinstance(one, Family):
                for name in one.members:
                    if name not in one.family:
                        yield one.claims[0], f"{name} is a member and does not belong to the family"
