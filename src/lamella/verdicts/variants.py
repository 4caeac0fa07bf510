"""Blots of many variants of a network at once: members of an ensemble, or reactions switched off, lane by lane.

A variant is one network with some numbers scaled and some reactions off. All variants of an arm are one batch of cells;
arms share the cells, so that every comparison is paired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lamella.assays.bands import QUANTITIES, SUMS, states_of
from lamella.culture import (
    DELETED,
    Draw,
    advance_treated,
    constants,
    drawn_parameters,
    grown,
    idealised_inputs,
    program,
)
from lamella.networks import Treatment, assemble, resolve
from lamella.reactions import SWITCH
from lamella.solve import Status
from lamella.units import quantity as magnitude
from lamella.verdicts.courses import MEASURES
from lamella.verdicts.plate import Plate

BANDS = (*QUANTITIES.values(), *(part for parts in SUMS.values() for part in parts))
"""States and observables that blots read."""


@dataclass(frozen=True)
class Variant:
    """One variant of a network.

    scaled    parameter -> factor on the library's value
    without   reactions that are off
    values    parameter -> another value
    """

    scaled: Mapping[str, float] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)


WHOLE = Variant()
"""The network as it is."""


class VariantBench:
    """Blots of the same variants in every arm that is asked for, each arm computed once.

    variants   cell line -> its variants
    cells      cells per variant; one is the cell with median protein totals, several are drawn, the same in all arms
    threads    change no value
    watch      states or observables that are read beside the bands
    """

    def __init__(self, variants: Callable[[str], Sequence[Variant]], *, cells: int = 1, seed: int = 1, threads: int = 1,
                 watch: Sequence[str] = ()):
        self._variants, self._cells, self._seed, self._threads = variants, cells, seed, threads
        self._names = (*BANDS, *(name for name in watch if name not in BANDS))
        self._wanted: dict[str, set[float]] = {}
        self._read: dict[str, dict[float, NDArray[np.float64]]] = {}
        self._scaled: dict[str, NDArray[np.float64]] = {}

    def prepare(self, asked: Iterable[tuple[Plate, str | None]]) -> None:
        """Say which arms will be read when, so that each is advanced once."""
        for plate, at in asked:
            self._wanted.setdefault(plate.key, set()).add(moment(plate, at))

    def values(self, plate: Plate, band: str, at: str | None = None) -> NDArray[np.float64]:
        """A band of an arm in every variant.   [variants]; NaN where a cell could not be advanced

        raises   InputError: no such band, a treatment that means nothing
        """
        return self.states(plate, states_of(band), at)

    def courses(self, plate: Plate, band: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times of the assay's samples (s) [times] and a band in every variant [variants, times]."""
        end, points = moment(plate, None), getattr(plate.conditions, "points", 2)
        times = np.linspace(0.0, end, points)
        self._wanted.setdefault(plate.key, set()).update(map(float, times))
        if not self._wanted[plate.key] <= self._read.get(plate.key, {}).keys():
            self._read[plate.key] = self._computed(plate, sorted(self._wanted[plate.key]))
        column = [self._names.index(name) for name in states_of(band)]
        read = self._read[plate.key]
        return times, np.stack([read[float(time)][:, column].sum(axis=1) for time in times], axis=1)

    def measured(self, plate: Plate, name: str, at: str | None, measure: str = "level") -> NDArray[np.float64]:
        """A band of an arm, or what is taken of its course, in every variant.   [variants]; NaN as in `values`"""
        if measure == "level":
            return self.values(plate, name, at)
        times, courses = self.courses(plate, name)
        return np.array([MEASURES[measure](times, row) if np.isfinite(row).all() else np.nan for row in courses])

    def states(self, plate: Plate, names: Sequence[str], at: str | None = None) -> NDArray[np.float64]:
        """The sum of some states, mean over the cells of every variant.   [variants]"""
        when = moment(plate, at)
        if when not in self._read.get(plate.key, {}):
            self._wanted.setdefault(plate.key, set()).add(when)
            self._read[plate.key] = self._computed(plate, sorted(self._wanted[plate.key]))
        column = [self._names.index(name) for name in names]
        return self._read[plate.key][when][:, column].sum(axis=1)

    def _computed(self, plate: Plate, times: Sequence[float]) -> dict[float, NDArray[np.float64]]:
        """Time -> [variants, names]."""
        network = assemble(plate.cell)
        treatment = resolve(network, plate.perturbations, dict(plate.matrix), dict(plate.medium), plate.label)
        variants = self._variants(plate.cell)
        population = grown(network, treatment, self._parameters(plate.cell, treatment, variants), constants(),
                           idealised_inputs(network, treatment), threads=self._threads)
        found, now = {}, 0.0
        for time in times:
            if time > now:
                advance_treated(population, treatment, now, time - now,
                                lambda off: idealised_inputs(network, treatment, suspended=off))
                now = time
            read = population.observe(self._names)
            read[population.status != Status.OK] = np.nan
            found[time] = read.reshape(len(variants), self._cells, -1).mean(axis=1)
        return found

    def _parameters(self, cell: str, treatment: Treatment, variants: Sequence[Variant]) -> NDArray[np.float64]:
        """[variants * cells, parameters], variant by variant. What the arm sets itself is not scaled."""
        made = program(cell)
        column = {name: i for i, name in enumerate(made.parameters)}
        exchange = constants() if self._cells > 1 else constants().changed(variation__cv=0.0)
        one = drawn_parameters(assemble(cell), treatment, Draw(self._seed, 0, self._cells), exchange)
        factors = self._factors(cell, column, variants).copy()
        factors[:, [column[name] for name in treatment.chronic if name in column]] = 1.0
        table = (factors[:, None, :] * one).reshape(len(variants), self._cells, len(column))
        for row, variant in zip(table, variants):
            for name, value in variant.values.items():
                if name in column and name not in treatment.chronic:
                    row[:, column[name]] = value
        return table.reshape(len(variants) * self._cells, len(column))

    def _factors(self, cell: str, column: Mapping[str, int], variants: Sequence[Variant]) -> NDArray[np.float64]:
        """What every variant multiplies parameters with, once for all arms.   [variants, parameters]"""
        if cell not in self._scaled:
            factors = np.ones((len(variants), len(column)))
            for row, variant in zip(factors, variants):
                known = [name for name in variant.scaled if name in column]
                row[[column[name] for name in known]] = [variant.scaled[name] for name in known]
                row[[column[s] for name in variant.without if (s := f"{SWITCH}{name}") in column]] = DELETED
            self._scaled[cell] = factors
        return self._scaled[cell]


def moment(plate: Plate, at: str | None) -> float:
    """The time that a blot is read at (s): `at`, or its end."""
    written = at if at is not None else getattr(plate.conditions, "duration", "24 h")
    return magnitude(written, "s", where="at", minimum=0.0)
