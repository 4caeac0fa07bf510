"""Random numbers that a model itself asks for (SBML package `distrib`), in events and initial assignments."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from lamella.errors import ModelError
from lamella.random import generator
from lamella.reactions import Program


def _shifted(standard: float, *middle_scale: float) -> float:
    """A standard variate with a scale, or with a middle and a scale."""
    middle, scale = middle_scale if len(middle_scale) == 2 else (0.0, *middle_scale)
    return middle + scale * standard


_DISTRIBUTIONS = {
    "normal": lambda stream, mean, sd: stream.normal(mean, sd),
    "uniform": lambda stream, low, high: stream.uniform(low, high),
    "bernoulli": lambda stream, p: float(stream.random() < p),
    "binomial": lambda stream, n, p: stream.binomial(int(n), p),
    "cauchy": lambda stream, *middle_scale: _shifted(stream.standard_cauchy(), *middle_scale),
    "chisquare": lambda stream, freedom: stream.chisquare(freedom),
    "exponential": lambda stream, rate: stream.exponential(1.0 / rate),
    "gamma": lambda stream, shape, scale: stream.gamma(shape, scale),
    "laplace": lambda stream, *middle_scale: _shifted(stream.laplace(), *middle_scale),
    "lognormal": lambda stream, mean, sd: stream.lognormal(mean, sd),
    "poisson": lambda stream, mean: stream.poisson(mean),
    "rayleigh": lambda stream, scale: stream.rayleigh(scale),
}
_ARGUMENTS = {
    "normal": 2, "uniform": 2, "bernoulli": 1, "binomial": 2, "cauchy": 2, "chisquare": 1, "exponential": 1, "gamma": 2,
    "laplace": 2, "lognormal": 2, "poisson": 1, "rayleigh": 1,
}  # fmt: skip
_PATIENCE = 100_000
"""Draws outside the limits of a truncated distribution after which it is refused."""


def draws_below(program: Program, nodes: Iterable[int]) -> tuple[int, ...]:
    """Numbers of the draws that nodes depend on, those that others take as arguments first."""
    needed = set(program.graph.needed(nodes))
    found: set[int] = set()
    for k in reversed(range(len(program.draws))):
        if program.draws[k].leaf in needed:
            found.add(k)
            needed |= set(program.graph.needed(program.draws[k].arguments))
    return tuple(sorted(found))


def draw_numbers(
    program: Program, draws: Iterable[int], states: np.ndarray, parameters: np.ndarray, time: float,
    stream: np.random.Generator,
) -> None:  # fmt: skip
    """Put new random numbers of one cell into `parameters` [1, parameters].

    draws   numbers of the draws
    states  [1, species]
    errors  ModelError where a distribution does not accept its arguments
    """
    for k in draws:
        draw = program.draws[k]
        arguments = program.evaluator(draw.arguments)(states, parameters, time)[0].tolist()
        column = program.graph.nodes[draw.leaf][1]
        parameters[0, column] = _sample(draw.distribution, arguments, stream, program.model.name)


def _sample(distribution: str, arguments: list[float], stream: np.random.Generator, where: str) -> float:
    count = _ARGUMENTS[distribution]
    own, limits = arguments, (-np.inf, np.inf)
    if len(arguments) >= 3 and len(arguments) >= count + 2:
        own, limits = arguments[:-2], (arguments[-2], arguments[-1])
    try:
        for _ in range(_PATIENCE):
            value = float(_DISTRIBUTIONS[distribution](stream, *own))
            if limits[0] <= value <= limits[1]:
                return value
    except (ValueError, TypeError, ZeroDivisionError, OverflowError) as error:
        raise ModelError(
            f"the distribution '{distribution}' does not accept the arguments {arguments}", where=where, why=str(error)
        ) from None
    raise ModelError(f"the limits of a '{distribution}' distribution leave next to nothing", where=where)


def with_initial_draws(
    program: Program, parameters: np.ndarray, seed: int, identity: int | np.ndarray = 0
) -> np.ndarray:
    """Parameters [cells, parameters] with initial assignments applied, random ones from the streams of the cells.

    identity  [cells] names of the streams, or that of the first cell
    """
    complete = program.complete(parameters)
    chosen = draws_below(program, [program.draws[k].leaf for k in program.initial_draws])
    if not chosen:
        return complete
    none = np.full((1, len(program.species)), np.nan)
    names = identity + np.arange(len(complete)) if np.ndim(identity) == 0 else np.asarray(identity)
    for cell in range(len(complete)):
        stream = generator(seed, "initial draws", int(names[cell]))
        draw_numbers(program, chosen, none, complete[cell : cell + 1], 0.0, stream)
    return program.complete(complete)
