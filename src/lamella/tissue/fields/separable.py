"""The implicit step of an open dish, solved along its axes one after the other.

Where nothing stands in the way, the couplings and the volumes of the voxels are products of what belongs to each axis,

    A = L0 x M1 x M2 + M0 x L1 x M2 + M0 x M1 x L2 + factor M0 x M1 x M2

(x the Kronecker product, L the couplings along an axis with its walls, M the widths). Two axes are taken apart into
their modes, L v = lambda M v; along the third, the longest, each pair of modes is a chain of voxels, or a ring where
the dish is periodic, that elimination solves. Widths may differ and walls may be baths.

What cells take up is not such a product. It is little beside what the volume holds, so that conjugate gradients that
are shown the way by this solution are through after two or three rounds; `near` says where that can be hoped for. All
in double precision, one thread, sums in fixed order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.kernel import kernel

_MOST_MODES = 256
"""Along the two axes together: the work for a voxel grows with them, and beyond this a multigrid cycle costs less."""
_APART = 2.0
"""Largest over smallest share of uptake in the diagonal with which the rounds are few."""
_STEPS = 8.0
"""Factors per doubling that are told apart: one elimination serves all steps that fall to the same."""
_SWEEPS = 60


class Separable:
    """The step of one open dish as a product over its axes. Build it with `separable`.

    axis       the one along which chains are solved, and the two that are taken apart, of the three of the box
    width      [n] of the voxels along the chains; mass is the product of the widths of the three axes
    coupling   [n] of each voxel of a chain with the next; the last goes round
    wall       [n] further diagonal where the chain meets a bath
    modes      twice [voxels, modes], with v^T M v = 1
    pace       [modes, modes] sum of their eigenvalues
    mass       [box] diagonal without walls; `walls` [box], those
    """

    def __init__(self, axis, width, coupling, wall, modes, pace, mass, walls):
        self.axis, self.width, self.coupling, self.wall = axis, width, coupling, wall
        self.modes, self.pace, self.mass, self.walls = modes, pace, mass, walls
        self._plans: dict[int, tuple[NDArray, NDArray, NDArray]] = {}
        box = mass.shape
        stride = (box[1] * box[2], box[2], 1)
        self._form = np.array([box[d] for d in axis] + [stride[d] for d in axis], np.int64)
        self._ways = tuple(np.ascontiguousarray(v.T) for v in modes)
        self._rooms = np.empty((2, mass.size))

    def near(self, mass: NDArray[np.float64]) -> float | None:
        """Factor with which this comes nearest to a diagonal, or None if that is far.   mass [box], walls included"""
        low, high, mean = shares(mass.reshape(-1), self.walls.reshape(-1), self.mass.reshape(-1))
        return mean if low > 0.0 and high <= _APART * low else None

    def plan(self, factor: float) -> tuple[NDArray, NDArray, NDArray]:
        """Elimination along all chains: multiplier, inverse pivot and closing of the ring.   each [n, modes]

        The factor is rounded, so that a step is solved in the same way whatever was solved before it.
        """
        step = int(np.round(_STEPS * np.log2(factor)))
        if step not in self._plans:
            if len(self._plans) >= 8:
                self._plans.clear()
            own = self.pace.reshape(1, -1) + 2.0 ** (step / _STEPS)
            self._plans[step] = eliminate(own * self.width[:, None], self.coupling, self.wall)
        return self._plans[step]

    @property
    def arrays(self) -> tuple:
        """What `solve_modes` works with: form, modes, ways, coupling, rooms."""
        return self._form, self.modes, self._ways, self.coupling, self._rooms


def separable(couplings, mass, walls) -> Separable | None:
    """What is a product over the axes; None if it is not one, or if it would cost too much.

    couplings   three times [box], as for `Solver`
    mass        [box] diagonal without couplings and walls
    walls       three times [box], further diagonal at the walls of each axis
    """
    box = mass.shape
    order = sorted(range(3), key=lambda d: (-box[d], d))
    along, axes = order[0], sorted(order[1:], key=lambda d: (box[d], d))
    if not (mass > 0.0).all() or not any(c.any() for c in couplings) or box[axes[0]] + box[axes[1]] > _MOST_MODES:
        return None
    scale = float(mass.sum()) ** (2.0 / 3.0)
    width = [mass.sum(axis=tuple(e for e in range(3) if e != d)) / scale for d in range(3)]
    if not _same(mass, width):
        return None
    chains = []
    for d in range(3):
        others = [e for e in range(3) if e != d]
        across = float(width[others[0]].sum() * width[others[1]].sum())
        pair = [values[d].sum(axis=tuple(others)) / across for values in (couplings, walls)]
        for values, own in zip((couplings, walls), pair):
            if not _same(values[d], [own if e == d else width[e] for e in range(3)]):
                return None
        chains.append(pair)
    found = [modes_of(width[d], *chains[d]) for d in axes]
    pace = found[0][0][:, None] + found[1][0][None, :]
    coupling, wall = chains[along]
    return Separable((along, *axes), width[along], coupling, wall, (found[0][1], found[1][1]), pace, mass,
                     np.ascontiguousarray(walls[0] + walls[1] + walls[2]))  # fmt: skip


def _same(values: NDArray, along: list[NDArray]) -> bool:
    """Whether values [box] are the product of what stands along the axes."""
    product = along[0][:, None, None] * along[1][None, :, None] * along[2][None, None, :]
    return bool(np.abs(values - product).max() <= 1e-12 * np.abs(values).max())


def modes_of(width: NDArray, coupling: NDArray, wall: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Eigenvalues [n] and vectors [n, n] of L v = lambda M v along one axis, with v^T M v = 1.

    width      [n], M;   coupling  [n] with the next, the last goes round;   wall  [n]
    """
    n = width.size
    matrix = np.diag(coupling + np.roll(coupling, 1) + wall) if n > 1 else np.diag(wall)
    for here in range(n if n > 1 else 0):
        ahead = (here + 1) % n
        matrix[here, ahead] -= coupling[here]
        matrix[ahead, here] -= coupling[here]
    root = np.sqrt(width)
    matrix /= root[:, None] * root[None, :]
    vectors = np.eye(n)
    rotate_to_diagonal(matrix, vectors, _SWEEPS)
    return np.maximum(np.diag(matrix), 0.0), np.ascontiguousarray(vectors.T / root[:, None])


@kernel
def rotate_to_diagonal(matrix, vectors, most):
    """Eigenvalues of a symmetric matrix onto its diagonal and vectors into rows, by Jacobi's rotations.

    Not LAPACK's: its last digits depend on the number of threads that it finds.
    """
    n = matrix.shape[0]
    size = 0.0
    for i in range(n):
        for j in range(n):
            size += matrix[i, j] * matrix[i, j]
    for _ in range(most):
        off = 0.0
        for i in range(n):
            for j in range(i):
                off += matrix[i, j] * matrix[i, j]
        if off <= 1e-30 * size:
            break
        for p in range(n - 1):
            for q in range(p + 1, n):
                apq = matrix[p, q]
                if apq * apq <= 1e-34 * size:
                    continue
                theta = 0.5 * (matrix[q, q] - matrix[p, p]) / apq
                t = 1.0 / (abs(theta) + np.sqrt(theta * theta + 1.0))
                if theta < 0.0:
                    t = -t
                c = 1.0 / np.sqrt(t * t + 1.0)
                s = t * c
                for k in range(n):
                    a, b = matrix[k, p], matrix[k, q]
                    matrix[k, p], matrix[k, q] = c * a - s * b, s * a + c * b
                for k in range(n):
                    a, b = matrix[p, k], matrix[q, k]
                    matrix[p, k], matrix[q, k] = c * a - s * b, s * a + c * b
                for k in range(n):
                    a, b = vectors[p, k], vectors[q, k]
                    vectors[p, k], vectors[q, k] = c * a - s * b, s * a + c * b


@kernel
def shares(mass, walls, base):
    """Least, largest and mean share of mass without walls over base.   all flat"""
    low, high, total = np.inf, 0.0, 0.0
    for i in range(mass.size):
        share = (mass[i] - walls[i]) / base[i]
        low, high = min(low, share), max(high, share)
        total += share
    return low, high, total / mass.size


@kernel
def eliminate(diagonal, coupling, wall):
    """Elimination along chains; a ring is a chain and a correction at its ends (Sherman & Morrison 1950).

    diagonal   [n, modes] without couplings and walls
    coupling   [n];   wall  [n]
    returns    multiplier, inverse pivot, closing; each [n, modes]
    """
    n, modes = diagonal.shape
    ratio, inverse, closing = np.zeros((n, modes)), np.zeros((n, modes)), np.zeros((n, modes))
    ring = coupling[n - 1]
    for i in range(n):
        before = coupling[i - 1] if i > 0 else ring
        for m in range(modes):
            pivot = diagonal[i, m] + wall[i] + coupling[i] + before
            if i == 0:
                pivot += ring
            if i == n - 1:
                pivot += ring
            if i > 0:
                ratio[i, m] = before * inverse[i - 1, m]
                pivot -= before * ratio[i, m]
            inverse[i, m] = 1.0 / pivot
    if ring > 0.0:
        closing[0, :] -= ring
        closing[n - 1, :] -= ring
        run_chains(closing, coupling, ratio, inverse)
        for m in range(modes):
            closing[:, m] /= 1.0 + closing[0, m] + closing[n - 1, m]
    return ratio, inverse, closing


@kernel
def run_chains(x, coupling, ratio, inverse):
    """Solve along all open chains at once, in place.   x [n, modes]"""
    n, modes = x.shape
    for i in range(1, n):
        row, before, by = x[i], x[i - 1], ratio[i]
        for m in range(modes):
            row[m] += by[m] * before[m]
    last, by = x[n - 1], inverse[n - 1]
    for m in range(modes):
        last[m] *= by[m]
    for i in range(n - 2, -1, -1):
        row, after, by, w = x[i], x[i + 1], inverse[i], coupling[i]
        for m in range(modes):
            row[m] = by[m] * (row[m] + w * after[m])


@kernel
def multiply(a, b, out):
    """out = a b; four rows and four terms at a time keep the processor's registers busy."""
    rows, terms, columns = a.shape[0], a.shape[1], b.shape[1]
    whole_rows, whole_terms = rows - rows % 4, terms - terms % 4
    out[:] = 0.0
    for i in range(0, whole_rows, 4):
        o0, o1, o2, o3 = out[i], out[i + 1], out[i + 2], out[i + 3]
        for k in range(0, whole_terms, 4):
            p, q, r, s = b[k], b[k + 1], b[k + 2], b[k + 3]
            p0, q0, r0, s0 = a[i, k], a[i, k + 1], a[i, k + 2], a[i, k + 3]
            p1, q1, r1, s1 = a[i + 1, k], a[i + 1, k + 1], a[i + 1, k + 2], a[i + 1, k + 3]
            p2, q2, r2, s2 = a[i + 2, k], a[i + 2, k + 1], a[i + 2, k + 2], a[i + 2, k + 3]
            p3, q3, r3, s3 = a[i + 3, k], a[i + 3, k + 1], a[i + 3, k + 2], a[i + 3, k + 3]
            for j in range(columns):
                pj, qj, rj, sj = p[j], q[j], r[j], s[j]
                o0[j] += p0 * pj + q0 * qj + r0 * rj + s0 * sj
                o1[j] += p1 * pj + q1 * qj + r1 * rj + s1 * sj
                o2[j] += p2 * pj + q2 * qj + r2 * rj + s2 * sj
                o3[j] += p3 * pj + q3 * qj + r3 * rj + s3 * sj
    for i in range(rows):
        row = out[i]
        for k in range(whole_terms if i < whole_rows else 0, terms):
            by, of = a[i, k], b[k]
            for j in range(columns):
                row[j] += by * of[j]


@kernel
def solve_modes(right, form, modes, ways, plan, coupling, rooms, out):
    """out = A^-1 right for the product over the axes.   right, out [voxels]

    form         voxels along chains and the two other axes, and the distance between them in memory
    modes, ways  vectors in columns, twice, and the same in rows
    plan         see `eliminate`;   coupling  [n] along the chains
    rooms        [2, voxels] scratch
    """
    n, na, nb, step, step_a, step_b = form[0], form[1], form[2], form[3], form[4], form[5]
    one, two = rooms[0].reshape((n * na, nb)), rooms[1].reshape((n * na, nb))
    for i in range(n):
        for a in range(na):
            row, first = one[i * na + a], i * step + a * step_a
            for b in range(nb):
                row[b] = right[first + b * step_b]
    multiply(one, modes[1], two)
    if na > 1:
        for i in range(n):
            multiply(ways[0], two[i * na : (i + 1) * na], one[i * na : (i + 1) * na])
    else:
        for i in range(n):
            for b in range(nb):
                one[i, b] = two[i, b] * modes[0][0, 0]
    ratio, inverse, closing = plan
    x = rooms[0].reshape((n, na * nb))
    run_chains(x, coupling, ratio, inverse)
    if coupling[n - 1] > 0.0:
        first, last, ends = x[0], x[n - 1], rooms[1]
        for m in range(na * nb):
            ends[m] = first[m] + last[m]
        for i in range(n):
            row, by = x[i], closing[i]
            for m in range(na * nb):
                row[m] -= by[m] * ends[m]
    if na > 1:
        for i in range(n):
            multiply(modes[0], one[i * na : (i + 1) * na], two[i * na : (i + 1) * na])
    else:
        for i in range(n):
            for b in range(nb):
                two[i, b] = one[i, b] * modes[0][0, 0]
    multiply(two, ways[1], one)
    for i in range(n):
        for a in range(na):
            row, first = one[i * na + a], i * step + a * step_a
            for b in range(nb):
                out[first + b * step_b] = row[b]
