"""How each cell fares: failure is data, not an exception."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """State of the integration of one cell."""

    OK = 0
    STEP_TOO_SMALL = 1
    TOO_MANY_STEPS = 2
    SINGULAR = 3
    NOT_FINITE = 4
    EVENT_STORM = 5
    BAD_DELAY = 6
    NEGATIVE_RATE = 7
    TOO_FAST = 8

    @property
    def reason(self) -> str:
        """One sentence for a report."""
        return _REASONS[self]


_REASONS = {
    Status.OK: "advanced",
    Status.STEP_TOO_SMALL: "no step was small enough for the tolerance",
    Status.TOO_MANY_STEPS: "it needed more steps than allowed",
    Status.SINGULAR: "the matrix of the step could not be factorised",
    Status.EVENT_STORM: "its events set each other off without end",
    Status.BAD_DELAY: "the delay of an event is negative or undefined",
    Status.NEGATIVE_RATE: "a rate became negative; molecule by molecule, a reversible reaction must be written as two",
    Status.TOO_FAST: "its reactions follow each other faster than the time can be resolved",
    Status.NOT_FINITE: "a rate or a state became infinite or undefined",
}
