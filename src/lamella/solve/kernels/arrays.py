"""A network and a method as the flat arrays that the kernels read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lamella.reactions.lower import Lowered
from lamella.solve.kernels.dense_output import ROWS
from lamella.solve.kernels.interpret import tape_arrays
from lamella.solve.kernels.lanes import LANES
from lamella.solve.kernels.pivoting import LARGEST_DENSE
from lamella.solve.rosenbrock import Method


class NetworkArrays(NamedTuple):
    """`lamella.reactions.lower.Lowered` with slots and entries as offsets in doubles (times LANES).

    Pairs of offsets that are read together lie beside each other.
    """

    order: np.ndarray
    constants: np.ndarray
    rate_runs: np.ndarray
    rate_code: np.ndarray
    slope_runs: np.ndarray
    slope_code: np.ndarray
    balance_first: np.ndarray
    balance_coefficient: np.ndarray
    balance_slot: np.ndarray
    matrix_first: np.ndarray
    matrix_coefficient: np.ndarray
    matrix_slot: np.ndarray
    drift_first: np.ndarray
    drift_coefficient: np.ndarray
    drift_slot: np.ndarray
    product_first: np.ndarray
    products: np.ndarray
    kind: np.ndarray
    lower_first: np.ndarray
    lower_pairs: np.ndarray
    upper_first: np.ndarray
    upper_pairs: np.ndarray
    pivot: np.ndarray
    place: np.ndarray
    watch_runs: np.ndarray
    watch_code: np.ndarray
    watched: np.ndarray
    sizes: np.ndarray
    """states, slots, entries, hoisted, timed, offset of the modes"""
    native: np.ndarray
    """addresses of the machine code in the order of `generate.functions`, or zeros: the tape"""


class MethodArrays(NamedTuple):
    """A Rosenbrock method; `a` and `c` [stages * stages], `dense` [ROWS * stages], `share` the entries of `Share`
    and the least share, `shape` stages and order.
    """

    a: np.ndarray
    c: np.ndarray
    alpha: np.ndarray
    d: np.ndarray
    dense: np.ndarray
    share: np.ndarray
    gamma: float
    shape: np.ndarray


def network_arrays(net: Lowered) -> NetworkArrays:
    lu = net.factorisation
    pairs = lambda x, y: np.stack([x, y], axis=1).ravel().astype(np.int32) * np.int32(LANES)
    sums = lambda s: (s.first, s.coefficient, s.slot * np.int32(LANES))
    return NetworkArrays(
        net.order, net.constants, *tape_arrays(net.rates), *tape_arrays(net.jacobian),
        *sums(net.balance), *sums(net.matrix), *sums(net.drift),
        lu.first, pairs(lu.left, lu.right), np.where(lu.kind >= 0, lu.kind * LANES, lu.kind).astype(np.int32),
        lu.lower_first, pairs(lu.lower_entry, lu.lower_column),
        lu.upper_first, pairs(lu.upper_entry, lu.upper_column), lu.pivot * np.int32(LANES), lu.place,
        *tape_arrays(net.watch), net.watched * LANES,
        np.array([net.size, net.slots, net.entries, net.hoisted, net.timed, net.modes * LANES], dtype=np.int64),
        np.zeros(16, dtype=np.int64),
    )  # fmt: skip


def method_arrays(method: Method, rtol: float) -> MethodArrays:
    dense = np.zeros((ROWS, method.stages))
    dense[: len(method.dense)] = method.dense
    return MethodArrays(
        method.a.ravel().copy(), method.c.ravel().copy(), method.alpha.copy(), method.d.copy(), dense.ravel(),
        np.array([*method.share, method.least_share(rtol)]), method.gamma,
        np.array([method.stages, method.order], dtype=np.int64),
    )  # fmt: skip


def aligned(count: int) -> np.ndarray:
    """[count] zeros that start on a cache line of 64 bytes."""
    raw = np.zeros(count + 8)
    offset = (-raw.ctypes.data // 8) % 8
    return raw[offset : offset + count]


class Workspace(NamedTuple):
    """What one thread computes in.

    slots [slots * LANES], matrix [entries * LANES], stages [stages * states * LANES],
    start [states * LANES], drift [states * LANES], lanes [23 * LANES] (rows: see `step` and `advance`),
    fresh [LANES] whether the cell of a lane is new to it, between [ROWS * states * LANES] of `dense_output`,
    saved [(stages + 1) * states * LANES], and of `pivoting`: dense [states * states], or [0] for networks too large
    for it, rows [states], right [states]
    """

    slots: np.ndarray
    matrix: np.ndarray
    stages: np.ndarray
    start: np.ndarray
    drift: np.ndarray
    lanes: np.ndarray
    fresh: np.ndarray
    between: np.ndarray
    saved: np.ndarray
    dense: np.ndarray
    rows: np.ndarray
    right: np.ndarray


def workspace(net: Lowered, method: Method) -> Workspace:
    n, stages = net.size, method.stages
    vectors = lambda count: aligned(max(count, 1) * LANES)
    return Workspace(
        vectors(net.slots), vectors(net.entries), vectors(stages * n), vectors(n), vectors(n), vectors(23),
        np.zeros(LANES, np.bool_), vectors(ROWS * n), vectors((stages + 1) * n),
        np.zeros(n * n if n <= LARGEST_DENSE else 0), np.zeros(n, np.int64), np.zeros(n),
    )  # fmt: skip
