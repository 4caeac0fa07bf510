"""The first check score: what the check claims said before anyone changed something because of it.

Of each review it is committed once, in findings/first_check.json, from the first run in which every calibrate record
was judged and those that do not hold say why: such a finding stays on the board as failing, and one waits no longer.
It is printed beside every later score: what the check claims gain after that, they gain with open eyes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lamella.errors import InputError, unknown
from lamella.provenance import versions
from lamella.verdicts.results import program_hash
from lamella.verdicts.score import STATES, Scorecard
from lamella.verdicts.verdict import Outcome

_FILE = "first_check.json"


@lru_cache(maxsize=1)
def first_check() -> Mapping[str, Any]:
    """Review -> the score that was committed; empty while there is none.   raises InputError: a file that is no JSON"""
    entry = files("lamella.findings") / _FILE
    if not entry.is_file():
        return {}
    try:
        return json.loads(entry.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError("the first check score cannot be read", where=f"findings/{_FILE}", why=f"{error}.") from None


def first_score(card: Scorecard, review: str) -> dict[str, Any]:
    """What to commit of a review.

    raises   InputError: a score is committed already, or a calibrate record was not judged or fails without a reason
    """
    claims = [claim for claim in card.claims if claim.review == review]
    if not claims:
        raise unknown("review", review, sorted({claim.review for claim in card.claims}))
    if review in card.first:
        raise InputError("the first check score is committed already", where=f"findings/{_FILE}",
                         why="There is one first time.")
    calibrate = {claim.record for claim in claims if claim.role == "calibrate"}
    unjudged = {claim.record for claim in claims if claim.id in card.unjudged()} & calibrate
    failing = {v.finding.id: v.finding.fails for v in card.verdicts
               if v.finding.id in calibrate and v.outcome is Outcome.FAILS}
    unexplained = sorted(record for record, why in failing.items() if not why)
    if unjudged or unexplained:
        raise InputError("the calibrate records are not done yet", where="score",
                         why=f"{len(unjudged)} were not judged; {len(unexplained)} fail and say no reason.",
                         remedy="Judge all with `lamella findings check --role calibrate`, and write `fails = ...` "
                                f"into {', '.join(unexplained) or 'those that fail'}.")
    return {"version": versions()["lamella"], "program": program_hash(),
            **{group: card.totals(lambda c, of=group: c.review == review and of in (c.role, c.blind))
               for group in ("check", "calibrate", "blind", "seen")},
            "failing": sorted(failing),
            "claims": {state: [c.id for c in claims if c.role == "check" and c.state == state] for state in STATES}}
