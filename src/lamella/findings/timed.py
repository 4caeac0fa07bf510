"""Expectations of time courses: how long a pulse lasts, and what happens first."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import StrictStr, model_validator

from lamella.errors import InputError
from lamella.findings.base import LEAST_EFFECT, AtLeast, Base
from lamella.units import quantity as magnitude


class Pulse(Base):
    """A quantity rises and lasts, above half of its rise, between two durations.

    arm                 in which it does
    shortest, longest   '5 h'; one of them may be left out. A course that has not come down at its end lasts to it.
    """

    measure: ClassVar[str] = "duration"

    kind: Literal["pulse"]
    arm: StrictStr
    shortest: StrictStr | None = None
    longest: StrictStr | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Pulse:
        if self.shortest is None and self.longest is None:
            raise ValueError("a pulse has a `shortest` or a `longest` duration")
        if not self.seconds[0] < self.seconds[1]:
            raise ValueError("`shortest` must be less than `longest`")
        return self

    @property
    def seconds(self) -> tuple[float, float]:
        """Shortest and longest duration (s); one second and endless where not given."""
        try:
            low = 1.0 if self.shortest is None else magnitude(self.shortest, "s", where="shortest", above=0.0)
            high = float("inf") if self.longest is None else magnitude(self.longest, "s", where="longest", above=0.0)
        except InputError as error:
            raise ValueError(error.what) from None
        return low, high

    def arms(self) -> tuple[str, ...]:
        return (self.arm,)

    def says(self) -> str:
        if self.longest is None:
            return f"{self.quantity}: a pulse of at least {self.shortest} in {self.arm}"
        if self.shortest is None:
            return f"{self.quantity}: a pulse of at most {self.longest} in {self.arm}"
        return f"{self.quantity}: a pulse of {self.shortest} to {self.longest} in {self.arm}"


class EventOrder(Base):
    """One quantity has made half of its change before another one has.

    quantity   the one that comes first
    then       the one that comes later
    arm        in which they do
    at_least   ratio of the two times
    """

    measure: ClassVar[str] = "half time"

    kind: Literal["order"]
    then: StrictStr
    arm: StrictStr
    at_least: AtLeast = LEAST_EFFECT

    @model_validator(mode="after")
    def _two_events(self) -> EventOrder:
        if self.then == self.quantity:
            raise ValueError("`then` must be another quantity")
        return self

    def arms(self) -> tuple[str, ...]:
        return (self.arm,)

    def quantities(self) -> tuple[str, ...]:
        return (self.quantity, self.then)

    def says(self) -> str:
        return f"{self.quantity} changes before {self.then} in {self.arm}"
