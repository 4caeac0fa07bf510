"""What a rule of the linter is, what it looks at and what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lamella.findings.contradiction import Contradiction
from lamella.findings.loading import IndexLine
from lamella.findings.names import Names
from lamella.findings.record import Finding, Protocol
from lamella.findings.structure import Structure


@dataclass(frozen=True)
class Library:
    """What is checked.

    findings, index   records and lines
    names             resolves cells, arms, assays and quantities, or is None
    seen              check claims that are no longer blind -> why
    protocols         by name
    discriminating    claims that tell a model from a drawing -> why
    contradictions    what a review says both ways
    structures        what the reviews say of how proteins are built
    """

    findings: Sequence[Finding]
    index: Sequence[IndexLine]
    names: Names | None = None
    seen: Mapping[str, str] = field(default_factory=dict)
    protocols: Mapping[str, Protocol] = field(default_factory=dict)
    discriminating: Mapping[str, str] = field(default_factory=dict)
    contradictions: Sequence[Contradiction] = ()
    structures: Sequence[Structure] = ()


@dataclass(frozen=True)
class Complaint:
    """One breach of one rule.

    rule    name of the rule's class; says: its sentence
    where   record or claim
    what    the fact
    """

    rule: str
    says: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} [{self.rule}: {self.says}]"


class Rule:
    """A rule; `breaches` yields where and what."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        raise TypeError("a rule finds its own breaches")

    @property
    def sentence(self) -> str:
        return (type(self).__doc__ or "").strip()
