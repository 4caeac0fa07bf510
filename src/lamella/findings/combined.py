"""Expectations of combinations of treatments."""

from __future__ import annotations

from typing import Literal

from pydantic import StrictStr, model_validator

from lamella.findings.base import LEAST_EFFECT, AtLeast, Base


class Synergy(Base):
    """Two treatments together do more than both apart would add up to.

    control, first, second, both   arms
    effect     'down' or 'up': the way in which the treatments move the quantity
    model      'bliss': they act independently, so that what each leaves is multiplied; `both` holds both doses in full.
               'loewe': they do the same thing, so that half of the one and half of the other (`both`) would do as much
               as either in full.
    at_least   excess over what the model adds them up to, as a ratio
    """

    kind: Literal["synergy"]
    control: StrictStr
    first: StrictStr
    second: StrictStr
    both: StrictStr
    effect: Literal["down", "up"] = "down"
    model: Literal["bliss", "loewe"] = "bliss"
    at_least: AtLeast = LEAST_EFFECT

    @model_validator(mode="after")
    def _four_arms(self) -> Synergy:
        if len(set(self.arms())) != 4:
            raise ValueError("synergy needs four different arms")
        return self

    def arms(self) -> tuple[str, ...]:
        return (self.control, self.first, self.second, self.both)

    def says(self) -> str:
        return (f"{self.quantity}: {self.both} goes {self.effect} by {self.at_least:g}-fold more than {self.first} and "
                f"{self.second} add up to ({self.model.capitalize()})")
