"""How results depend on parameters and start amounts: central differences, all of them one batch of cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from lamella.errors import InputError, unknown
from lamella.reactions import Program
from lamella.solve.trajectory import trajectories

_RTOL = 1e-10
_STEP, _LARGEST_STEP = 0.5, 0.1
_NOISE = (
    6.0  # the formula takes errors of the four runs threefold at worst; over many steps they are twice the tolerance
)


def _relative_step(rtol: float) -> float:
    """Step that balances the error of the formula, h^4 after extrapolation, with that of the solver, rtol / h.

    The balance is at a multiple of the fifth root of rtol; the factor 0.5 leaves room for strongly curved responses.
    """
    return min(_STEP * rtol**0.2, _LARGEST_STEP)


class Sensitivities(NamedTuple):
    """What `sensitivities` found; axes times, cells, outputs, names.

    values   d output / d name, or d ln output / d ln name
    errors   estimate of the error of each, from the two step sizes
    outputs  [times, cells, outputs] themselves
    """

    values: np.ndarray
    errors: np.ndarray
    outputs: np.ndarray


def sensitivities(
    program: Program,
    parameters: np.ndarray,
    names: Sequence[str],
    times: Sequence[float] | np.ndarray,
    *,
    outputs: Sequence[str] = (),
    scaled: bool = False,
    steps: Mapping[str, float] | None = None,
    rtol: float = _RTOL,
    **options,
) -> Sensitivities:
    """Derivatives of time courses by parameters and start amounts.

    parameters  [cells, parameters] or [parameters]
    names       parameters, or species for their start amounts
    times       [times] ascending, not negative (s)
    outputs     species, rules, reactions ...; by default all species
    scaled      logarithmic derivatives; NaN where an output is 0
    steps       name -> absolute step; by default 0.5 % of the value (more at a looser rtol), which must not be 0
    options     of `Population`
    errors      InputError: an unknown name, a value 0 without a step, a parameter that the model computes itself

    Of a model with events this is the derivative at fixed times: where an event's own time depends on a parameter, it
    holds the shift of the jump as well. A cell that fails gives NaN.
    """
    base = program.complete(np.atleast_2d(parameters))
    names, cells = list(names), len(base)
    program.require_values(base)
    start = program.initial_states(base)
    sizes = np.column_stack([_step(program, name, base, start, steps or {}, rtol) for name in names])  # [cells, names]
    copies, starts = [base], [start]
    for k, name in enumerate(names):
        for share in (1.0, -1.0, 0.5, -0.5):
            changed, begun = _moved(program, name, base, start, share * sizes[:, k])
            copies.append(changed)
            starts.append(begun)
    states, status = trajectories(
        program, np.concatenate(copies), times, states=np.concatenate(starts), rtol=rtol, **options
    )
    read = _outputs(program, np.concatenate(copies), np.asarray(times, float), states, tuple(outputs))
    states, whole = read[:, :cells], read[:, cells:].reshape(len(read), len(names), 4, cells, -1)
    wide = (whole[:, :, 0] - whole[:, :, 1]) / (2 * sizes.T[None, :, :, None])
    narrow = (whole[:, :, 2] - whole[:, :, 3]) / sizes.T[None, :, :, None]
    values = np.moveaxis((4 * narrow - wide) / 3, 1, -1)
    noise = _NOISE * rtol * np.abs(states)[..., None] / sizes[None, :, None, :]
    errors = np.abs(np.moveaxis(narrow - wide, 1, -1)) / 15 + noise
    if scaled:
        with np.errstate(divide="ignore", invalid="ignore"):
            sizes = np.column_stack([_value(program, name, base, start) for name in names])
            factor = sizes[None, :, None] / states[..., None]
            values, errors = values * factor, errors * np.abs(factor)
            values[~np.isfinite(factor)] = errors[~np.isfinite(factor)] = np.nan
    failed = status.reshape(-1, cells) != 0
    values[:, failed.any(axis=0)] = errors[:, failed.any(axis=0)] = np.nan
    return Sensitivities(values, errors, states)


def _value(program: Program, name: str, parameters: np.ndarray, states: np.ndarray) -> np.ndarray:
    """[cells] present value of a parameter or start amount."""
    if name in program.species:
        return states[:, program.index(name)]
    if name not in program.parameters:
        raise unknown("parameter or species", name, (*program.species, *program.parameters))
    if name in program.model.initial_parameters:
        raise InputError(f"'{name}' is computed by the model when it starts", why="Nothing can be changed there.")
    return parameters[:, program.parameter(name)]


def _step(
    program: Program, name: str, parameters: np.ndarray, states: np.ndarray, steps: Mapping[str, float], rtol: float
) -> np.ndarray:
    value = _value(program, name, parameters, states)
    if name in steps:
        if not steps[name] > 0:
            raise InputError(f"the step of '{name}' is {steps[name]}", why="It must be above 0.")
        return np.full(len(parameters), float(steps[name]))
    if (value == 0).any():
        raise InputError(f"'{name}' is 0", why="There is no size to take a share of.",
                         remedy=f"Give an absolute step: steps={{'{name}': ...}}.")  # fmt: skip
    return _relative_step(rtol) * np.abs(value)


def _moved(
    program: Program, name: str, parameters: np.ndarray, states: np.ndarray, by: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Parameters and start states with one quantity moved; what the model computes from it follows."""
    if name in program.species:
        changed = states.copy()
        changed[:, program.index(name)] += by
        return parameters, changed
    moved = parameters.copy()
    moved[:, program.parameter(name)] += by
    moved = program.complete(moved)
    return moved, program.initial_states(moved)


def _outputs(
    program: Program, parameters: np.ndarray, times: np.ndarray, states: np.ndarray, names: tuple[str, ...]
) -> np.ndarray:
    """[times, cells, outputs]"""
    if not names:
        return states
    return np.stack([program.observe(now, parameters, float(time), names) for time, now in zip(times, states)])
