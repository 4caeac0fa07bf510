"""Contradictions of the review as experiments: what differs between their two settings, and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from lamella.findings import Contradiction, contradictions
from lamella.networks import Perturbations, Treatment, assemble, resolve
from lamella.verdicts.bench import Bench
from lamella.verdicts.checking import Replicates, check_one
from lamella.verdicts.results import Results
from lamella.verdicts.verdict import Outcome, Verdict

ROW_STATES = (*(outcome.value for outcome in Outcome), "waits", "not judged")
"""What can be said of a row."""

MOST_LEVELS = 3
"""Levels of another line that may be swapped into one background (design, rules of judging)."""


@dataclass(frozen=True)
class Row:
    """One contradiction and what became of it.

    state    the verdict, 'waits', or 'not judged' where nobody has run it on this program
    reason   a sentence: what decided, or what it waits for
    lacks    of one that fails: what goes wrong, as far as the table knows
    differs  edits of the network that its two settings differ in; none where only what is read does
    """

    contradiction: Contradiction
    state: str
    reason: str
    differs: tuple[str, ...]
    lacks: str | None = None

    def to_dict(self) -> dict[str, object]:
        one = self.contradiction
        return {"number": one.number, "topic": one.topic, "claims": list(one.claims), "variable": one.variable,
                "stated": one.stated, "state": self.state, "reason": self.reason, "lacks": self.lacks,
                "seen": one.seen or None, "differs": list(self.differs),
                "settings": [setting.says for setting in one.settings]}


def edits(treatment: Treatment) -> dict[str, object]:
    """All that an arm does to the one network of its line, by the name of what it edits."""
    found: dict[str, object] = {f"{name} in the medium": value for name, value in treatment.medium.items()}
    found |= treatment.chronic | treatment.acute
    found |= {f"coating.{ligand}": value for ligand, value in treatment.density.items()}
    found |= {f"gradient.{name}": value for name, value in treatment.gradient.items()}
    if treatment.suspended:
        found["suspended"] = True
    for change in treatment.changes:
        at = f"at {change.time:g} s"
        found |= {f"{name} {at}": value for name, value in (*change.values.items(), *change.scales.items())}
        if change.suspended is not None:
            found[f"suspended {at}"] = change.suspended
    return found


def differences(one: Contradiction) -> tuple[str, ...]:
    """Names of the edits in which the arms with the effect differ between the two settings.

    Both settings are of one cell line, and so of one assembled network; all else that reaches a cell are edits.
    """
    first, second = (_set(one, with_effect=True, place=place) for place in (0, 1))
    return _unlike(first, second)


def breaches(one: Contradiction) -> Iterator[str]:
    """What else than the resolving variable differs between its settings, in sentences."""
    found = differences(one)
    own_effects = any(setting.effect for setting in one.settings)
    without = _unlike(*(_set(one, with_effect=False, place=place) for place in (0, 1)))
    if not own_effects and without != found:
        yield "the effect is not the same thing in both settings"
    for name in found:
        if not any(fnmatchcase(name, pattern) for pattern in one.differs):
            yield f"the settings also differ in '{name}'"
    for pattern in one.differs:
        if not any(fnmatchcase(name, pattern) for name in found):
            yield f"the settings do not differ in '{pattern}'"
    if not found and one.reads(one.settings[0]) == one.reads(one.settings[1]):
        yield "the two settings are the same"
    levels = [name for name in found if name.endswith("_copies")]
    if len(levels) > MOST_LEVELS:
        yield f"{len(levels)} levels are swapped"


def _set(one: Contradiction, *, with_effect: bool, place: int) -> dict[str, object]:
    """All edits of an arm, and the conditions that are its own."""
    own = {f"conditions.{name}": value for name, value in one.settings[place].conditions.items()}
    return edits(_treatment(one, with_effect=with_effect, place=place)) | own


def _treatment(one: Contradiction, *, with_effect: bool, place: int) -> Treatment:
    table = one.arms(one.settings[place])[with_effect]
    return resolve(assemble(one.cell), Perturbations.model_validate(table), dict(one.matrix), dict(one.medium),
                   f"contradiction {one.number}")


def _unlike(first: dict[str, object], second: dict[str, object]) -> tuple[str, ...]:
    return tuple(sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name)))


def judged(one: Contradiction, bench: Bench, replicates: Replicates | None = None) -> Verdict:
    """Run it."""
    return check_one(one.finding(), bench, replicates or Replicates())


def rows(results: Results, bench: Bench | None = None, chosen: Sequence[Contradiction] | None = None, *, seed: int = 1,
         replicates: Replicates | None = None,
         tell: Callable[[str, float], None] = lambda what, share: None) -> list[Row]:
    """Every contradiction with its state.

    results  where verdicts are kept: what stands there is not run again
    bench    runs what does not stand there; nothing is run where None
    chosen   which; all where None
    seed, replicates   that they are, or were, judged with
    """
    chosen = contradictions() if chosen is None else chosen
    replicates = replicates or Replicates()
    found = []
    for place, one in enumerate(chosen):
        tell(f"contradiction {one.number}", place / len(chosen))
        if not one.runs:
            found.append(Row(one, "waits", f"It waits for {one.waits}.", ()))
            continue
        finding = one.finding()
        budget = {"seed": seed, "first": replicates.first, "most": replicates.most}
        said = results.verdict(finding, budget)
        if said is None and bench is not None:
            said = judged(one, bench, replicates)
            results.keep(said, budget)
        if said is None:
            found.append(Row(one, "not judged", "Nobody has run it on this program.", differences(one)))
        else:
            found.append(Row(one, said.outcome.value, said.reason, differences(one), said.lacks))
    tell("", 1.0)
    return found
