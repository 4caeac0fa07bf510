"""Reactions between diffusible substances, solved together with their diffusion.

    substrate            -> product     rate                         (1/s)
    substrate + partner  -> product     rate * partner               (um^3/(molecules*s))

and back at `reverse`. The partner is bound, or only helps (a catalyst). The
loss of the substrate stands in its implicit step, so that a short-lived one
has its right profile however long the step: a step that first diffuses and
then reacts would show it either before or after the reaction. What was lost
is taken from the partner and given to the product before their own steps;
of two that bind, the scarcer is the substrate. Where the partner would not
last, the rest is handed back: nothing is made or lost, and nothing is
negative.

What falls apart within a step of length dt may bind again in it. Eliminating
the product from the implicit equations of both gives: at the start of the
step a share r dt / (1 + r dt) of it falls apart, and binding slows by
1 + r dt, r being `reverse`. The balance of both is then exact for any step.
The partner counts with its concentration at the start of the step.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lamella.errors import InputError, unknown
from lamella.tissue.fields.field import Acting, Field
from lamella.tissue.fields.occupancy import Occupancy
from lamella.tissue.fields.substance import Acts, Chemistry, Moved


@dataclass(frozen=True)
class Reaction:
    """One reaction; names are those of the fields.

    substrate    what changes
    rate         1/s, or um^3/(molecules*s) with a partner
    partner      what it meets
    catalyst     the partner stays as it is
    product      what becomes of them; None: it is counted as converted and gone
    reverse      product back to substrate and partner                       (1/s)
    """

    substrate: str
    rate: float
    partner: str | None = None
    catalyst: bool = False
    product: str | None = None
    reverse: float = 0.0

    @property
    def where(self) -> str:
        left = self.substrate if self.partner is None else f"{self.substrate} + {self.partner}"
        return f"reaction '{left} -> {self.product or 'nothing'}'"

    def check(self, known: Sequence[str]) -> None:
        """Refuse what makes no sense.   raises InputError"""
        for name in (self.substrate, self.partner, self.product):
            if name is not None and name not in known:
                raise unknown("field", name, known, where=self.where)
        for name, value in (("rate", self.rate), ("reverse", self.reverse)):
            if not (isinstance(value, (int, float)) and math.isfinite(value) and value >= 0.0):
                raise InputError(f"{name} is {value}", where=self.where, why="It must be finite and not negative.")
        if self.substrate in (self.partner, self.product):
            raise InputError(
                "a substance meets or becomes itself", where=self.where, why="The three must be different substances."
            )
        if self.partner is not None and self.partner == self.product:
            raise InputError(
                "the partner is the product", where=self.where, remedy="Autocatalysis is written with another product."
            )
        if self.catalyst and self.partner is None:
            raise InputError("a catalyst without a name", where=self.where, remedy="Name it as partner.")
        if self.reverse > 0.0 and self.product is None:
            raise InputError("nothing can come back", where=self.where, remedy="Name a product, or leave out reverse.")


def advance_fields(
    fields: Mapping[str, Field],
    reactions: Sequence[Reaction],
    seconds: float,
    occupancy: Occupancy | None,
    acts: Mapping[str, Acts] | Mapping[str, Acting | None],
) -> dict[str, Moved]:
    """One step of all fields with the reactions between them.   returns what cells gave and took, by field"""
    roles = [_scarcer_first(reaction, fields) for reaction in reactions]
    step = _Step(fields, roles, seconds)
    moved: dict[str, Moved] = {}
    for name in solving_order(list(fields), roles):
        chemistry = step.chemistry(name)
        moved[name] = fields[name].advance(seconds, occupancy, acts.get(name), chemistry)
        if chemistry is not None:
            step.settle(name, moved[name].turned)
    return moved


def _scarcer_first(reaction: Reaction, fields: Mapping[str, Field]) -> Reaction:
    """The reaction with the less abundant of two binding partners as substrate."""
    partner = reaction.partner
    if partner is None or reaction.catalyst or fields[reaction.substrate].total() <= fields[partner].total():
        return reaction
    return Reaction(partner, reaction.rate, reaction.substrate, False, reaction.product, reaction.reverse)


def solving_order(names: list[str], reactions: Sequence[Reaction]) -> list[str]:
    """Substrates before partners that they bind, and before their products; a circle is cut at the first name."""
    after: dict[str, set[str]] = {name: set() for name in names}
    for reaction in reactions:
        if reaction.partner is not None and not reaction.catalyst:
            after[reaction.partner].add(reaction.substrate)
        if reaction.product is not None:
            after[reaction.product].add(reaction.substrate)
    order: list[str] = []
    while len(order) < len(names):
        left = [name for name in names if name not in order]
        ready = [name for name in left if not after[name] & set(left) - {name}]
        order.append(ready[0] if ready else left[0])
    return order


class _Step:
    """Books of one step: what each field still has to lose and to gain."""

    def __init__(self, fields: Mapping[str, Field], reactions: Sequence[Reaction], seconds: float):
        self._fields, self._reactions, self._seconds = fields, reactions, seconds
        self._due: dict[str, NDArray[np.float64]] = {}
        self._done: set[str] = set()
        touched = [(r.substrate, r.partner, r.product) for r in reactions]
        for name in {name for names in touched for name in names if name is not None}:
            self._due[name] = np.zeros(fields[name].box.shape)
        for reaction in reactions:
            if reaction.reverse > 0.0 and reaction.product is not None:
                self._dissociate(reaction, reaction.product)

    def _dissociate(self, reaction: Reaction, product: str) -> None:
        """Give back what falls apart within the step, of what there is at its start and not yet promised."""
        field = self._fields[product]
        held = np.maximum(field.box * field.medium.volume + np.minimum(self._due[product], 0.0), 0.0)
        away = reaction.reverse * self._seconds
        apart = away / (1.0 + away) * held
        self._move(product, -apart)
        self._move(reaction.substrate, apart)
        if reaction.partner is not None and not reaction.catalyst:
            self._move(reaction.partner, apart)

    def _move(self, name: str, molecules: NDArray[np.float64]) -> None:
        """Molecules for a field: into its coming step, or at once if that is over."""
        if name in self._done:
            self._fields[name].add(molecules, "converted")
        else:
            self._due[name] += molecules
            self._fields[name].ledger.book(name, "converted", float(np.sum(molecules)))

    def _available(self, name: str) -> NDArray[np.float64]:
        """Molecules of a field that a reaction may still take.   [box]"""
        field = self._fields[name]
        held = field.box * field.medium.volume
        return np.maximum(held if name in self._done else held + self._due[name], 0.0)

    def _speed(self, reaction: Reaction) -> NDArray[np.float64] | float:
        """First-order rate at which the substrate reacts.   (1/s)"""
        rate = reaction.rate / (1.0 + reaction.reverse * self._seconds)
        if reaction.partner is None:
            return rate
        return rate * self._fields[reaction.partner].box

    def chemistry(self, name: str) -> Chemistry | None:
        """Loss and gain of a field in its coming step."""
        if name not in self._due:
            return None
        self._speeds = [self._speed(r) if r.substrate == name else 0.0 for r in self._reactions]
        turnover = np.zeros(self._due[name].shape)
        for speed in self._speeds:
            turnover += speed
        return Chemistry(turnover, self._due[name])

    def settle(self, name: str, turned: NDArray[np.float64]) -> None:
        """Share what the field has lost among its reactions, and hand back what a partner could not match."""
        self._done.add(name)
        total = np.zeros_like(turned)
        for speed in self._speeds:
            total += speed
        back = np.zeros_like(turned)
        for reaction, speed in zip(self._reactions, self._speeds):
            if reaction.substrate != name or not np.any(speed):
                continue
            extent = turned * np.divide(speed, total, out=np.zeros_like(total), where=total > 0)
            if reaction.partner is not None and not reaction.catalyst:
                reached = np.minimum(extent, self._available(reaction.partner))
                back += extent - reached
                extent = reached
                self._move(reaction.partner, -extent)
            if reaction.product is not None:
                self._move(reaction.product, extent)
            self._fields[name].ledger.book(name, "converted", -float(np.sum(extent)))
        if back.any():
            field = self._fields[name]
            field.box[:] += np.divide(back, field.medium.volume, out=np.zeros_like(back), where=field.medium.volume > 0)
