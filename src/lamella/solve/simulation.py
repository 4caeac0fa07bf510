"""One call from a model to its time courses: any SBML or Antimony text, one cell or many."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from lamella.errors import InputError, unknown
from lamella.networks import sbml_of_file, to_sbml_guarded
from lamella.provenance import text_hash, versions
from lamella.random import generator
from lamella.reactions import Program, compile_program, read_sbml
from lamella.solve.population import Population
from lamella.solve.rosenbrock import METHODS
from lamella.solve.status import Status
from lamella.solve.stochastic import METHODS as STOCHASTIC
from lamella.solve.stochastic import StochasticPopulation
from lamella.units import quantity

MOST_BYTES = 4 << 30
"""Results larger than this are refused: they would not fit the memory of many machines."""

_PIECES = 40
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Outcome:
    """What came out.

    table   [times, cells, names];   status [cells];   reached [cells] time
    negative  [cells] see `Population.below_zero`, at the end
    """

    table: np.ndarray
    status: np.ndarray
    reached: np.ndarray
    negative: np.ndarray


@dataclass(frozen=True)
class Request:
    """What to simulate, checked. Times in the model's own unit.

    times    [times] ascending, from 0 on;   columns  names to read
    """

    program: Program
    parameters: np.ndarray
    states: np.ndarray
    times: np.ndarray
    columns: tuple[str, ...]
    method: str
    rtol: float
    atol: float | None
    seed: int
    threads: int


def simulate(
    model: str | Path,
    span: float | str,
    *,
    begin: float | str = 0.0,
    points: int = 101,
    cells: int = 1,
    vary: float = 0.0,
    vary_only: Sequence[str] = (),
    values: Mapping[str, float] | None = None,
    show: Sequence[str] = (),
    method: str = "rodas5p",
    seed: int = 1,
    rtol: float = 1e-6,
    atol: float | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Time courses of a model.

    model      path of an SBML (.xml, .sbml) or Antimony (.ant, .txt) file, or the text itself
    span       end: a number in the model's own unit of time, or a quantity such as '24 h'
    begin      first time that is kept; the model itself starts at 0
    points     number of times, both ends among them
    cells      how many copies of the model, each with a random stream of its own
    vary       spread between cells: parameters are multiplied by exp(vary * z), z standard normal; the first cell
               keeps the values of the model
    vary_only  the parameters and start amounts that vary; by default every constant parameter above 0
    values     parameter or start amount -> value for all cells, in the measure of the model
    show       names to keep: species, parameters, rules, compartments, rates of reactions, 'amount:S',
               'concentration:S'; by default species and rules
    method     'rodas5p' or 'rodas4' (stiff ordinary differential equations), 'ssa' (exact stochastic simulation),
               'tau' (stochastic, many events at a time)
    seed       of the spread, of stochastic runs and of what the model itself draws
    rtol, atol tolerances; see `Population`
    progress   called with the finished share
    returns    Dataset with one variable per name, axes times and cells; `status` and `reason` [cells] tell which cells
               failed: their values are NaN from there on; `below_zero` [cells] is that of `Population`
    errors     InputError, ModelError
    """
    text, name = _text(model)
    program = compile_program(read_sbml(text, name=name))
    request = _checked(
        program, name, span, begin, points, cells, vary, vary_only, values or {}, show, method, seed, rtol, atol,
        threads,
    )  # fmt: skip
    say = progress or (lambda share: None)
    outcome = _stochastic(request, say) if method in STOCHASTIC else _deterministic(request, say)
    return _dataset(request, outcome, text)


def _text(model: str | Path) -> tuple[str, str]:
    """SBML text and a name for messages. A string with a line end, or that begins like SBML, is the text itself."""
    if isinstance(model, str) and ("\n" in model or model.lstrip().startswith("<")):
        return (model if model.lstrip().startswith("<") else to_sbml_guarded(model, "the text")), "the text"
    path = Path(model)
    return sbml_of_file(path), str(path)


def _checked(
    program: Program, name: str, span, begin, points, cells, vary, vary_only, values, show, method, seed, rtol, atol,
    threads,
) -> Request:  # fmt: skip
    """Everything that a user can get wrong, looked at before anything is computed."""
    methods = (*METHODS, *STOCHASTIC)
    if method not in methods:
        raise unknown("method", method, methods)
    _whole("points", points, 2, 10_000_000)
    _whole("cells", cells, 1, 10_000_000)
    if not (math.isfinite(vary) and 0 <= vary <= 5):
        raise InputError(f"vary is {vary}", why="It is the standard deviation of a logarithm: 0.3 means about 30 %.")
    end = _time(span, program, "span")
    first = _time(begin, program, "begin")
    if not 0 <= first < end:
        raise InputError(
            f"times from {first:g} to {end:g}", why="The end must lie behind the begin, and that not before 0."
        )
    columns = tuple(dict.fromkeys(show)) or (*program.species, *program.observables)
    for column in columns:
        program.node(column)
    size = 8 * points * cells * max(len(columns), len(program.species), 1)
    if size > MOST_BYTES:
        raise InputError(
            f"the result would take {size / 2**30:.1f} GB", where=name,
            why=f"{points} times, {cells} cells and {len(columns)} names; {MOST_BYTES / 2**30:.0f} GB are allowed.",
            remedy="Ask for fewer points, cells or names.",
        )  # fmt: skip
    parameters = np.repeat(program.defaults[None], cells, axis=0)
    starts = _set_parameters(program, parameters, values)
    parameters = program.complete(parameters)
    factors = _factors(program, vary, tuple(vary_only), cells, seed)
    for key, factor in factors.items():
        if key not in program.species:
            parameters[:, program.parameter(key)] *= factor
    parameters = program.complete(parameters)
    program.require_values(parameters)
    states = program.initial_states(parameters)
    for key, value in starts.items():
        _set_start(program, states, parameters, key, value)
    for key, factor in factors.items():
        if key in program.species:
            states[:, program.index(key)] *= factor
    return Request(
        program, parameters, states, np.linspace(first, end, points), columns, method, rtol, atol, seed, threads
    )


def _whole(name: str, value: int, low: int, high: int) -> None:
    if int(value) != value or not low <= value <= high:
        raise InputError(f"{name} is {value}", why=f"It must be a whole number from {low} to {high}.")


def _time(value: float | str, program: Program, name: str) -> float:
    """A time in the model's own unit."""
    try:
        number = float(value)
    except ValueError:
        return quantity(value, "s", where=name) / (program.model.time_unit or 1.0)
    if not math.isfinite(number):
        raise InputError(f"{name} is {value}", why="A time must be finite.")
    return number


def _set_parameters(program: Program, parameters: np.ndarray, values: Mapping[str, float]) -> dict[str, float]:
    """Put values of parameters in; returns those of species."""
    starts = {}
    for key, value in values.items():
        if not math.isfinite(value):
            raise InputError(f"'{key}' is set to {value}", why="A value must be finite.")
        if key in program.species:
            starts[key] = float(value)
        elif key in program.parameters:
            if key in program.model.initial_parameters:
                raise InputError(f"'{key}' is computed by the model when it starts, and cannot be set")
            parameters[:, program.parameter(key)] = value
        else:
            raise unknown("parameter or species", key, (*program.species, *program.parameters))
    return starts


def _set_start(program: Program, states: np.ndarray, parameters: np.ndarray, name: str, value: float) -> None:
    """Give a species its start value in the measure that formulas use."""
    column = program.index(name)
    if program.node(name) != program.graph.state(column):  # stored as an amount, read as a concentration
        present = program.observe(states, parameters, 0.0, [name])[:, 0]
        if (present == 0).any():
            raise InputError(f"the start of '{name}' cannot be set", why="Its compartment changes in size.")
        states[:, column] *= value / present
    else:
        states[:, column] = value


def _factors(
    program: Program, vary: float, only: tuple[str, ...], cells: int, seed: int
) -> dict[str, np.ndarray]:
    """Name -> factor of each cell [cells]; the first cell keeps 1."""
    names = only or tuple(
        name
        for name, value in zip(program.model.parameters, program.defaults)
        if value > 0 and name not in program.model.compartments and name not in program.model.initial_parameters
        and name not in program.model.sizes
    )
    for name in names:
        if name not in program.species and name not in program.model.parameters:
            raise unknown("parameter or species", name, (*program.species, *program.model.parameters))
    if vary == 0:
        return {}
    draws = {}
    for name in names:
        noise = generator(seed, "spread", name).standard_normal(cells)
        noise[0] = 0.0
        draws[name] = np.exp(vary * noise)
    return draws


def _deterministic(request: Request, say: Progress) -> Outcome:
    program, times = request.program, request.times
    if program.events or program.draws:
        population = Population(
            program, request.parameters, states=request.states, rtol=request.rtol, atol=request.atol,
            method=request.method, threads=request.threads, seed=request.seed,
        )  # fmt: skip
        return _followed(request, population, say)
    cells = len(request.states)
    out = np.full((len(times), cells, len(request.columns)), np.nan)
    status, reached, negative = np.zeros(cells, np.int8), np.zeros(cells), np.zeros(cells)
    piece = max(8 * request.threads, -(-cells // _PIECES))
    read = program.evaluator([program.node(name) for name in request.columns])
    for first in range(0, cells, piece):
        part = slice(first, first + piece)
        population = Population(
            program, request.parameters[part], states=request.states[part], rtol=request.rtol, atol=request.atol,
            method=request.method, threads=request.threads, seed=request.seed,
        )  # fmt: skip
        later = times > 0
        states = np.full((len(times), *population.states.shape), np.nan)
        states[~later] = population.states
        states[later] = population.record(times[later])
        for k, time in enumerate(times):
            out[k, part] = read(states[k], population.parameters, float(time))
        out[:, part][np.isnan(states).any(axis=2)] = np.nan
        status[part], reached[part], negative[part] = population.status, population.time, population.below_zero()
        say(min(1.0, (first + piece) / cells))
    return Outcome(out, status, reached, negative)


def _stochastic(request: Request, say: Progress) -> Outcome:
    population = StochasticPopulation(
        request.program, request.parameters, states=request.states, method=request.method, seed=request.seed,
        threads=request.threads,
    )  # fmt: skip
    return _followed(request, population, say)


def _followed(request: Request, population: Population | StochasticPopulation, say: Progress) -> Outcome:
    """The same for what has to stop at every time that is asked for."""
    out = np.full((len(request.times), population.cells, len(request.columns)), np.nan)
    now = 0.0
    for k, time in enumerate(request.times):
        if time > now:
            population.advance(float(time - now))
            now = time
        healthy = population.status == Status.OK
        out[k, healthy] = population.observe(request.columns)[healthy]
        say((k + 1) / len(request.times))
    negative = population.below_zero() if isinstance(population, Population) else np.zeros(population.cells)
    return Outcome(out, population.status, population.time, negative)


def _dataset(request: Request, outcome: Outcome, text: str) -> xr.Dataset:
    status = outcome.status
    model = request.program.model
    unit = {1.0: "s", 60.0: "min", 3600.0: "h", 86400.0: "d"}.get(model.time_unit or 1.0, f"{model.time_unit:g} s"
                                                                  if model.time_unit else "s")
    reasons = ["" if s == Status.OK else f"{Status(s).reason}, at {t:g}" for s, t in zip(status, outcome.reached)]
    data = {}
    for k, name in enumerate(request.columns):
        plain = name.partition(":")[2] or name
        about = {"units": model.units.get(plain, ""), "long_name": model.titles.get(plain, plain)}
        data[name] = (("times", "cells"), outcome.table[:, :, k], about)
    taken = {"status", "reason", "below_zero", "times", "cells"} & set(data)
    if taken:
        raise InputError(f"the model calls something '{taken.pop()}'", why="That name is taken by the result.",
                         remedy="Leave it out with `show`, or rename it.")  # fmt: skip
    return xr.Dataset(
        {**data, "status": ("cells", status), "reason": ("cells", np.array(reasons)),
         "below_zero": ("cells", outcome.negative)},
        coords={"times": ("times", request.times, {"units": unit}), "cells": np.arange(len(status))},
        attrs={
            "model": model.name, "model_hash": text_hash(text), "method": request.method, "rtol": request.rtol,
            "seed": request.seed, "time_unit_stated": int(model.time_unit is not None), **{
                f"version_{key}": value for key, value in versions().items()
            },
        },
    )  # fmt: skip
