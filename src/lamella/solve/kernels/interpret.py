"""The tape interpreter: one compiled function that runs the expressions of any network, a block of cells at a time."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from lamella.reactions.tape import CODES, Sheet, Tape
from lamella.solve.kernels import lanes as v
from lamella.solve.kernels.compiled import entry, part
from lamella.solve.kernels.lanes import LANES, load, store
from lamella.solve.kernels.lanes import number as at

_ADD, _SUB, _MUL, _DIV, _POW = (CODES[name] for name in ("add", "sub", "mul", "div", "pow"))
_LT, _LE, _EQ, _AND, _OR = (CODES[name] for name in ("lt", "le", "eq", "and", "or"))
_SLOPE, _RATIO, _NEG, _EXP, _LOG = (CODES[name] for name in ("slope", "ratio", "neg", "exp", "log"))
_SQRT, _ABS, _NOT, _FLOOR, _CEIL = (CODES[name] for name in ("sqrt", "abs", "not", "floor", "ceil"))
_SIN, _COS, _TAN, _ASIN, _ACOS, _ATAN = (CODES[name] for name in ("sin", "cos", "tan", "asin", "acos", "atan"))
_SINH, _COSH, _TANH, _ASINH = (CODES[name] for name in ("sinh", "cosh", "tanh", "asinh"))
_ACOSH, _ATANH, _GAMMA, _SELECT = (CODES[name] for name in ("acosh", "atanh", "gamma", "select"))


class TapeArrays(NamedTuple):
    """A tape for the kernels: `runs` [runs, 3] int64 and `code` [instructions * 4] int32, offsets in doubles."""

    runs: np.ndarray
    code: np.ndarray


def tape_arrays(tape: Tape) -> TapeArrays:
    return TapeArrays(tape.runs, np.ascontiguousarray(tape.code * LANES, dtype=np.int32).ravel())


@part
def _scalar(operation, x):
    """Functions that are rare enough to go one lane at a time."""
    if operation == _SIN:
        return math.sin(x)
    if operation == _COS:
        return math.cos(x)
    if operation == _TAN:
        return math.tan(x)
    if operation == _ASIN:
        return math.asin(x) if abs(x) <= 1.0 else math.nan
    if operation == _ACOS:
        return math.acos(x) if abs(x) <= 1.0 else math.nan
    if operation == _ATAN:
        return math.atan(x)
    if operation == _SINH:
        return math.sinh(x)
    if operation == _COSH:
        return math.cosh(x)
    if operation == _TANH:
        return math.tanh(x)
    if operation == _ASINH:
        return math.asinh(x)
    if operation == _ACOSH:
        return math.acosh(x) if x >= 1.0 else math.nan
    if operation == _ATANH:
        return math.atanh(x) if abs(x) < 1.0 else math.copysign(math.inf, x) if abs(x) == 1.0 else math.nan
    return math.gamma(x)


@part
def run_tape(work, runs, code):
    """Execute a tape on the slots of one block of lanes.

    work  [slots * LANES] float64, changed in place
    """
    for r in range(runs.shape[0]):
        operation = runs[r, 0]
        first = runs[r, 1] * 4
        last = runs[r, 2] * 4
        if operation == _MUL:
            for i in range(first, last, 4):
                store(work, at(code, i), v.mul(load(work, at(code, i + 1)), load(work, at(code, i + 2))))
        elif operation == _ADD:
            for i in range(first, last, 4):
                store(work, at(code, i), v.add(load(work, at(code, i + 1)), load(work, at(code, i + 2))))
        elif operation == _SUB:
            for i in range(first, last, 4):
                store(work, at(code, i), v.sub(load(work, at(code, i + 1)), load(work, at(code, i + 2))))
        elif operation == _DIV:
            for i in range(first, last, 4):
                store(work, at(code, i), v.div(load(work, at(code, i + 1)), load(work, at(code, i + 2))))
        elif operation == _NEG:
            for i in range(first, last, 4):
                store(work, at(code, i), v.negative(load(work, at(code, i + 1))))
        elif operation == _POW:
            for i in range(first, last, 4):
                store(work, at(code, i), v.power(load(work, at(code, i + 1)), load(work, at(code, i + 2))))
        elif operation == _SLOPE:
            for i in range(first, last, 4):
                store(work, at(code, i), v.slope(load(work, at(code, i + 1)), load(work, at(code, i + 2))))
        else:
            _run_rest(work, operation, first, last, code)


@part
def _run_rest(work, operation, first, last, code):
    """The operations that networks use seldom, by one dispatch per instruction."""
    for i in range(first, last, 4):
        target = at(code, i)
        x = load(work, at(code, i + 1))
        y = load(work, at(code, i + 2))
        if operation == _EXP:
            store(work, target, v.exponential(x))
        elif operation == _LOG:
            store(work, target, v.logarithm(x))
        elif operation == _SQRT:
            store(work, target, v.root(x))
        elif operation == _RATIO:
            store(work, target, v.ratio(x, y))
        elif operation == _SELECT:
            store(work, target, v.choose(x, y, load(work, at(code, i + 3))))
        elif operation == _LT:
            store(work, target, v.less(x, y))
        elif operation == _LE:
            store(work, target, v.less_equal(x, y))
        elif operation == _EQ:
            store(work, target, v.equal(x, y))
        elif operation == _AND:
            store(work, target, v.smaller(x, y))
        elif operation == _OR:
            store(work, target, v.larger(x, y))
        elif operation == _NOT:
            store(work, target, v.negation(x))
        elif operation == _ABS:
            store(work, target, v.magnitude(x))
        elif operation == _FLOOR:
            store(work, target, v.floor(x))
        elif operation == _CEIL:
            store(work, target, v.ceil(x))
        else:
            source = at(code, i + 1)
            for lane in range(LANES):
                work[target + lane] = _scalar(operation, work[source + lane])


class SheetArrays(NamedTuple):
    """A sheet for the kernels; see `lamella.reactions.tape.Sheet`."""

    runs: np.ndarray
    code: np.ndarray
    constants: np.ndarray
    from_parameters: np.ndarray
    from_states: np.ndarray
    from_stored: np.ndarray
    times: np.ndarray
    to: np.ndarray


def sheet_arrays(sheet: Sheet) -> SheetArrays:
    return SheetArrays(
        *tape_arrays(sheet.tape), sheet.constants, sheet.from_parameters, sheet.from_states, sheet.from_stored,
        sheet.times, sheet.to,
    )  # fmt: skip


@entry
def run_sheet(sheet, states, parameters, stored, time, out, first, last, work):
    """Values of a sheet for the cells `first` to `last`.

    states [cells, species], parameters [cells, parameters], stored [cells, columns], time [cells]
    out    [cells, columns]  written; may be `stored`
    work   [slots * LANES]
    """
    for k in range(sheet.constants.shape[0]):
        for lane in range(LANES):
            work[int(sheet.constants[k, 0]) * LANES + lane] = sheet.constants[k, 1]
    for start in range(first, last, LANES):
        for lane in range(LANES):
            cell = min(start + lane, last - 1)
            for k in range(sheet.from_parameters.shape[0]):
                work[sheet.from_parameters[k, 0] * LANES + lane] = parameters[cell, sheet.from_parameters[k, 1]]
            for k in range(sheet.from_states.shape[0]):
                work[sheet.from_states[k, 0] * LANES + lane] = states[cell, sheet.from_states[k, 1]]
            for k in range(sheet.from_stored.shape[0]):
                work[sheet.from_stored[k, 0] * LANES + lane] = stored[cell, sheet.from_stored[k, 1]]
            for k in range(sheet.times.shape[0]):
                work[sheet.times[k] * LANES + lane] = time[cell]
        run_tape(work, sheet.runs, sheet.code)
        for lane in range(min(LANES, last - start)):
            for k in range(sheet.to.shape[0]):
                out[start + lane, sheet.to[k, 1]] = work[sheet.to[k, 0] * LANES + lane]
