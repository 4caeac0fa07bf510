"""Wells of many variants of a network side by side: what an assay without a tissue reads in every one of them.

As `variants` does for blots, with the protocol and the read-outs of the assay: all variants of an arm are one batch of
cells, each with as many cells as the protocol says, or with one of median protein levels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamella.assays.protocol import Assay, Readings, Setting
from lamella.errors import InputError, LamellaError
from lamella.verdicts.plate import Plate
from lamella.verdicts.readings import measure_of, value_of
from lamella.verdicts.variants import Variant

_ALIKE = {"variation.cv": 0.0}
"""Makes every cell one of median protein levels."""
_NOTHING = np.zeros(0)


class Ask(NamedTuple):
    """What is measured of an arm: a read-out at a time (its end where None), or something taken of its course."""

    plate: Plate
    name: str
    at: str | None = None
    measure: str = "level"

    @property
    def what(self) -> tuple[str, str | None, str]:
        return self.name, self.at, self.measure

    def of(self, read: Readings) -> float:
        """Raises InputError: the assay reads no such quantity, or not at that time."""
        if self.measure == "level":
            return value_of(read, self.plate.assay, self.name, self.at)
        return measure_of(read, self.plate.assay, self.name, self.measure)


class WellBench:
    """Wells of the same variants in every arm that is asked for, each computed once.

    assays     by name
    variants   cell line -> its variants; they change no parameter to a value (`Variant.values`)
    count      how many of them are asked for, the first ones; all where None. It may rise
    cells      per variant: one of median protein levels, or several that are drawn, the same in all arms and variants;
               as many as the protocol says where None
    threads    arms computed at a time; no value depends on it
    """

    def __init__(self, assays: Mapping[str, Assay], variants: Callable[[str], Sequence[Variant]], *,
                 count: int | None = None, cells: int | None = None, seed: int = 1, threads: int = 1):
        self.assays, self.count = assays, count
        self._variants, self._cells, self._seed, self._threads = variants, cells, seed, threads
        self._values: dict[tuple[str, tuple[str, str | None, str]], NDArray[np.float64]] = {}

    def run(self, asked: Iterable[Ask], tell: Callable[[float], None] = lambda share: None) -> None:
        """Have what is asked for in the first `count` variants; arms side by side.

        tell     called with the finished share
        raises   InputError: an assay that takes one well at a time, or as `measured`
        """
        missing: dict[str, dict[tuple[str, str | None, str], Ask]] = {}
        for ask in asked:
            if len(self._had(ask)) < len(self._wanted(ask.plate)):
                missing.setdefault(ask.plate.key, {})[ask.what] = ask
        alike: dict[str, list[list[Ask]]] = {}  # cells that grow alike are grown once, in one thread
        for asks in missing.values():
            first, *more = asks.values()
            alike.setdefault(first.plate.growth, []).append([first, *more])
        done = 0
        with ThreadPoolExecutor(self._threads, thread_name_prefix="wells") as pool:
            try:
                for group in pool.map(lambda plates: [self._computed(asks) for asks in plates], alike.values()):
                    for found in group:
                        self._values |= found
                    done += len(group)
                    tell(done / len(missing))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def measured(self, plate: Plate, name: str, at: str | None, measure: str = "level") -> NDArray[np.float64]:
        """A read-out of an arm in every variant; NaN where a cell could not be advanced.   [variants]

        raises   InputError: the assay reads no such quantity, or not at that time
        """
        ask = Ask(plate, name, at, measure)
        self.run([ask])
        return self._had(ask)[:len(self._wanted(plate))]

    def _had(self, ask: Ask) -> NDArray[np.float64]:
        return self._values.get((ask.plate.key, ask.what), _NOTHING)

    def _wanted(self, plate: Plate) -> Sequence[Variant]:
        return self._variants(plate.cell)[:self.count]

    def _computed(self, asks: Sequence[Ask]) -> dict[tuple[str, tuple[str, str | None, str]], NDArray[np.float64]]:
        """All that is asked of one plate: what was there, and the variants that were not."""
        plate = asks[0].plate
        assay, conditions, begin = self.assays[plate.assay], plate.conditions, plate.setting(self._seed, 0)
        if assay.batch is None:
            raise InputError(f"wells of '{plate.assay}' cannot lie side by side", where="verdicts")
        if self._cells is not None:
            conditions = conditions.model_copy(update={"cells": self._cells})
        alike = _ALIKE if self._cells == 1 else {}
        there = min(len(self._had(ask)) for ask in asks)
        settings = [replace(begin, scaled={**one.scaled, **alike}, without=(*begin.without, *one.without))
                    for one in self._wanted(plate)[there:]]
        dishes = _dishes(assay, settings, conditions)
        found = {}
        for ask in asks:
            had = self._had(ask)
            more = [ask.of(dish) if isinstance(dish, Readings) else np.nan for dish in dishes[len(had) - there:]]
            found[plate.key, ask.what] = np.append(had, more)
        return found


def _dishes(assay: Assay, settings: Sequence[Setting], conditions: object) -> list[Readings | LamellaError]:
    """What wells gave; where one of them cannot be advanced, halves of them are tried until it is found."""
    assert assay.batch is not None
    try:
        return list(assay.batch(settings, conditions, lambda share: None))
    except InputError as error:  # what means nothing in one means nothing in all
        return [error] * len(settings)
    except LamellaError as error:
        if len(settings) == 1:
            return [error]
        middle = len(settings) // 2
        return _dishes(assay, settings[:middle], conditions) + _dishes(assay, settings[middle:], conditions)
