"""What solves the implicit step of a field: by the axes of the dish where it is open, by multigrid where it is not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.fields.multigrid import Multigrid, add_couplings, dot, subtract_product
from lamella.tissue.fields.separable import Separable, separable, solve_modes
from lamella.tissue.kernel import kernel

_MOST_ROUNDS = 40
"""Rounds after which a solution by axes that does not come near is left to multigrid."""
_FINER = 0.01
"""Share of the tolerance that is asked of the axes: what they leave is smooth, and a residual shows little of that."""


class Solver:
    """Both ways for one set of couplings; each is prepared when it is first needed.

    couplings   three times [box]: of each voxel with the next along the axis; the last entry goes round
    mass        [box] least diagonal, couplings left out, that is to be expected
    walls       three times [box], what baths at the walls of each axis add to it; none if not given
    """

    def __init__(self, couplings, mass, walls=None):
        none = np.zeros(mass.shape)
        self._couplings, self._mass = couplings, mass
        self._flat = np.stack([np.ascontiguousarray(c).reshape(-1) for c in couplings])
        self.by_axes: Separable | None = separable(couplings, mass, (none, none, none) if walls is None else walls)
        self._levels: Multigrid | None = None
        self._work: NDArray[np.float64] | None = None

    @property
    def levels(self) -> Multigrid:
        """Multigrid for the same couplings."""
        if self._levels is None:
            self._levels = Multigrid(self._couplings, self._mass)
        return self._levels

    def solve(self, mass, right, x, tolerance: float, most: int) -> tuple[int, float]:
        """Solve for `x`, beginning at what it holds.

        mass        [box] diagonal without the couplings, walls included, positive
        right       [box]
        x           [box] in and out
        tolerance   residual over right side, both as root of the sum of squares
        returns     rounds made, and the residual reached
        """
        made, factor = 0, None if self.by_axes is None else self.by_axes.near(mass)
        if self.by_axes is not None and factor is not None:
            if self._work is None:
                self._work = np.empty((5, mass.size))
            form, modes, ways, coupling, rooms = self.by_axes.arrays
            made, left = gradients_by_axes(
                mass.reshape(-1), right.reshape(-1), x.reshape(-1), np.array(mass.shape), self._flat, self._work, form,
                modes, ways, self.by_axes.plan(factor), coupling, rooms, _FINER * tolerance,
                min(most, _MOST_ROUNDS),
            )  # fmt: skip
            if left <= tolerance:
                return made, left
        rounds, left = self.levels.solve(mass, right, x, tolerance, most)
        return made + rounds, left


@kernel
def gradients_by_axes(
    mass, right, solution, box, couplings, work, form, modes, ways, plan, coupling, rooms, tolerance, most
):
    """Conjugate gradients, shown the way by `solve_modes`. All flat.

    couplings, work   [3, voxels], [5, voxels]
    box               [3] voxels along the axes;   the rest: see `solve_modes`
    """
    shape = (box[0], box[1], box[2])
    w0, w1, w2 = couplings[0].reshape(shape), couplings[1].reshape(shape), couplings[2].reshape(shape)
    rest, way, product, advice, diagonal = work[0], work[1], work[2], work[3], work[4].reshape(shape)
    add_couplings(mass.reshape(shape), w0, w1, w2, diagonal)
    subtract_product(right.reshape(shape), solution.reshape(shape), diagonal, w0, w1, w2, rest.reshape(shape))
    size, left = dot(right, right), dot(rest, rest)
    goal = tolerance * tolerance * size
    before, done = 1.0, 0
    way[:] = 0.0
    while left > goal and done < most:
        solve_modes(rest, form, modes, ways, plan, coupling, rooms, advice)
        along = dot(rest, advice)
        if not along > 0.0:
            break
        share = along / before if done > 0 else 0.0
        for i in range(way.size):
            way[i] = advice[i] + share * way[i]
            advice[i] = 0.0
        subtract_product(advice.reshape(shape), way.reshape(shape), diagonal, w0, w1, w2, product.reshape(shape))
        step = -along / dot(way, product)
        for i in range(way.size):
            solution[i] += step * way[i]
            rest[i] += step * product[i]
        before, left = along, dot(rest, rest)
        done += 1
    return done, np.sqrt(left / size) if size > 0.0 else 0.0
