"""The first check score: what the check claims said when the calibrate records first held, before anyone could tune.

It is committed once, as findings/first_check.json, and printed beside every later score: what the check claims gain
after that, they gain with open eyes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lamella.errors import InputError
from lamella.provenance import versions
from lamella.verdicts.results import program_hash
from lamella.verdicts.score import Scorecard

_FILE = "first_check.json"


@lru_cache(maxsize=1)
def first_check() -> dict[str, Any] | None:
    """The score that was committed; None while there is none.   raises InputError: the file cannot be read"""
    entry = files("lamella.findings") / _FILE
    if not entry.is_file():
        return None
    try:
        return json.loads(entry.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError("the first check score cannot be read", where=f"findings/{_FILE}", why=f"{error}.") from None


def first_score(card: Scorecard) -> Mapping[str, Any]:
    """What to commit.

    raises   InputError: a score is committed already, or a calibrate record does not hold or was not judged
    """
    if card.first is not None:
        raise InputError("the first check score is committed already", where=f"findings/{_FILE}",
                         why="There is one first time.")
    counts = card.records("calibrate")
    unjudged = sorted({c.record for c in card.claims if c.role == "calibrate" and c.id in set(card.unjudged())})
    if unjudged or counts["holds"] < counts["of"]:
        raise InputError("the calibrate records do not hold yet", where="score",
                         why=f"{counts['holds']} of {counts['of']} that were judged hold; {len(unjudged)} were not "
                             "judged.", remedy="Judge all with `lamella findings check --role calibrate`.")
    return {"version": versions()["lamella"], "program": program_hash(), "check": card.by("role")["check"],
            "blind": card.by("blind").get("blind"),
            "claims": {state: [c.id for c in card.claims if c.role == "check" and c.state == state]
                       for state in ("holds", "fails", "not_applicable")}}
