"""Does a verdict stand where the numbers are wrong? The share of a parameter ensemble in which it does.

A finding of blots is judged on 500 members, one cell in one lane each; one of other wells by `well_robustness`; any
other on 24, one dish (or batch of cells) per arm each, with the seeds of all others, until the interval of the share
leaves one half. A member has no replicates, so that its effects are judged as they are, by their size alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lamella.errors import InputError, LamellaError
from lamella.findings import Base, Finding
from lamella.networks import Perturbations, cell_lines
from lamella.verdicts.bench import Bench
from lamella.verdicts.checking import BLOTS, is_blot
from lamella.verdicts.effect import EARLY_LEVEL, Standing
from lamella.verdicts.ensemble import binomial_interval, factors
from lamella.verdicts.judging import judge, standing
from lamella.verdicts.members import standing_members
from lamella.verdicts.names import ModelNames
from lamella.verdicts.plate import Plate
from lamella.verdicts.ranges import reference_culture
from lamella.verdicts.trial import cells_of, obstacle, plates_of
from lamella.verdicts.variants import WHOLE, Variant, VariantBench
from lamella.verdicts.verdict import Outcome, jointly, over_cells

POPULATION_MEMBERS, TISSUE_MEMBERS = 500, 24
TISSUE_LOOKS = (8, 16, TISSUE_MEMBERS)
"""Members after which one looks whether the share is told from one half."""

class Lanes(Protocol):
    """Reads variants of a network side by side: `VariantBench` for blots, `WellBench` for other wells."""

    def measured(self, plate: Plate, name: str, at: str | None, measure: str = "level") -> NDArray[np.float64]:
        """What is measured of an arm in every variant; NaN where a cell could not be advanced.   [variants]"""
        ...


OnMember = Callable[[float], None]
"""Called with the finished share, 0..1."""


@dataclass(frozen=True)
class Robustness:
    """In how many members of an ensemble the verdict stands.

    stands     members in which it does
    unsolved   members whose cells could not be advanced; counted as not standing
    members    all of them
    low, high  95 % interval of the share
    nominal    whether it stands with the library's own numbers, judged in the same way
    living     members in which untreated cells of all its lines live through the reference culture, and in how many of
               these it stands; None where that was not asked. A member that kills untreated cells is no model of a line
    """

    stands: int
    unsolved: int
    members: int
    low: float
    high: float
    nominal: bool
    seed: int
    living: tuple[int, int] | None = None

    def to_dict(self) -> dict[str, object]:
        table: dict[str, object] = {
            "stands": self.stands, "of": self.members, "unsolved": self.unsolved, "low": float(f"{self.low:.4g}"),
            "high": float(f"{self.high:.4g}"), "nominal": self.nominal, "seed": self.seed}
        if self.living is not None:
            table["living"] = {"stands": self.living[1], "of": self.living[0]}
        return table


def stands(expectation: Base, values: Mapping[tuple[str, str], float]) -> bool | None:
    """Whether an expectation holds on one value per arm, by the size of its effects; None where a value is missing.

    values   (quantity, arm) -> what the expectation measures; infinite for an event that never comes
    """
    if any(np.isnan(value) or (np.isinf(value) and expectation.measure == "level") for value in values.values()):
        return None
    twice = {key: np.array([value, value]) for key, value in values.items()}  # without spread: intervals of width 0
    greatest = [max(v for (q, _), v in values.items() if q == name) for name in {q for q, _ in values}]
    if expectation.measure == "level" and min(greatest) <= 0.0:
        return False
    return standing(judge(expectation, twice, last=True)) is Standing.HOLDS


def ensemble_variants(members: int, seed: int, width: float = 1.0) -> Callable[[str], list[Variant]]:
    """Cell line -> the whole network and the members of its ensemble."""
    made: dict[str, list[Variant]] = {}

    def of(cell: str) -> list[Variant]:
        if cell not in made:
            drawn = factors(cell, members, seed, width=width)
            made[cell] = [WHOLE] + [Variant({name: float(row[m]) for name, row in drawn.items()})
                                    for m in range(members)]
        return made[cell]
    return of


def population_robustness(findings: Sequence[Finding], bench: Bench, *, members: int = POPULATION_MEMBERS,
                          seed: int = 1, threads: int = 1, width: float = 1.0,
                          tell: OnMember = lambda share: None) -> dict[str, Robustness]:
    """Of findings that need blots only.   raises InputError: one of them needs more

    width   of all spreads, over those that the grades say
    """
    for finding in findings:
        if not is_blot(finding):
            raise InputError(f"'{finding.id}' needs more than blots", where="robustness")
    names = ModelNames(bench.assays)
    lanes = VariantBench(ensemble_variants(members, seed, width), threads=threads, watch=SIGNS_OF_DEATH)
    lanes.prepare((plate, None) for finding in findings for cell in _lines(finding)
                  for plate in [reference_plate(cell, bench)])
    lanes.prepare((plate, e.at) for finding in findings for _, e, plates in possible(finding, bench, names)
                  for plate in plates.values())
    found = {}
    for number, finding in enumerate(findings):
        holds, unsolved = joint_in_variants(finding, bench, names, lanes, members + 1)
        lives = living_members(finding, bench, lanes)
        found[finding.id] = replace(counted(holds[1:], unsolved[1:], bool(holds[0]), seed),
                                    living=(int(lives[1:].sum()), int((holds & lives)[1:].sum())))
        tell((number + 1) / len(findings))
    return found


_SIGNS_OF_DEATH = (("PARP1_cleaved", "PARP1"), ("CYCS", "CYCS_mitochondrial"))
"""What is seen of a cell that dies, and what it comes from: cut PARP, cytochrome c outside mitochondria."""

SIGNS_OF_DEATH = sum(_SIGNS_OF_DEATH, ())
"""What a bench of variants has to watch for `living_members`."""

_DEAD = 0.5
"""Share of either in a cell that counts as dead."""


def reference_plate(cell: str, bench: Bench) -> Plate:
    """Untreated cells of a line in the reference culture, for a day after they have grown."""
    culture = reference_culture()
    return Plate("immunoblot", bench.assays["immunoblot"].conditions(), cell, Perturbations(), culture["matrix"],
                 culture["medium"])


def _lines(finding: Finding) -> list[str]:
    """Cell lines of a finding that are built."""
    return [cell for cell in dict.fromkeys((*cells_of(finding), *finding.lines.values())) if cell in cell_lines()]


def living_members(finding: Finding, bench: Bench, lanes: VariantBench) -> NDArray[np.bool_]:
    """In which variants untreated cells of all lines of a finding live through the reference culture.   [variants]"""
    return np.all([_lives(lanes, reference_plate(cell, bench)) for cell in _lines(finding)], axis=0)


def _lives(lanes: VariantBench, plate: Plate) -> NDArray[np.bool_]:
    """Whether cells live, variant by variant; one that could not be advanced does not."""
    lives = []
    for sign, whole in _SIGNS_OF_DEATH:
        seen, left = lanes.states(plate, (sign,)), lanes.states(plate, (whole,))
        lives.append(seen <= _DEAD * (seen + left))
    return np.all(lives, axis=0)


def tissue_robustness(finding: Finding, bench: Bench, *, members: int = TISSUE_MEMBERS, seed: int = 1,
                      tell: OnMember = lambda share: None) -> Robustness:
    """Of a finding that needs more than blots: one dish of every arm per member, until the share leaves one half."""
    names = ModelNames(bench.assays)
    looks = [look for look in TISSUE_LOOKS if look < members] + [members]
    drawn = {line: factors(line, members, seed, exchange=True) for line in _lines(finding)}
    said: list[bool | None] = []
    nominal = _on_dishes(finding, bench, names, {line: {} for line in drawn})
    for look in looks:
        while len(said) < look:
            scaled = {cell: {name: float(row[len(said)]) for name, row in rows.items()} for cell, rows in drawn.items()}
            said.append(_on_dishes(finding, bench, names, scaled))
            tell(len(said) / members)
        low, high = binomial_interval(said.count(True), look, EARLY_LEVEL)
        if low > 0.5 or high < 0.5:
            break
    holds = np.array([one is True for one in said])
    return counted(holds, np.array([one is None for one in said]), nominal is True, seed)


def _on_dishes(finding: Finding, bench: Bench, names: ModelNames,
               scaled: Mapping[str, Mapping[str, float]]) -> bool | None:
    """Whether a finding holds on one dish per arm with scaled numbers; None where a dish could not be advanced.

    scaled   cell line -> number -> factor; arms may hold another line than the finding
    """
    outcomes: list[Outcome] = []
    for cell in cells_of(finding):
        reported: list[Outcome] = []
        for expectation in finding.expect:
            if expectation.corollary:
                continue
            if obstacle(finding, expectation, cell, names) is not None:
                reported.append(Outcome.NOT_APPLICABLE)
                continue
            plates = {arm: scaled_plate(plate, scaled[plate.cell])
                      for arm, plate in plates_of(finding, expectation, cell, bench).items()}
            bench.run(plates.values(), 1)
            try:
                values = {(name, arm): float(bench.values(plate, 1, name, expectation.at, expectation.measure)[0])
                          for name in expectation.quantities() for arm, plate in plates.items()}
            except LamellaError:
                return None
            reported.append(Outcome.HOLDS if stands(expectation, values) else Outcome.FAILS)
        outcomes.append(jointly(reported))
    return over_cells(finding, outcomes) is Outcome.HOLDS


def scaled_plate(plate: Plate, scaled: Mapping[str, float]) -> Plate:
    """The plate of a member."""
    return Plate(plate.assay, plate.conditions, plate.cell, plate.perturbations, plate.matrix, plate.medium,
                 plate.without, dict(scaled), plate.label)


_OUTCOMES = (Outcome.HOLDS, Outcome.FAILS, Outcome.NOT_APPLICABLE, Outcome.FAILS)
_HOLDS, _FAILS, _ABSENT, _UNSOLVED = range(4)


def joint_in_variants(finding: Finding, bench: Bench, names: ModelNames, lanes: Lanes,
                      variants: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """In which variants a finding holds in all its lines together, and which could not be advanced.   [variants]"""
    said = [_member_outcomes(finding, cell, bench, names, lanes, variants) for cell in cells_of(finding)]
    unsolved = np.any([row == _UNSOLVED for row in said], axis=0)
    holds = np.array([over_cells(finding, [_OUTCOMES[int(row[v])] for row in said]) is Outcome.HOLDS
                      for v in range(variants)])
    return holds & ~unsolved, unsolved


def _member_outcomes(finding: Finding, cell: str, bench: Bench, names: ModelNames, lanes: Lanes,
                     variants: int) -> NDArray[np.int64]:
    """Code of the joint outcome of the reported expectations in a cell line, per variant.   [variants]"""
    reported = [e for e in finding.expect if not e.corollary]
    codes = []
    for expectation in reported:
        if obstacle(finding, expectation, cell, names) is not None:
            codes.append(np.full(variants, _ABSENT))
            continue
        said = expectation_in_variants(finding, expectation, cell, bench, lanes)
        codes.append(np.array([_UNSOLVED if one is None else _HOLDS if one else _FAILS for one in said]))
    table = np.array(codes)
    joint = np.where((table == _ABSENT).any(axis=0), _ABSENT, _HOLDS)
    joint = np.where((table == _FAILS).any(axis=0), _FAILS, joint)
    return np.where((table == _UNSOLVED).any(axis=0), _UNSOLVED, joint)


def expectation_in_variants(finding: Finding, expectation: Base, cell: str, bench: Bench,
                            lanes: Lanes) -> list[bool | None]:
    """Whether an expectation holds, variant by variant; None where it could not be advanced."""
    plates = plates_of(finding, expectation, cell, bench)
    rows = {(name, arm): lanes.measured(plate, name, expectation.at, expectation.measure)
            for name in expectation.quantities() for arm, plate in plates.items()}
    holds, unknown = standing_members(expectation, rows)
    return [None if nothing else bool(yes) for yes, nothing in zip(holds, unknown)]


def possible(finding: Finding, bench: Bench, names: ModelNames) -> Iterator[tuple[str, Base, dict[str, Plate]]]:
    """Cell line, expectation and plates of every blot expectation that can be run."""
    for cell in cells_of(finding):
        for expectation in finding.expect:
            if expectation.assay in BLOTS and obstacle(finding, expectation, cell, names) is None:
                yield cell, expectation, plates_of(finding, expectation, cell, bench)


def counted(holds: NDArray[np.bool_], unsolved: NDArray[np.bool_], nominal: bool, seed: int) -> Robustness:
    """From what was said of every member.   [members]"""
    count = int(holds.sum())
    return Robustness(count, int(unsolved.sum()), holds.size, *binomial_interval(count, holds.size), nominal, seed)
