"""Expectations of cohorts: whether a marker at diagnosis goes with an outcome over the patients."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StrictStr, model_validator

from lamella.findings.base import Base

SEEN = 0.2
"""Least rank correlation that a cohort of a hundred patients tells from none (two-sided, at 5 %: 0.197)."""

Rho = Annotated[float, Field(gt=0.0, lt=1.0, allow_inf_nan=False)]


class OverPatients(Base):
    """What both kinds have.

    quantity   the outcome, a read-out of every tumour
    marker     protein or heterodimer whose level at diagnosis is set against it
    arm        regimen of the cohort
    """

    measure: ClassVar[str] = "association"

    arm: StrictStr
    marker: StrictStr

    def arms(self) -> tuple[str, ...]:
        return (self.arm,)

    def read(self, marker: str) -> str:
        """The read-out that holds the rank correlation of a marker with the outcome."""
        return f"{self.quantity}_by_{marker.lower()}"


class Association(OverPatients):
    """Over the patients of a cohort the outcome rises ('+') or falls ('-') with the marker.

    rho   least rank correlation, without its sign
    """

    kind: Literal["association"]
    sign: Literal["+", "-"]
    rho: Rho = SEEN

    def quantities(self) -> tuple[str, ...]:
        return (self.quantity, self.read(self.marker))

    @property
    def direction(self) -> int:
        return 1 if self.sign == "+" else -1

    def says(self) -> str:
        moves = "rises" if self.sign == "+" else "falls"
        return f"{self.quantity}: {moves} with {self.marker} over patients of {self.arm}, |rho| at least {self.rho:g}"


class Unassociated(OverPatients):
    """Over the patients the outcome does not go with the marker, while it goes with another one.

    below   the rank correlation, without its sign, is less
    wired   the other marker, with the sign of its association: '-DIABLO'
    """

    kind: Literal["unassociated"]
    below: Rho = SEEN
    wired: Annotated[StrictStr, Field(pattern=r"^[+-]\S+$")] | None = None

    @model_validator(mode="after")
    def _another(self) -> Unassociated:
        if self.wired is not None and self.wired[1:] == self.marker:
            raise ValueError("`wired` must be another marker")
        return self

    @property
    def control(self) -> Association | None:
        """That the other marker goes with the outcome."""
        if self.wired is None:
            return None
        return Association.model_validate({"kind": "association", "assay": self.assay, "quantity": self.quantity,
                                           "arm": self.arm, "marker": self.wired[1:], "sign": self.wired[0]})

    def quantities(self) -> tuple[str, ...]:
        others = () if self.wired is None else (self.read(self.wired[1:]),)
        return (self.quantity, self.read(self.marker), *others)

    def says(self) -> str:
        return (f"{self.quantity}: does not go with {self.marker} over patients of {self.arm}, |rho| below "
                f"{self.below:g}, while it does with {self.wired}")
