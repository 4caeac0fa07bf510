"""Treatments in the course of an assay: cells are advanced up to each change, which is then made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from lamella.culture.switches import set_parameter
from lamella.networks import Change, Treatment
from lamella.solve import Population

_SAME = 1e-6
"""Seconds within which two times are the same."""


def pieces(treatment: Treatment, now: float, seconds: float) -> Iterator[tuple[Change | None, float]]:
    """The time from `now` on, for `seconds`, cut where the treatment changes: (what changes first, seconds after it).

    Each change is met once where one call goes on where the last one ended.
    """
    end = now + seconds
    due = [change for change in treatment.changes if now - _SAME <= change.time < end - _SAME]
    first = due[0].time if due else end
    if first - now > _SAME:
        yield None, first - now
    for place, change in enumerate(due):
        until = due[place + 1].time if place + 1 < len(due) else end
        yield change, until - change.time


def make(change: Change, population: Population) -> None:
    """Write the values and factors of a change into every cell; what the network has not is passed over, and a reaction
    that is deleted stays so."""
    column = {name: i for i, name in enumerate(population.program.parameters)}
    for name, value in change.values.items():
        if name in column:
            set_parameter(population.parameters, column[name], name, value)
    for name, factor in change.scales.items():
        if name in column:
            population.parameters[:, column[name]] *= factor
    population.refresh()


def tell(population: Population, told: Mapping[str, float]) -> None:
    """What the surroundings tell every cell from now on: input -> value."""
    make(Change(0.0, dict(told), {}), population)


def treat(population: Population, treatment: Treatment) -> None:
    """What is given at the start of an assay."""
    make(Change(0.0, treatment.acute, {}), population)


def advance_treated(
    population: Population,
    treatment: Treatment,
    now: float,
    seconds: float,
    inputs: Callable[[bool], Mapping[str, float]] | None = None,
) -> None:
    """Advance cells without a dish, with what the treatment changes on the way.

    now      s after time 0 of the assay
    inputs   what cells on the matrix (False) or off it (True) are told, where the treatment takes them off or puts
             them back; what it sets itself stands
    """
    for change, span in pieces(treatment, now, seconds):
        told = None
        if change is not None:
            make(change, population)
            if change.suspended is not None and inputs is not None:
                told = {name: change.values.get(name, value) for name, value in inputs(change.suspended).items()}
        if span > _SAME:
            population.advance(span, inputs=told)
