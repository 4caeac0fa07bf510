"""An independent Cellular Potts sampler: uniform sites, the whole energy from scratch at every attempt.

Written without a look at the kernel's tricks (no border list, no increments,
no ghosts), for small lattices only. One Monte Carlo step is one attempt per
site of the lattice.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit
def energy(labels, kinds, contact, target, stiffness, perimeter_target, perimeter_stiffness, wraps):
    """Contact, volume and perimeter energy of a picture; beyond a closed border lies nothing."""
    n, m = labels.shape
    total = 0.0
    volume = np.zeros(kinds.size)
    perimeter = np.zeros(kinds.size)
    for x in range(n):
        for y in range(m):
            cell = labels[x, y]
            volume[cell] += 1
            for dx in range(-1, 2):
                for dy in range(-1, 2):
                    a, b = x + dx, y + dy
                    if wraps:
                        a, b = a % n, b % m
                    elif a < 0 or b < 0 or a >= n or b >= m:
                        continue
                    if labels[a, b] != cell:
                        total += 0.5 * contact[kinds[cell], kinds[labels[a, b]]]
                        perimeter[cell] += 1
    for cell in range(1, kinds.size):
        total += stiffness * (volume[cell] - target) ** 2
        total += perimeter_stiffness * (perimeter[cell] - perimeter_target) ** 2
    return total


@njit
def activity(labels, ends, x, y, now, memory, wraps):
    """Geometric mean of the remaining activity of a site and its like neighbours, 0 to 1."""
    n, m = labels.shape
    if labels[x, y] == 0:
        return 0.0
    product, number = 1.0, 0
    for dx in range(-1, 2):
        for dy in range(-1, 2):
            a, b = x + dx, y + dy
            if wraps:
                a, b = a % n, b % m
            elif a < 0 or b < 0 or a >= n or b >= m:
                continue
            if labels[a, b] == labels[x, y]:
                product *= max(ends[a, b] - now, 0)
                number += 1
    return product ** (1.0 / number) / memory


@njit
def sample(labels, kinds, contact, target, stiffness, perimeter_target, perimeter_stiffness, strength, memory,
           temperature, wraps, steps, seed):  # fmt: skip
    """Metropolis sampling.   returns [steps, 3]: energy, sites of all cells, sites of cell 1; accepted copies"""
    np.random.seed(seed)  # noqa: NPY002 - numba's own generator, on purpose not the kernel's
    n, m = labels.shape
    ends = np.zeros((n, m), np.int64)
    series = np.zeros((steps, 3))
    accepted = 0
    held = energy(labels, kinds, contact, target, stiffness, perimeter_target, perimeter_stiffness, wraps)
    for now in range(steps):
        for _ in range(n * m):
            x, y = np.random.randint(n), np.random.randint(m)  # noqa: NPY002
            k = np.random.randint(8)  # noqa: NPY002
            k += k >= 4
            a, b = x + k // 3 - 1, y + k % 3 - 1
            if wraps:
                a, b = a % n, b % m
            elif a < 0 or b < 0 or a >= n or b >= m:
                continue
            winner, loser = labels[a, b], labels[x, y]
            if winner == loser:
                continue
            push = activity(labels, ends, a, b, now, memory, wraps) - activity(labels, ends, x, y, now, memory, wraps)
            labels[x, y] = winner
            after = energy(labels, kinds, contact, target, stiffness, perimeter_target, perimeter_stiffness, wraps)
            cost = after - held - strength * push
            if cost <= 0 or np.random.random() < math.exp(-cost / temperature):  # noqa: NPY002
                held = after
                ends[x, y] = now + memory if winner > 0 else 0
                accepted += 1
            else:
                labels[x, y] = loser
        series[now, 0] = held
        series[now, 1] = (labels > 0).sum()
        series[now, 2] = (labels == 1).sum()
    return series, accepted
