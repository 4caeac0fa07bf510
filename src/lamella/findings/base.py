"""What every expectation has, and the numbers that thresholds are made of."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StrictStr

LEAST_EFFECT = 1.10
"""An ordering of less than 10 % is none (design, rules of judging)."""

WIDEST_BAND = 1.25
"""The widest band within which two arms may be called unchanged."""

Fold = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
AtLeast = Annotated[float, Field(ge=1.0, le=1000.0, allow_inf_nan=False)]
Band = Annotated[float, Field(gt=1.0, le=10.0, allow_inf_nan=False)]
Share = Annotated[float, Field(gt=0.0, le=1.0, allow_inf_nan=False)]


class Base(BaseModel):
    """What every expectation has.

    assay      by name
    quantity   a read-out of the assay, or a blot quantity such as 'RAC1.gtp'
    at         time of a quantity that has a time course, e.g. '24 h'; its last time where not given
    claims     claims that it serves; all of the record where empty
    corollary  our own consequence of the claim, not reported by the paper; scored apart
    measure    what is taken of a quantity: its 'level' at a time, the 'duration' of its pulse, or the time at which it
               has made half of its change ('half time')
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    measure: ClassVar[str] = "level"

    assay: StrictStr
    quantity: StrictStr
    at: StrictStr | None = None
    claims: tuple[StrictStr, ...] = ()
    corollary: bool = False

    def arms(self) -> tuple[str, ...]:
        """Every arm that it names, each once."""
        raise TypeError("a kind of expectation names its arms")

    def quantities(self) -> tuple[str, ...]:
        """Every quantity of the assay that it reads."""
        return (self.quantity,)

    def says(self) -> str:
        """The expectation in a few words."""
        raise TypeError("a kind of expectation says what it expects")
