"""The step of one lane with a dense LU and row pivoting: for when the sparse one, which does not pivot, breaks down.

Pivots of the sparse LU stay on the diagonal. They are far from 0 unless a positive feedback cancels 1 / (h gamma);
then digits are lost, or all of them. Rare enough for one lane at a time.
"""

from __future__ import annotations

import math

from lamella.solve.kernels.compiled import part
from lamella.solve.kernels.lanes import LANES

LARGEST_GROWTH = 1e8
"""Largest inverse pivot, over that of a matrix without a network (h gamma): beyond, half of the digits are lost."""

LARGEST_DENSE = 2000
"""States above which there is no dense matrix to fall back on: a shorter step then has to do."""


@part
def dense_factor(lane, net, slots, diagonal, dense, rows):
    """LU of diagonal - J of one lane, with row pivoting.

    slots      hold the derivatives;   diagonal  1 / (h gamma)
    dense      [states * states] out;   rows [states] int64 out, the row that each elimination step took
    returns    whether it succeeded
    """
    n = rows.shape[0]
    for k in range(n * n):
        dense[k] = 0.0
    for e in range(net.kind.shape[0]):
        total = diagonal if net.kind[e] == -2 else 0.0
        for k in range(net.matrix_first[e], net.matrix_first[e + 1]):
            total += net.matrix_coefficient[k] * slots[net.matrix_slot[k] + lane]
        dense[net.place[e]] = total
    for k in range(n):
        best, chosen = 0.0, -1
        for i in range(k, n):
            size = abs(dense[i * n + k])
            if size > best:
                best, chosen = size, i
        if chosen < 0 or not math.isfinite(best):
            return False
        rows[k] = chosen
        if chosen != k:
            for j in range(n):
                dense[k * n + j], dense[chosen * n + j] = dense[chosen * n + j], dense[k * n + j]
        for i in range(k + 1, n):
            if dense[i * n + k] != 0.0:
                share = dense[i * n + k] / dense[k * n + k]
                dense[i * n + k] = share
                for j in range(k + 1, n):
                    dense[i * n + j] -= share * dense[k * n + j]
    return True


@part
def dense_solve(lane, dense, rows, x, right):
    """Solve for one lane.   right [states] its right side, overwritten; x [states * LANES] takes the solution"""
    n = rows.shape[0]
    for k in range(n):
        chosen = rows[k]
        right[k], right[chosen] = right[chosen], right[k]
        for i in range(k + 1, n):
            right[i] -= dense[i * n + k] * right[k]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            right[i] -= dense[i * n + j] * right[j]
        right[i] /= dense[i * n + i]
    for i in range(n):
        x[i * LANES + lane] = right[i]
