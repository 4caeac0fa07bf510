"""Statements of how proteins are built, held against the network: nothing is run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, singledispatch

from lamella.findings import Domains, Family, Receptors, Structure, reference_lines, structures
from lamella.networks import domains, gene_names, heterodimers, reactions_that_need
from lamella.verdicts.verdict import Outcome


@dataclass(frozen=True)
class StructureVerdict:
    """One statement and what the network says to it.

    reason     a sentence
    reactions  'BIRC2 RING' -> ids of the reactions that need this domain, of what is named in the statement
    """

    structure: Structure
    outcome: Outcome
    reason: str
    reactions: dict[str, tuple[str, ...]]

    def to_dict(self) -> dict[str, object]:
        return {"claims": list(self.structure.claims), "says": self.structure.says, "outcome": self.outcome.value,
                "reason": self.reason, "reactions": {name: list(found) for name, found in self.reactions.items()}}


def judge_structures(chosen: Sequence[Structure] | None = None) -> list[StructureVerdict]:
    """Every statement with its verdict; all of the package where none are given."""
    return [_judge(one) for one in (structures() if chosen is None else chosen)]


@lru_cache(maxsize=1)
def verdicts_of_claims() -> dict[str, StructureVerdict]:
    """Claim -> the verdict on the statement that serves it."""
    return {claim: said for said in judge_structures() for claim in said.structure.claims}


@singledispatch
def _judge(one: object) -> StructureVerdict:
    raise TypeError(f"no rule for {type(one).__name__}")


@_judge.register
def _(one: Domains) -> StructureVerdict:
    if one.protein not in gene_names():
        return _missing(one, [one.protein])
    named = {domain: _work(one.protein, domain) for domain in one.has}
    work = {f"{one.protein} {domain}": needed for domain, needed in named.items()}
    problem = _first(
        *(f"{one.protein} has no {domain} that any reaction needs" for domain in one.has if not named[domain]),
        *(f"{one.protein} has a {domain}" for domain in one.lacks if domain in domains(one.protein)),
        *(f"what the {domain} of {one.protein} does, another domain does too" for domain in one.has
          if one.own_work and not _own(domain, named)))
    if problem:
        return StructureVerdict(one, Outcome.FAILS, f"{problem}.", work)
    counts = ", ".join(f"{domain} {len(found)}" for domain, found in named.items())
    return StructureVerdict(one, Outcome.HOLDS, f"Reactions that need each domain of {one.protein}: {counts}.", work)


@_judge.register
def _(one: Family) -> StructureVerdict:
    missing = [protein for protein in one.members if protein not in gene_names()]
    if missing:
        return _missing(one, missing)
    if one.domain is None:
        return StructureVerdict(one, Outcome.HOLDS, f"All {len(one.members)} are in the network.", {})
    work = {f"{protein} {one.domain}": _work(protein, one.domain) for protein in one.members}
    problem = _first(
        *(f"{protein} has no {one.domain} that any reaction needs" for protein in one.members
          if not work[f"{protein} {one.domain}"]),
        *(f"{protein} has a {one.domain}, too" for protein in one.family
          if protein not in one.members and one.domain in domains(protein)))
    if problem:
        return StructureVerdict(one, Outcome.FAILS, f"{problem}.", work)
    said = f"{', '.join(one.members)} have a {one.domain} that reactions need; no other of the family has one here."
    return StructureVerdict(one, Outcome.HOLDS, said, work)


@_judge.register
def _(one: Receptors) -> StructureVerdict:
    pairs = heterodimers()
    chains = {side: len({pair[side]["symbol"] for pair in pairs.values()}) for side in ("alpha", "beta")}
    right = chains == {"alpha": one.alpha, "beta": one.beta} and len(pairs) >= one.pairs
    return StructureVerdict(one, Outcome.HOLDS if right else Outcome.FAILS,
                            f"Cell lines may express {len(pairs)} heterodimers of {chains['alpha']} alpha and "
                            f"{chains['beta']} beta chains.", {})  # fmt: skip


def _missing(one: Structure, proteins: Iterable[str]) -> StructureVerdict:
    return StructureVerdict(one, Outcome.NOT_APPLICABLE, f"The network has no {', '.join(proteins)}.", {})


def _work(protein: str, domain: str) -> tuple[str, ...]:
    """Reactions that need any construct's numbers of this domain, in the first of the reference lines."""
    line = next(iter(reference_lines().values()))
    numbers = frozenset(n for found in domains(protein).get(domain, {}).values() for n in found)
    return reactions_that_need(line, numbers)


def _own(domain: str, named: dict[str, tuple[str, ...]]) -> bool:
    """Whether a domain is needed by a reaction that needs none of the others."""
    others = {name for other, needed in named.items() if other != domain for name in needed}
    return any(name not in others for name in named[domain])


def _first(*problems: str) -> str | None:
    return next(iter(problems), None)
