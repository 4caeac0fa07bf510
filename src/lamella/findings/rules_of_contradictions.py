"""Rules for what a review says both ways; a rule's docstring is the sentence that it checks."""

from __future__ import annotations

from collections.abc import Iterator

from lamella.findings.contradiction import Contradiction
from lamella.findings.rule import Library, Rule

_REASON = 4
"""Words that a reason has at least."""

_FOR_MOVES, _FOR_SAME = frozenset({"at_least"}), frozenset({"band", "keeps"})
"""What only a setting that moves can say, and one that stays the same."""


class ContradictionsAreExperiments(Rule):
    """A contradiction has claims of the index, and two settings with unlike outcomes or something that it waits for."""

    def breaches(self, library: Library) -> Iterator[tuple[str, str]]:
        known = {line.id for line in library.index}
        for place, one in enumerate(library.contradictions, start=1):
            for what in (*self._of(one), *(f"{claim} does not stand in the index" for claim in one.claims
                                           if claim not in known)):
                yield f"contradiction {one.number}", what
            if one.number != place:
                yield f"contradiction {one.number}", f"stands at place {place}"

    def _of(self, one: Contradiction) -> Iterator[str]:
        if not one.runs:
            if len(one.waits.split()) < _REASON:
                yield f"waits for a reason of {len(one.waits.split())} words"
            if one.settings or one.fails or one.cell:
                yield "waits and is an experiment too"
            return
        if not one.cell or len(one.settings) != 2:
            yield "has no cell line or not two settings"
            return
        if len({setting.expect for setting in one.settings}) < 2:
            yield "expects the same in both settings"
        for setting in one.settings:
            if not one.reads(setting)[1] or not (setting.effect or one.effect):
                yield f"'{setting.says}' has no effect or nothing that is read"
            idle = _FOR_SAME if setting.expect != "same" else _FOR_MOVES
            for name in sorted(idle & setting.model_fields_set):
                yield f"'{setting.says}' goes {setting.expect}, so that its `{name}` does nothing"
        if one.fails and len(one.fails.split()) < _REASON:
            yield f"fails for a reason of {len(one.fails.split())} words"
