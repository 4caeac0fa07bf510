"""Findings beside their assays: run the arms, look at the effects, spend more dishes where one is still open.

The first look goes through all findings; then those whose interval still straddles its line get more dishes, round by
round. A verdict is written down as soon as it stands, and dishes are kept: a check that was interrupted goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lamella.assays import ASSAYS, Assay
from lamella.errors import InputError
from lamella.findings import Finding, get, load_all
from lamella.random import generator
from lamella.verdicts.bench import Bench
from lamella.verdicts.pace import Pace
from lamella.verdicts.plate import Plate
from lamella.verdicts.results import Results
from lamella.verdicts.trial import Trial
from lamella.verdicts.verdict import Verdict

BLOTS = frozenset({"immunoblot"})
"""Assays whose findings can be judged on one cell per member of an ensemble, side by side in lanes."""


_OFTEN = 0.2
"""Seconds between two words of progress."""


@dataclass(frozen=True)
class Moment:
    """How far a check is.

    finding   at work
    share     done of all that may have to be done, 0..1; never falls
    left      seconds that the dishes of this round still take, judged by those so far; None before the first
    at_most   the same if every finding that is open stays open to the end
    """

    finding: str
    share: float
    left: float | None = None
    at_most: float | None = None


OnProgress = Callable[[Moment], None]


@dataclass(frozen=True)
class Replicates:
    """How many dishes are spent on an arm.

    first   before the first look
    most    an expectation that is still open then is judged as it stands
    """

    first: int = 4
    most: int = 12

    def __post_init__(self) -> None:
        if not 2 <= self.first <= self.most:
            raise InputError(f"{self.first} to {self.most} replicates cannot be judged", where="replicates",
                             why="An interval needs two dishes, and the most cannot be less than the first.",
                             remedy="Write e.g. 4 to 12.")

    def looks(self) -> tuple[int, ...]:
        """Numbers of replicates at which one looks."""
        return (*range(self.first, self.most, self.first), self.most)


def check(ids: Iterable[str] | None = None, *, population_only: bool = False, replicates: Replicates | None = None,
          seed: int = 1, threads: int = 1, store: Path | None = None, minutes: float | None = None,
          progress: OnProgress | None = None, assays: Mapping[str, Assay] | None = None) -> list[Verdict]:
    """Judge findings.

    ids              which; all of the library where None
    population_only  leave out findings that need a tissue
    seed             of all streams
    threads          dishes computed at a time; no verdict depends on it
    store            folder of results: what stands there and is not stale is not judged again, and what is finished
                     is kept there; None keeps nothing
    minutes          time after which no dish is begun; what is open then is judged as it stands and says so, and what
                     was not looked at even once is left out
    assays           the assays that there are, by name; those of the package where None
    raises           InputError: an unknown id
    """
    assays = ASSAYS if assays is None else assays
    chosen = [get(name) for name in ids] if ids is not None else list(load_all())
    if population_only:
        chosen = [finding for finding in chosen if is_population(finding)]
    results = Results(store) if store is not None else None
    bench = Bench(assays, seed=seed, threads=threads, keep=results.dishes if results else None)
    return _Campaign(chosen, bench, replicates or Replicates(), results, minutes, progress).verdicts()


def check_one(finding: Finding, bench: Bench, replicates: Replicates) -> Verdict:
    """Judge one finding in all its cell lines."""
    (found,) = _Campaign([finding], bench, replicates).verdicts()
    return found


def is_population(finding: Finding) -> bool:
    """Whether none of its assays needs a tissue. An assay that nobody has built is taken to need one."""
    return not any(name not in ASSAYS or ASSAYS[name].tissue for name in finding.assays)


def is_blot(finding: Finding) -> bool:
    """Whether blots are all that it asks for."""
    return BLOTS.issuperset(finding.assays)


def sample(findings: Sequence[Finding], count: int, seed: int) -> list[Finding]:
    """Findings that need a tissue, drawn by seed; all of them where there are no more than `count`."""
    tissue = sorted((finding for finding in findings if not is_population(finding)), key=lambda finding: finding.id)
    order = generator(seed, "sample of findings").permutation(len(tissue))
    return [tissue[place] for place in sorted(order[:count])]


class _Campaign:
    """Findings judged round by round on one bench."""

    def __init__(self, findings: Sequence[Finding], bench: Bench, replicates: Replicates,
                 results: Results | None = None, minutes: float | None = None, progress: OnProgress | None = None):
        self.bench, self.replicates, self.results, self._progress = bench, replicates, results, progress
        self.budget = {"seed": bench.seed, "first": replicates.first, "most": replicates.most}
        self.order = [finding.id for finding in findings]
        self.found: dict[str, Verdict] = {}
        self.trials: dict[str, Trial] = {}
        for finding in findings:
            kept = results.verdict(finding, self.budget) if results else None
            if kept is not None and kept.settled:
                self.found[finding.id] = kept
            else:
                self.trials[finding.id] = Trial(finding, bench)
        self.pace = Pace(results.paces() if results else {})
        self.deadline = None if minutes is None else time.monotonic() + 60.0 * minutes
        self.dishes = 0  # per arm, in this look
        self._share, self._told = 0.0, 0.0

    def verdicts(self) -> list[Verdict]:
        """Verdicts in the order of the findings, without those for which there was no time at all."""
        looks = self.replicates.looks()
        for name in list(self.trials):
            self._settle(name)
        for replicates in looks:
            self._look(replicates, last=replicates == looks[-1])
        for name, trial in list(self.trials.items()):
            for case in trial.open:
                if case.replicates:
                    case.look(case.replicates, last=True, settled=False)
            self._settle(name)
        if self.results:
            self.results.note_paces(self.pace.seconds)
        self._say(Moment(self.order[-1] if self.order else "", 1.0, 0.0, 0.0))
        return [self.found[name] for name in self.order if name in self.found]

    def _look(self, replicates: int, *, last: bool) -> None:
        """Spend dishes on all that is open, and judge a finding as soon as its dishes are there.

        All go to the bench together, so that it can put those side by side whose cells grow alike.
        """
        asked: dict[str, list[str]] = {}
        for name, trial in self.trials.items():
            for plate in trial.plates:
                asked.setdefault(plate.key, []).append(name)

        self.dishes = replicates
        open_now = set(self.trials)

        def judge(names: Iterable[str]) -> None:
            for name in open_now.intersection(names):
                trial = self.trials[name]
                if all(self.bench.has(plate, replicates) for plate in trial.plates):
                    open_now.discard(name)
                    for case in trial.open:
                        case.look(replicates, last=last)
                    self._settle(name)

        def on_dish(plate: Plate, seconds: float) -> None:
            if seconds > 0.0:
                self.pace.took(plate.assay, seconds)
            judge(asked[plate.key])
            self._tell(asked[plate.key][0])

        self._tell(next(iter(self.trials), ""), now=True)
        plates = [plate for trial in self.trials.values() for plate in trial.plates]
        self.bench.run(plates, replicates, on_dish, self._late)
        judge(list(self.trials))

    def _late(self) -> bool:
        return self.deadline is not None and time.monotonic() > self.deadline

    def _settle(self, name: str) -> None:
        """Write a verdict down as soon as there is one."""
        trial = self.trials[name]
        verdict = trial.verdict()
        if verdict is None:
            return
        del self.trials[name]
        self.found[name] = verdict
        if self.results:
            self.results.keep(verdict, self.budget)

    def _tell(self, name: str, *, now: bool = False) -> None:
        """How far it is, but not more often than anybody looks."""
        if self._progress is None or not (now or time.monotonic() - self._told > _OFTEN):
            return
        self._told = time.monotonic()
        plates = {plate.key: plate for trial in self.trials.values() for plate in trial.plates}.values()
        left = self.pace.expected(self.bench.missing(plates, self.dishes), self.bench.threads)
        worst = self.pace.expected(self.bench.missing(plates, self.replicates.most), self.bench.threads)
        spent = self.pace.spent / self.bench.threads
        if worst is not None and spent + worst > 0.0:
            self._share = max(self._share, spent / (spent + worst))
        self._say(Moment(name, self._share, left, worst))

    def _say(self, moment: Moment) -> None:
        if self._progress:
            self._progress(moment)

