"""What a paper leads one to expect of an assay: a small typed vocabulary.

An expectation names arms of its record and a quantity of an assay; it knows no
model and no number but the thresholds. How each kind is judged stands in
`lamella.verdicts`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StrictStr, Tag, field_validator, model_validator

from lamella.findings.association import Association, Unassociated
from lamella.findings.base import LEAST_EFFECT, WIDEST_BAND, AtLeast, Band, Base, Fold, Share
from lamella.findings.combined import Synergy
from lamella.findings.relation import Relation, relation
from lamella.findings.timed import EventOrder, Pulse


class Ordering(Base):
    """One arm exceeds another, by at least `at_least`-fold."""

    kind: Literal["ordering"] = "ordering"
    relation: StrictStr
    at_least: AtLeast = LEAST_EFFECT

    @field_validator("relation")
    @classmethod
    def _ordered(cls, text: str) -> str:
        relation(text, "><")
        return text

    @property
    def pair(self) -> Relation:
        return relation(self.relation, "><")

    def arms(self) -> tuple[str, ...]:
        return self.pair.arms

    def says(self) -> str:
        return f"{self.quantity}: {self.pair} by at least {self.at_least:g}-fold"


class FoldRange(Base):
    """The ratio of two arms lies between `low` and `high`."""

    kind: Literal["fold"]
    relation: StrictStr
    low: Fold
    high: Fold

    @model_validator(mode="after")
    def _in_order(self) -> FoldRange:
        relation(self.relation, "/")
        if self.low >= self.high:
            raise ValueError("`low` must be less than `high`")
        return self

    @property
    def pair(self) -> Relation:
        return relation(self.relation, "/")

    def arms(self) -> tuple[str, ...]:
        return self.pair.arms

    def says(self) -> str:
        return f"{self.quantity}: {self.pair} between {self.low:g} and {self.high:g}"


class Unchanged(Base):
    """Two arms agree within a band, and another pair of arms shows that the knob is wired.

    band    both ratios, a over b and b over a, stay below it
    wired   an ordering of the same quantity that must hold, e.g. 'stimulated > control'
    """

    kind: Literal["unchanged"]
    relation: StrictStr
    band: Band
    wired: StrictStr | None = None

    @model_validator(mode="after")
    def _pairs(self) -> Unchanged:
        relation(self.relation, "~")
        if self.wired is not None:
            relation(self.wired, "><")
        return self

    @property
    def pair(self) -> Relation:
        return relation(self.relation, "~")

    @property
    def control(self) -> Relation | None:
        return None if self.wired is None else relation(self.wired, "><")

    def arms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.pair.arms, *(self.control.arms if self.control else ()))))

    def says(self) -> str:
        return f"{self.quantity}: {self.pair} within {self.band:g}-fold, while {self.wired}"


class Optimum(Base):
    """Along a series of arms the quantity has its greatest value inside, not at an end."""

    kind: Literal["optimum"]
    series: Annotated[tuple[StrictStr, ...], Field(min_length=3)]
    at_least: AtLeast = LEAST_EFFECT

    def arms(self) -> tuple[str, ...]:
        return self.series

    def says(self) -> str:
        inside = f"{self.series[0]} .. {self.series[-1]}"
        return f"{self.quantity}: greatest inside {inside}, {self.at_least:g}-fold over both ends"


class Saturates(Base):
    """Along a series the quantity rises up to the arm `by` and no further; `before` names one that still rises.

    at_least   rise from the first arm to `by`, and of `before` from `by` to the last
    band       the quantity stays within it from `by` to the last arm
    """

    kind: Literal["saturates"]
    series: Annotated[tuple[StrictStr, ...], Field(min_length=3)]
    by: StrictStr
    band: Band
    at_least: AtLeast = LEAST_EFFECT
    before: StrictStr | None = None

    @model_validator(mode="after")
    def _inside(self) -> Saturates:
        if self.by not in self.series[1:-1]:
            raise ValueError("`by` must be an inner arm of the series")
        return self

    def arms(self) -> tuple[str, ...]:
        return self.series

    def quantities(self) -> tuple[str, ...]:
        return (self.quantity, self.before) if self.before else (self.quantity,)

    def says(self) -> str:
        later = f", while {self.before} still rises" if self.before else ""
        return f"{self.quantity}: saturated by {self.by}{later}"


class Required(Base):
    """An effect is lost without something: the same comparison in arms that lack it.

    relation   the effect, e.g. 'knockdown > control'
    without    the same two arms without it, e.g. 'knockdown+inhibitor / inhibitor'
    band       what may be left of the effect
    keeps      share of the control's value that the second arm of `without` must keep: a dead cell proves nothing
    """

    kind: Literal["required"]
    relation: StrictStr
    without: StrictStr
    at_least: AtLeast = LEAST_EFFECT
    band: Band = WIDEST_BAND
    keeps: Share = 0.3

    @model_validator(mode="after")
    def _pairs(self) -> Required:
        relation(self.relation, "><")
        relation(self.without, "/")
        return self

    @property
    def pair(self) -> Relation:
        return relation(self.relation, "><")

    @property
    def lacking(self) -> Relation:
        """The arms that lack it, in the order of `relation`."""
        return relation(self.without, "/")

    def arms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.pair.arms, *self.lacking.arms)))

    def says(self) -> str:
        return f"{self.quantity}: {self.pair}, lost in {self.lacking}"


class Rescued(Base):
    """A loss is made good by a third arm.

    relation   the loss, e.g. 'null < wild type'
    by         the arm that brings it back
    share      least share of the loss (of its logarithm) that comes back
    """

    kind: Literal["rescued"]
    relation: StrictStr
    by: StrictStr
    at_least: AtLeast = LEAST_EFFECT
    share: Share = 0.5

    @model_validator(mode="after")
    def _pairs(self) -> Rescued:
        relation(self.relation, "><")
        return self

    @property
    def pair(self) -> Relation:
        return relation(self.relation, "><")

    def arms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.pair.arms, self.by)))

    def says(self) -> str:
        return f"{self.quantity}: {self.pair}, brought back by {self.by}"


class Dissociation(Base):
    """One quantity moves with the perturbation, another of the same assay does not, nor half as far.

    The quantity that moves is the positive control of the one that stays.
    """

    kind: Literal["dissociation"]
    relation: StrictStr
    stays: StrictStr
    band: Band
    at_least: AtLeast = LEAST_EFFECT

    @model_validator(mode="after")
    def _pairs(self) -> Dissociation:
        relation(self.relation, "><")
        if self.stays == self.quantity:
            raise ValueError("`stays` must be another quantity")
        return self

    @property
    def pair(self) -> Relation:
        return relation(self.relation, "><")

    def arms(self) -> tuple[str, ...]:
        return self.pair.arms

    def quantities(self) -> tuple[str, ...]:
        return (self.quantity, self.stays)

    def says(self) -> str:
        return f"{self.quantity}: {self.pair}, while {self.stays} stays within {self.band:g}-fold"


def _kind(value: Any) -> str:
    """The kind that a table names; an ordering where it names none."""
    return value.get("kind", "ordering") if isinstance(value, dict) else getattr(value, "kind", "ordering")


Expectation = Annotated[
    Annotated[Ordering, Tag("ordering")] | Annotated[FoldRange, Tag("fold")] | Annotated[Unchanged, Tag("unchanged")]
    | Annotated[Optimum, Tag("optimum")] | Annotated[Saturates, Tag("saturates")] | Annotated[Required, Tag("required")]
    | Annotated[Rescued, Tag("rescued")] | Annotated[Dissociation, Tag("dissociation")]
    | Annotated[Synergy, Tag("synergy")] | Annotated[Pulse, Tag("pulse")] | Annotated[EventOrder, Tag("order")]
    | Annotated[Association, Tag("association")] | Annotated[Unassociated, Tag("unassociated")],
    Discriminator(_kind)]
"""Any of them, told apart by `kind`."""

KINDS: dict[str, type[Base]] = {"ordering": Ordering, "fold": FoldRange, "unchanged": Unchanged, "optimum": Optimum,
                                "saturates": Saturates, "required": Required, "rescued": Rescued,
                                "dissociation": Dissociation, "synergy": Synergy, "pulse": Pulse,
                                "order": EventOrder, "association": Association, "unassociated": Unassociated}
"""Every kind by the name that a record writes."""
