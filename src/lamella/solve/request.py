"""What a simulation is asked for, checked whole before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import filter as matching
from pathlib import Path

import numpy as np

from lamella.errors import InputError, unknown
from lamella.networks import sbml_of_file, to_sbml_guarded
from lamella.reactions import Program, compile_program, read_sbml
from lamella.solve.draws import with_initial_draws
from lamella.solve.population import LEAST_RTOL
from lamella.solve.rosenbrock import METHODS
from lamella.solve.stochastic import METHODS as STOCHASTIC
from lamella.solve.stochastic import StochasticPopulation
from lamella.solve.variation import factors, set_parameters, set_start, whole_molecules
from lamella.units import nearest_float, quantity

MOST_BYTES = 4 << 30
"""Results larger than this are refused: they would not fit the memory of many machines."""


@dataclass(frozen=True)
class Request:
    """What to simulate. Times in the model's own unit.

    title       what the model is called
    text        SBML
    parameters  [cells, parameters];   states  [cells, species] at time 0;   atol  [species]
    times       [times] ascending, from 0 on;   columns  names to read
    varied      names that differ between cells on purpose
    took_seconds  whether a time was given in a unit although the model does not state its own
    """

    title: str
    text: str
    program: Program
    parameters: np.ndarray
    states: np.ndarray
    times: np.ndarray
    columns: tuple[str, ...]
    varied: tuple[str, ...]
    method: str
    rtol: float
    atol: np.ndarray
    seed: int
    took_seconds: bool

    @property
    def stochastic(self) -> bool:
        return self.method in STOCHASTIC


def prepare(
    model: str | Path,
    span: float | str,
    *,
    begin: float | str = 0.0,
    points: int = 101,
    cells: int = 1,
    vary: float | str = 0.0,
    vary_only: Sequence[str] = (),
    values: Mapping[str, float] | None = None,
    show: Sequence[str] = (),
    stochastic: bool = False,
    method: str | None = None,
    seed: int = 1,
    rtol: float = 1e-6,
    atol: float | None = None,
    title: str | None = None,
) -> Request:
    """Look at everything that a user can get wrong. Arguments and errors are those of `simulate`."""
    method = _method(method, stochastic)
    _whole("points", points, 2, 10_000_000)
    _whole("cells", cells, 1, 10_000_000)
    _whole("seed", seed, 0, 10**30)
    spread = quantity(vary, "dimensionless", where="vary", minimum=0.0)
    if spread > 5:
        raise InputError(f"vary is {vary}", why="It is the standard deviation of a logarithm, at most 5.",
                         remedy="Write 30% or 0.3 for about 30 %.")  # fmt: skip
    if vary_only and not spread:
        raise InputError("vary_only says what varies, but not how much", where="vary_only",
                         remedy="Add vary, such as 30%.")  # fmt: skip
    text, name = _text(model)
    read = read_sbml(text, name=name)
    program = compile_program(read)
    times, took_seconds = _times(span, begin, points, read.time_unit)
    columns = _columns(program, show)
    _refuse_large(name, program, points, cells, len(columns))

    parameters = np.repeat(program.defaults[None], cells, axis=0)
    starts = set_parameters(program, parameters, values or {})
    changes = factors(program, parameters[0], spread, tuple(vary_only), cells, seed)
    parameters = program.complete(parameters)
    for key, factor in changes.items():
        if key not in program.species:
            parameters[:, program.parameter(key)] *= factor
    parameters = with_initial_draws(program, parameters, seed)
    program.require_values(parameters, starts)
    states = program.initial_states(parameters)
    for key, value in starts.items():
        set_start(program, states, parameters, key, value)
    if method in STOCHASTIC:
        whole_molecules(program, states, parameters, [])
    for key, factor in changes.items():
        if key in program.species:
            states[:, program.index(key)] *= factor
    if method in STOCHASTIC:
        whole_molecules(program, states, parameters, list(changes))
        StochasticPopulation(program, parameters[:1], states=states[:1], method=method)  # or refused
    label = title or (Path(name).stem if read.name == name else read.name)
    return Request(
        label, text, program, parameters, states, times, columns, tuple(changes), method,
        _tolerance("rtol", rtol, 1.0, LEAST_RTOL), _atol(program, states, rtol, atol), seed, took_seconds,
    )  # fmt: skip


def _text(model: str | Path) -> tuple[str, str]:
    """SBML text and a name for messages. A string with a line end, or that begins like SBML, is the text itself."""
    if isinstance(model, str) and ("\n" in model or model.lstrip().startswith("<")):
        return (model if model.lstrip().startswith("<") else to_sbml_guarded(model, "the text")), "the text"
    if not isinstance(model, (str, Path)):
        raise InputError(f"a model cannot be a {type(model).__name__}", why="It is a path, or SBML or Antimony text.")
    path = Path(model)
    return sbml_of_file(path), str(path)


def _method(method: str | None, stochastic: bool) -> str:
    chosen = method or ("ssa" if stochastic else "rodas5p")
    known = (*METHODS, *STOCHASTIC)
    if chosen not in known:
        raise unknown("method", chosen, known)
    if stochastic and chosen not in STOCHASTIC:
        raise InputError(f"the method '{chosen}' is not stochastic", where="method",
                         remedy="Leave one of the two out; ssa and tau are stochastic.")  # fmt: skip
    return chosen


def _whole(name: str, value: int, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer)) or not low <= value <= high \
            or int(value) != value:  # fmt: skip
        raise InputError(f"{name} is {value}", why=f"It must be a whole number from {low} to {high:.4g}.")


def _tolerance(name: str, value: float, below: float, least: float = 0.0) -> float:
    number = nearest_float(value)
    if not (number > 0.0 and least <= number < below):
        raise InputError(f"{name} is {number}", why=f"It must lie between {least:g} and {below:g}.")
    return number


def _atol(program: Program, states: np.ndarray, rtol: float, atol: float | None) -> np.ndarray:
    """[species] absolute tolerances, from the start of the first cell unless one is given."""
    if atol is None:
        return rtol * program.scales(states[0])
    return np.full(len(program.species), _tolerance("atol", atol, math.inf))


def _times(span: float | str, begin: float | str, points: int, unit: float | None) -> tuple[np.ndarray, bool]:
    """Times [times] in the model's unit, and whether seconds had to be assumed for it."""
    end, end_in_units = _time(span, unit, "span (--for)")
    first, first_in_units = _time(begin, unit, "begin (--from)")
    if not 0 <= first < end:
        raise InputError(f"times from {first:g} to {end:g}", where="span (--for)",
                         why="The end must lie after the beginning, and the beginning not before 0.",
                         remedy="The model itself starts at 0; both are times of the model.")  # fmt: skip
    times = np.linspace(first, end, int(points))
    if not (np.diff(times) > 0).all():
        raise InputError(f"{points} times from {first:.17g} to {end:.17g} cannot be told apart", where="points")
    return times, unit is None and (end_in_units or first_in_units)


def _time(value: float | str, unit: float | None, where: str) -> tuple[float, bool]:
    """A time in the model's own unit, and whether it was given in another."""
    try:
        number = nearest_float(value)
    except (ValueError, TypeError):
        return quantity(value, "s", where=where) / (unit or 1.0), True
    if not math.isfinite(number):
        raise InputError(f"'{number}' is not a finite time", where=where)
    return number, False


def _columns(program: Program, show: Sequence[str]) -> tuple[str, ...]:
    """Names to read, patterns replaced by what they fit."""
    plain = list(dict.fromkeys((*program.model.symbols, *program.model.parameters)))
    measured = [f"{measure}:{name}" for measure in ("amount", "concentration") for name in program.model.amounts]
    found: list[str] = []
    for name in show:
        pattern = any(sign in name for sign in "*?[")
        fits = matching(measured if ":" in name else plain, name) if pattern else []
        if not fits:
            program.node(name)
        found += fits or [name]
    return tuple(dict.fromkeys(found)) or (*program.species, *program.observables)


def _refuse_large(name: str, program: Program, points: int, cells: int, columns: int) -> None:
    width = max(columns, 1) * points + 2 * (len(program.parameters) + len(program.species))
    size = 8 * cells * width
    if size > MOST_BYTES:
        raise InputError(
            f"the result would take {size / 2**30:.1f} GB", where=name,
            why=f"{points} times, {cells} cells and {columns} names; {MOST_BYTES / 2**30:.0f} GB are allowed.",
            remedy="Ask for fewer points or cells, or say which names you need (show).",
        )  # fmt: skip


