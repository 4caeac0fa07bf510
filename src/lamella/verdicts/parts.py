"""Mutation testing by parts: what breaks where a whole part of the biology is gone?

Of a part that is made of reactions all are switched off at once; without the part `lines` every cell line has the
protein levels of the reference line. Findings that need blots alone are tried, in one batch of lanes; those that
compare cell lines, too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from lamella.findings import Finding
from lamella.networks import assemble
from lamella.networks.parts import Part, parts
from lamella.verdicts.bench import Bench
from lamella.verdicts.checking import BLOTS
from lamella.verdicts.mutants import Broken
from lamella.verdicts.names import ModelNames
from lamella.verdicts.robustness import expectation_in_variants, possible
from lamella.verdicts.trial import cells_of, obstacle
from lamella.verdicts.variants import WHOLE, Variant, VariantBench


@dataclass(frozen=True)
class Lost:
    """The network without one part.

    reactions   how many were off in the line that has most of them
    breaks      expectations that hold with the whole network and not without the part
    unsolved    findings whose cells could not be advanced without it; they count as broken
    """

    part: Part
    reactions: int
    breaks: tuple[Broken, ...]
    unsolved: tuple[str, ...]

    @property
    def findings(self) -> tuple[str, ...]:
        """What breaks, each once, by what it reports."""
        return tuple(dict.fromkeys(broken.finding for broken in self.breaks if not broken.corollary))

    def to_dict(self) -> dict[str, object]:
        return {"part": self.part.name, "says": self.part.says, "reactions": self.reactions,
                "findings": list(self.findings), "breaks": [broken.to_dict() for broken in self.breaks],
                "unsolved": list(self.unsolved)}


@dataclass(frozen=True)
class PartsTest:
    """All parts.

    tried    findings that hold with the whole network in a cell line, so that they can break
    """

    lost: tuple[Lost, ...]
    tried: tuple[str, ...]

    def idle(self) -> list[str]:
        """Parts that no finding needs."""
        return [one.part.name for one in self.lost if not one.findings]

    def to_dict(self) -> dict[str, object]:
        return {"parts": [one.to_dict() for one in self.lost], "idle": self.idle(), "tried": list(self.tried)}


def without_parts(findings: Sequence[Finding], bench: Bench, *, chosen: Sequence[Part] | None = None, cells: int = 1,
                  seed: int = 1, threads: int = 1, failing: Collection[tuple[str, str]] = (),
                  tell: Callable[[str, float], None] = lambda what, share: None) -> PartsTest:
    """Remove part after part, in every arm of every finding.

    chosen   parts; all of them where None
    cells    per arm, the same with and without a part: one of median protein levels, or several that are drawn
    failing  (finding, cell line) that a check found to fail: they support nothing
    tell     called with the finding at work and the finished share
    """
    chosen = parts() if chosen is None else tuple(chosen)
    names = ModelNames(bench.assays)
    lanes = VariantBench(lambda cell: [WHOLE, *(_variant(part, cell) for part in chosen)],
                         cells=cells, seed=seed, threads=threads)
    lanes.prepare((plate, e.at) for finding in findings for _, e, plates in possible(finding, bench, names)
                  for plate in plates.values())
    breaks: dict[str, list[Broken]] = {part.name: [] for part in chosen}
    unsolved: dict[str, list[str]] = {part.name: [] for part in chosen}
    tried: list[str] = []
    for number, finding in enumerate(findings):
        tell(finding.id, number / len(findings))
        for cell in cells_of(finding):
            able = [e for e in finding.expect if e.assay in BLOTS and obstacle(finding, e, cell, names) is None]
            said = [(e, expectation_in_variants(finding, e, cell, bench, lanes)) for e in able]
            if (finding.id, cell) in failing or not all(held[0] for e, held in said if not e.corollary):
                continue
            if any(not e.corollary for e in able):
                tried.append(finding.id)
            for expectation, (holds, *without) in said:
                for part, still in zip(chosen, without) if holds else ():
                    if still is None:
                        unsolved[part.name].append(finding.id)
                    if not still:
                        breaks[part.name].append(Broken(finding.id, cell, expectation.says(), expectation.corollary))
    tell("", 1.0)
    return PartsTest(tuple(Lost(part, _most(part, findings), tuple(breaks[part.name]),
                                tuple(dict.fromkeys(unsolved[part.name]))) for part in chosen),
                     tuple(dict.fromkeys(tried)))


def _variant(part: Part, cell: str) -> Variant:
    network = assemble(cell)
    return Variant(without=part.reactions(network), values=part.levels(network))


def _most(part: Part, findings: Sequence[Finding]) -> int:
    built = {cell for finding in findings for cell in (*cells_of(finding), *finding.lines.values())}
    return max((len(part.reactions(assemble(cell))) for cell in built), default=0)
