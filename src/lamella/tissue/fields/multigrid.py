"""The implicit step: conjugate gradients with a multigrid cycle as preconditioner.

    diagonal_i c_i - sum over faces of coupling_ij c_j = right_i

is symmetric and its off-diagonal entries are not positive (an M-matrix), so
that a right side without negative entries has a solution without any. Coarse
levels join 2 x 2 (x 2) voxels; their couplings are halved, because centres
are twice as far apart (without it piecewise constant correction falls short
by half). A level on which the couplings are small needs no coarser one.

The cycle only shows the way, so that single precision is enough for it: half
the memory to go through, which is what it spends its time on. Residuals and
the solution are in double precision. One thread, sums in fixed order. Levels
lie one after the other in flat arrays, so that one compiled kernel serves any
number of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.kernel import kernel

_DAMPING = np.float32(0.8)
_LAST_PAIRS = 2
_ENOUGH = 0.2
"""Couplings over mass below which Jacobi alone converges within a few sweeps."""


class Multigrid:
    """Levels for one geometry and one set of couplings.

    couplings   three times [box]: of each voxel with the next along the axis; the last entry goes round
    mass        least diagonal, couplings left out, that is to be expected; tells how many levels are needed
    """

    def __init__(self, couplings: tuple[NDArray[np.float64], ...], mass: NDArray[np.float64]):
        shapes, parts, couple = [couplings[0].shape], [], [np.ascontiguousarray(c) for c in couplings]
        while True:
            parts.append(np.stack([c.ravel() for c in couple]))
            strongest = max(float(c.max()) for c in couple)
            typical = float(np.median(mass[mass > 0.0])) if (mass > 0.0).any() else 1.0
            if strongest < _ENOUGH * typical or max(shapes[-1]) <= 2:
                break
            couple = [_coarse_coupling(c, axis) for axis, c in enumerate(couple)]
            mass = _pooled(mass, range(3))
            shapes.append(couple[0].shape)
        self.shapes = np.array(shapes, np.int64)
        self.start = np.concatenate([[0], np.cumsum(self.shapes.prod(axis=1))])
        self.couplings = parts[0]
        self._rough = np.concatenate(parts, axis=1).astype(np.float32)
        total = int(self.start[-1])
        self._levels = np.zeros((5, total), np.float32)
        self._work = np.zeros((4, int(self.start[1])))

    def solve(self, mass, right, x, tolerance: float, most: int) -> tuple[int, float]:
        """Solve for `x`, beginning at what it holds.

        mass        [box] diagonal without the couplings, positive
        right       [box]
        x           [box] in and out
        tolerance   residual over right side, both as root of the sum of squares
        returns     cycles made, and the residual reached
        """
        return conjugate_gradients(
            mass.ravel(), right.ravel(), x.reshape(-1), self.shapes, self.start, self.couplings, self._rough,
            self._levels, self._work, tolerance, most,
        )  # fmt: skip


def _pooled(values: NDArray, axes) -> NDArray:
    """Sums over pairs along `axes`; an odd one out stays alone."""
    for axis in axes:
        values = np.add.reduceat(values, np.arange(0, values.shape[axis], 2), axis)
    return values


def _coarse_coupling(coupling: NDArray, axis: int) -> NDArray[np.float64]:
    """Couplings between joined voxels: those of the faces between them, halved for twice the distance."""
    last = coupling.shape[axis] - 1
    outer = np.minimum(np.arange(0, last + 1, 2) + 1, last)
    if coupling.shape[axis] <= 2:  # joined with itself
        return np.zeros_like(_pooled(coupling, range(3)))
    faces = 0.5 * coupling.take(outer, axis)
    return _pooled(faces, [d for d in range(3) if d != axis])


@kernel
def add_couplings(mass, w0, w1, w2, diagonal):
    """Diagonal of the matrix: mass and all couplings of the voxel."""
    n0, n1, n2 = mass.shape
    for i in range(n0):
        before_i = i - 1 if i > 0 else n0 - 1
        for j in range(n1):
            before_j = j - 1 if j > 0 else n1 - 1
            for k in range(n2):
                before_k = k - 1 if k > 0 else n2 - 1
                diagonal[i, j, k] = (
                    mass[i, j, k]
                    + (w0[i, j, k] + w0[before_i, j, k])
                    + (w1[i, j, k] + w1[i, before_j, k])
                    + (w2[i, j, k] + w2[i, j, before_k])
                )


@kernel
def subtract_product(right, x, diagonal, w0, w1, w2, out):
    """out = right - A x"""
    n0, n1, n2 = x.shape
    last = n2 - 1
    for i in range(n0):
        after_i = i + 1 if i + 1 < n0 else 0
        before_i = i - 1 if i > 0 else n0 - 1
        for j in range(n1):
            after_j = j + 1 if j + 1 < n1 else 0
            before_j = j - 1 if j > 0 else n1 - 1
            o, c, d, b = out[i, j], x[i, j], diagonal[i, j], right[i, j]
            up, down, w_up, w_down = x[i, after_j], x[i, before_j], w1[i, j], w1[i, before_j]
            for k in range(n2):
                o[k] = b[k] - d[k] * c[k] + w_up[k] * up[k] + w_down[k] * down[k]
            if n0 > 1:
                up, down, w_up, w_down = x[after_i, j], x[before_i, j], w0[i, j], w0[before_i, j]
                for k in range(n2):
                    o[k] += w_up[k] * up[k] + w_down[k] * down[k]
            w = w2[i, j]
            for k in range(1, last):
                o[k] += w[k] * c[k + 1] + w[k - 1] * c[k - 1]
            if last > 0:
                o[0] += w[0] * c[1] + w[last] * c[last]
                o[last] += w[last - 1] * c[last - 1] + w[last] * c[0]


@kernel
def relax(right, x, diagonal, stride, w0, w1, w2, out):
    """One step of damped Jacobi: out = x + stride (right - A x).   stride: damping over diagonal"""
    n0, n1, n2 = x.shape
    last = n2 - 1
    for i in range(n0):
        after_i = i + 1 if i + 1 < n0 else 0
        before_i = i - 1 if i > 0 else n0 - 1
        for j in range(n1):
            after_j = j + 1 if j + 1 < n1 else 0
            before_j = j - 1 if j > 0 else n1 - 1
            o, c, d, b, s, w = out[i, j], x[i, j], diagonal[i, j], right[i, j], stride[i, j], w2[i, j]
            up, down, w_up, w_down = x[i, after_j], x[i, before_j], w1[i, j], w1[i, before_j]
            for k in range(n2):
                o[k] = b[k] - d[k] * c[k] + w_up[k] * up[k] + w_down[k] * down[k]
            if n0 > 1:
                up, down, w_up, w_down = x[after_i, j], x[before_i, j], w0[i, j], w0[before_i, j]
                for k in range(n2):
                    o[k] += w_up[k] * up[k] + w_down[k] * down[k]
            if last > 0:
                o[0] = c[0] + s[0] * (o[0] + w[0] * c[1] + w[last] * c[last])
                o[last] = c[last] + s[last] * (o[last] + w[last - 1] * c[last - 1] + w[last] * c[0])
            else:
                o[0] = c[0] + s[0] * o[0]
            for k in range(1, last):
                o[k] = c[k] + s[k] * (o[k] + w[k] * c[k + 1] + w[k - 1] * c[k - 1])


@kernel
def pool(fine, coarse):
    """Sums over 2 x 2 x 2."""
    coarse[:] = 0
    n0, n1, n2 = fine.shape
    for i in range(n0):
        for j in range(n1):
            row, to = fine[i, j], coarse[i >> 1, j >> 1]
            for k in range(n2 >> 1):
                to[k] += row[2 * k] + row[2 * k + 1]
            if n2 & 1:
                to[n2 >> 1] += row[n2 - 1]


@kernel
def spread(coarse, fine):
    """Add to each voxel what its coarse one holds."""
    n0, n1, n2 = fine.shape
    for i in range(n0):
        for j in range(n1):
            row, of = fine[i, j], coarse[i >> 1, j >> 1]
            for k in range(n2):
                row[k] += of[k >> 1]


@kernel
def cycle(shapes, start, rough, levels):
    """One V-cycle for A x = b from x = 0, on the levels in the flat arrays.

    rough    [3, all] couplings
    levels   [5, all] diagonal, damping over diagonal, x, b, scratch; single precision
    """
    number = shapes.shape[0]
    for level in range(number):
        s, e = start[level], start[level + 1]
        shape = (shapes[level, 0], shapes[level, 1], shapes[level, 2])
        w0, w1, w2 = rough[0, s:e].reshape(shape), rough[1, s:e].reshape(shape), rough[2, s:e].reshape(shape)
        diagonal, stride = levels[0, s:e].reshape(shape), levels[1, s:e].reshape(shape)
        x, b, other = levels[2, s:e].reshape(shape), levels[3, s:e].reshape(shape), levels[4, s:e].reshape(shape)
        from_x, from_b, by = levels[4, s:e], levels[3, s:e], levels[1, s:e]
        for i in range(from_x.size):
            from_x[i] = by[i] * from_b[i]
        relax(b, other, diagonal, stride, w0, w1, w2, x)
        if level == number - 1:
            for _ in range(_LAST_PAIRS):
                relax(b, x, diagonal, stride, w0, w1, w2, other)
                relax(b, other, diagonal, stride, w0, w1, w2, x)
        else:
            subtract_product(b, x, diagonal, w0, w1, w2, other)
            below = (shapes[level + 1, 0], shapes[level + 1, 1], shapes[level + 1, 2])
            pool(other, levels[3, start[level + 1] : start[level + 2]].reshape(below))
    for level in range(number - 2, -1, -1):
        s, e = start[level], start[level + 1]
        shape = (shapes[level, 0], shapes[level, 1], shapes[level, 2])
        below = (shapes[level + 1, 0], shapes[level + 1, 1], shapes[level + 1, 2])
        w0, w1, w2 = rough[0, s:e].reshape(shape), rough[1, s:e].reshape(shape), rough[2, s:e].reshape(shape)
        diagonal, stride = levels[0, s:e].reshape(shape), levels[1, s:e].reshape(shape)
        x, b, other = levels[2, s:e].reshape(shape), levels[3, s:e].reshape(shape), levels[4, s:e].reshape(shape)
        spread(levels[2, start[level + 1] : start[level + 2]].reshape(below), x)
        relax(b, x, diagonal, stride, w0, w1, w2, other)
        relax(b, other, diagonal, stride, w0, w1, w2, x)


@kernel
def dot(a, b):
    """Sum of products, in eight columns: always in the same order, and fast."""
    s0, s1, s2, s3, s4, s5, s6, s7 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    whole = a.size - a.size % 8
    for i in range(0, whole, 8):
        s0 += a[i] * b[i]
        s1 += a[i + 1] * b[i + 1]
        s2 += a[i + 2] * b[i + 2]
        s3 += a[i + 3] * b[i + 3]
        s4 += a[i + 4] * b[i + 4]
        s5 += a[i + 5] * b[i + 5]
        s6 += a[i + 6] * b[i + 6]
        s7 += a[i + 7] * b[i + 7]
    total = ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
    for i in range(whole, a.size):
        total += a[i] * b[i]
    return total


@kernel
def set_levels(mass, shapes, start, rough, levels):
    """Diagonals of all levels; the mass of a joined voxel is the sum of its parts'.   mass [voxels]"""
    levels[4, : mass.size] = mass
    for level in range(shapes.shape[0]):
        s, e = start[level], start[level + 1]
        shape = (shapes[level, 0], shapes[level, 1], shapes[level, 2])
        here = levels[4, s:e].reshape(shape)
        add_couplings(
            here, rough[0, s:e].reshape(shape), rough[1, s:e].reshape(shape), rough[2, s:e].reshape(shape),
            levels[0, s:e].reshape(shape),
        )  # fmt: skip
        diagonal, stride = levels[0, s:e], levels[1, s:e]
        for i in range(diagonal.size):
            stride[i] = _DAMPING / diagonal[i]
        if level + 1 < shapes.shape[0]:
            below = (shapes[level + 1, 0], shapes[level + 1, 1], shapes[level + 1, 2])
            pool(here, levels[4, e : start[level + 2]].reshape(below))


@kernel
def conjugate_gradients(mass, right, solution, shapes, start, couplings, rough, levels, work, tolerance, most):
    """See `Multigrid.solve`. All flat.

    couplings, work   [3, voxels], [4, voxels]
    rough, levels     see `cycle`
    """
    n = start[1]
    shape = (shapes[0, 0], shapes[0, 1], shapes[0, 2])
    w0, w1, w2 = couplings[0].reshape(shape), couplings[1].reshape(shape), couplings[2].reshape(shape)
    rest, way, product, diagonal = work[0], work[1], work[2], work[3].reshape(shape)
    add_couplings(mass.reshape(shape), w0, w1, w2, diagonal)
    set_levels(mass, shapes, start, rough, levels)
    subtract_product(right.reshape(shape), solution.reshape(shape), diagonal, w0, w1, w2, rest.reshape(shape))
    size, left = dot(right, right), dot(rest, rest)
    goal = tolerance * tolerance * size
    nothing = np.zeros(shape)
    way[:] = 0.0
    advice, asked = levels[2, :n], levels[3, :n]
    before, done = 1.0, 0
    while left > goal and done < most:
        scale = 1.0 / np.sqrt(left)  # single precision has no room for very small residuals
        for i in range(n):
            asked[i] = rest[i] * scale
        cycle(shapes, start, rough, levels)
        along = dot(rest, advice)
        if not along > 0.0:
            break
        along /= scale
        share = along / before if done > 0 else 0.0
        for i in range(n):
            way[i] = advice[i] / scale + share * way[i]
        subtract_product(nothing, way.reshape(shape), diagonal, w0, w1, w2, product.reshape(shape))
        step = -along / dot(way, product)
        for i in range(n):
            solution[i] += step * way[i]
            rest[i] += step * product[i]
        before, left = along, dot(rest, rest)
        done += 1
    return done, np.sqrt(left / size) if size > 0.0 else 0.0
