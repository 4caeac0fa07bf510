"""Elimination order, fill-in and the symbolic LU against dense linear algebra."""

import numpy as np
import pytest

from lamella.reactions import compile_program, read_sbml
from lamella.reactions.ordering import filled_rows, markowitz_order


def _random_pattern(size: int, entries: int, seed: int) -> set[tuple[int, int]]:
    rng = np.random.default_rng(seed)
    return {(int(i), int(k)) for i, k in rng.integers(0, size, (entries, 2))}


@pytest.mark.parametrize("seed", range(5))
def test_elimination_never_leaves_the_pattern(seed):
    size = 30
    pattern = _random_pattern(size, 90, seed)
    order = markowitz_order(size, pattern)
    assert sorted(order) == list(range(size))
    place = {old: new for new, old in enumerate(order)}
    moved = [(place[i], place[k]) for i, k in pattern]
    rows = filled_rows(size, moved)
    matrix = np.eye(size) * 10
    for i, k in moved:
        matrix[i, k] += 1.0
    for k in range(size):
        for i in range(k + 1, size):
            if matrix[i, k]:
                matrix[i, k:] -= matrix[i, k] / matrix[k, k] * matrix[k, k:]
                matrix[i, k] = 1e-300  # marks the entry of L
    allowed = {(i, j) for i, row in enumerate(rows) for j in row}
    assert {(int(i), int(j)) for i, j in zip(*np.nonzero(matrix))} <= allowed


def test_an_arrow_matrix_fills_nothing():
    size = 12
    pattern = {(0, k) for k in range(size)} | {(k, 0) for k in range(size)}
    order = markowitz_order(size, pattern)
    place = {old: new for new, old in enumerate(order)}
    rows = filled_rows(size, [(place[i], place[k]) for i, k in pattern])
    assert sum(map(len, rows)) == 3 * size - 2


def test_only_what_inputs_move_is_computed_again(sbml):
    text = sbml("""model m
      S = 4; k = 3; EGF = 1; K = 2; a = 5
      R: S => ; k^1.5*exp(a)*EGF/(K + EGF)*S; Q: => S; k*a + log(K)
    end""")
    lowered = compile_program(read_sbml(text), inputs=["EGF"]).lowered
    codes = len(lowered.hoist_inputs.tape.code)
    assert 0 < codes < len(lowered.hoist.tape.code)
    assert len(lowered.hoist_inputs.from_parameters) <= 2
