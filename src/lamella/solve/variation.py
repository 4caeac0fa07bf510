"""Values that a user gives to a model, and log-normal differences between its cells."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fnmatch import filter as matching

import numpy as np

from lamella.errors import InputError, unknown
from lamella.random import generator
from lamella.reactions import Program
from lamella.units import nearest_float


def set_parameters(program: Program, parameters: np.ndarray, values: Mapping[str, float]) -> dict[str, float]:
    """Put values of parameters into `parameters` [cells, parameters]; returns those that are start values of states.

    errors  InputError for a name that is unknown or computed, and a value that is no finite number
    """
    starts = {}
    for key, value in values.items():
        is_number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
        number = nearest_float(value) if is_number else math.nan
        if not math.isfinite(number):
            raise InputError(f"'{key}' is set to {number if is_number else value}", where=f"value of '{key}'",
                             why="It must be a finite number.")  # fmt: skip
        _refuse_computed(program, key)
        if key in program.species:
            starts[key] = number
        else:
            parameters[:, program.parameter(key)] = number
    return starts


def set_start(program: Program, states: np.ndarray, parameters: np.ndarray, name: str, value: float) -> None:
    """Give a state its start value in the measure that formulas use."""
    column = program.index(name)
    states[:, column] = 1.0
    states[:, column] = value / program.observe(states, parameters, 0.0, [name])[:, 0]  # amounts read per volume
    if not np.isfinite(states[:, column]).all():
        raise InputError(f"the start of '{name}' cannot be set", why="The size of its compartment is not known.")


def factors(
    program: Program, first: np.ndarray, spread: float, only: Sequence[str], cells: int, seed: int
) -> dict[str, np.ndarray]:
    """Name -> factor of each cell [cells]: exp(spread * z), z standard normal; the first cell keeps 1.

    first    [parameters] values of the first cell
    only     names or patterns of parameters and start values; by default every constant parameter above 0, local ones
             of reactions included, but no species, compartment or stoichiometry
    """
    able = {name for name in program.model.parameters if name not in program.model.initial_parameters}
    names: list[str] = []
    for name in only:
        fits = matching(sorted(able | set(program.species)), name)
        if not fits:
            _refuse_computed(program, name)
        names += fits
    if spread == 0:
        return {}
    kinds = program.model.kinds
    if not only:
        names = [
            name for name, value in zip(program.model.parameters, first)
            if name in able and value > 0 and kinds.get(name, "parameter") == "parameter"
        ]  # fmt: skip
    draws = {}
    for name in dict.fromkeys(names):
        noise = generator(seed, "spread", name).standard_normal(cells)
        noise[0] = 0.0
        draws[name] = np.exp(spread * noise)
    return draws


def whole_molecules(program: Program, states: np.ndarray, parameters: np.ndarray, varied: Sequence[str]) -> None:
    """Make start amounts of a stochastic run whole: round those that vary, refuse others that are not.

    varied   names that vary; empty to look at all
    """
    names = [name for name in program.species if program.model.kinds.get(name) == "species"]
    for name in [n for n in names if n in varied] if varied else names:
        column = program.index(name)
        amounts = program.observe(states, parameters, 0.0, [f"amount:{name}"])[:, 0]
        whole = np.round(amounts)
        if varied:
            states[:, column] = 1.0
            states[:, column] = whole / program.observe(states, parameters, 0.0, [f"amount:{name}"])[:, 0]
        elif (np.abs(amounts - whole) > 1e-6 * np.maximum(1.0, np.abs(whole))).any():
            raise InputError(
                f"'{name}' starts with {amounts[np.argmax(np.abs(amounts - whole))]:.6g} molecules",
                where=program.model.name, why="A stochastic simulation counts molecules: amounts are whole numbers.",
                remedy="Give the model in molecules, or set the start of this species.",
            )  # fmt: skip


def _refuse_computed(program: Program, name: str) -> None:
    """Refuse a name that is unknown, or whose value follows from others."""
    if name in program.model.initial_parameters or name in program.observables or name in program.reactions:
        raise InputError(f"'{name}' cannot be set or varied", where=program.model.name,
                         why="A formula of the model computes it.",
                         remedy="Set or vary what its formula uses.")  # fmt: skip
    if name not in program.species and name not in program.model.parameters:
        raise unknown("parameter or species", name, (*program.species, *program.model.parameters))
