"""States between the ends of a step, without steps of their own.

    y(t + theta h) = (1 - theta) y0 + theta (y1 + (1 - theta) (d0 + theta (d1 + theta d2))),    d_r = sum_j H_rj u_j

with the stages u_j of the step; the continuous solution of RODAS (Hairer & Wanner, Solving Ordinary Differential
Equations II, section IV.7), one power higher for Rodas5P (Steinebach 2023).
"""

from __future__ import annotations

from lamella.solve.kernels import lanes as v
from lamella.solve.kernels.compiled import part
from lamella.solve.kernels.lanes import LANES

ROWS = 3
"""Rows of H; a method of lower order leaves the last one 0."""


@part
def interpolants(n, count, table, stages, out):
    """d_r of every state and lane.

    n, count   states, stages;   table [ROWS * stages] H
    stages     [stages * states * LANES];   out [ROWS * states * LANES]
    """
    for r in range(ROWS):
        for i in range(n):
            total = v.fill(0.0)
            for j in range(count):
                total = v.fused(v.spread(table, r * count + j), v.load(stages, (j * n + i) * LANES), total)
            v.store(out, (r * n + i) * LANES, total)


@part
def record(lane, theta, order, start, end, between, out):
    """One cell's states at a share `theta` of the step.

    order    [states] species of each state;   start, end [states * LANES];   between  of `interpolants`
    out      [species] written
    """
    n = order.shape[0]
    rest = 1.0 - theta
    for i in range(n):
        at = i * LANES + lane
        d = between[2 * n * LANES + at]
        d = between[n * LANES + at] + theta * d
        d = between[at] + theta * d
        out[order[i]] = rest * start[at] + theta * (end[at] + rest * d)
