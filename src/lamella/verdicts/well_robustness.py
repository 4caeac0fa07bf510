"""Robustness of findings that count or measure cells in wells: viability, proliferation, calcium and the like.

Where all that a finding reports is a mean over cells (`Assay.means`, or a blot), one cell of median protein levels
stands for a well, as in blots, in 500 members. Where cells are counted, a member needs the cells of the protocol: there
are 24 of these, looked at after 8 and 16, until the interval of the share leaves one half.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from lamella.assays import Assay
from lamella.errors import InputError
from lamella.findings import Finding
from lamella.verdicts.bench import Bench
from lamella.verdicts.checking import BLOTS
from lamella.verdicts.effect import EARLY_LEVEL
from lamella.verdicts.ensemble import binomial_interval
from lamella.verdicts.names import ModelNames
from lamella.verdicts.robustness import (
    POPULATION_MEMBERS,
    SIGNS_OF_DEATH,
    TISSUE_LOOKS,
    OnMember,
    Robustness,
    counted,
    ensemble_variants,
    joint_in_variants,
    living_members,
)
from lamella.verdicts.trial import cells_of, obstacle, plates_of
from lamella.verdicts.variants import VariantBench
from lamella.verdicts.wells import Ask, WellBench


def in_wells(finding: Finding, assays: Mapping[str, Assay]) -> bool:
    """Whether its assays take many wells side by side, and one of them is no blot."""
    return not BLOTS.issuperset(finding.assays) and all(
        name in assays and assays[name].batch is not None for name in finding.assays)


def by_means(finding: Finding, assays: Mapping[str, Assay]) -> bool:
    """Whether one cell of median levels can stand for its wells: it reports nothing that has to be counted."""
    return all(e.assay in BLOTS or assays[e.assay].means.issuperset(name.removesuffix("_course")
                                                                    for name in e.quantities())
               for e in finding.expect if not e.corollary)


def well_robustness(findings: Sequence[Finding], bench: Bench, *, members: int = POPULATION_MEMBERS, seed: int = 1,
                    threads: int = 1, tell: OnMember = lambda share: None) -> dict[str, Robustness]:
    """Of findings in wells.

    members   of an ensemble whose members have one cell each
    raises    InputError: one of them needs a tissue, or an assay that takes one well at a time
    """
    for finding in findings:
        if not in_wells(finding, bench.assays):
            raise InputError(f"'{finding.id}' needs more than wells that lie side by side", where="robustness")
    one = [finding for finding in findings if by_means(finding, bench.assays)]
    many = [finding for finding in findings if finding not in one]
    part = len(one) / max(1, len(findings))
    return (_after_looks(one, bench, (members,), 1, seed, threads, lambda share: tell(part * share))
            | _after_looks(many, bench, TISSUE_LOOKS, None, seed, threads,
                           lambda share: tell(part + (1.0 - part) * share)))


def _after_looks(findings: Sequence[Finding], bench: Bench, looks: Sequence[int], cells: int | None, seed: int,
                 threads: int, tell: Callable[[float], None]) -> dict[str, Robustness]:
    """Each looked at after some numbers of members, until its share is told from one half.

    cells   of a member; those of the protocol where None
    """
    names = ModelNames(bench.assays)
    lanes = WellBench(bench.assays, ensemble_variants(looks[-1], seed), count=1, cells=cells, seed=bench.seed,
                      threads=threads)
    untreated = VariantBench(ensemble_variants(looks[-1], seed), threads=threads, watch=SIGNS_OF_DEATH)
    found: dict[str, Robustness] = {}
    left = list(findings)
    for place, look in enumerate(looks):
        lanes.count = look + 1  # the whole network comes first
        asked = [ask for finding in left for ask in asks(finding, bench, names)]
        lanes.run(asked, lambda share, done=place: tell((done + share) / len(looks)))
        for finding in left:
            holds, unsolved = joint_in_variants(finding, bench, names, lanes, look + 1)
            count = int(holds[1:].sum())
            low, high = binomial_interval(count, look, EARLY_LEVEL)
            if look == looks[-1] or low > 0.5 or high < 0.5:
                lives = living_members(finding, bench, untreated)[:look + 1]
                found[finding.id] = replace(counted(holds[1:], unsolved[1:], bool(holds[0]), seed),
                                            living=(int(lives[1:].sum()), int((holds & lives)[1:].sum())))
        left = [finding for finding in left if finding.id not in found]
    return found


def asks(finding: Finding, bench: Bench, names: ModelNames) -> list[Ask]:
    """What the reported expectations of a finding measure, where they can be run."""
    return [Ask(plate, name, e.at, e.measure) for cell in cells_of(finding) for e in finding.expect
            if not e.corollary and obstacle(finding, e, cell, names) is None
            for plate in plates_of(finding, e, cell, bench).values() for name in e.quantities()]
