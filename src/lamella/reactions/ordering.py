"""Elimination order and fill-in of a sparse matrix, worked out once per network.

Pivots stay on the diagonal and are chosen by the smallest Markowitz count
(rows - 1) * (columns - 1); Markowitz 1957, doi:10.1287/mnsc.3.3.255.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable

Pattern = Iterable[tuple[int, int]]


def markowitz_order(size: int, pattern: Pattern) -> list[int]:
    """Order in which to eliminate the unknowns.

    size     number of unknowns
    pattern  (row, column) of the entries that can be nonzero; the diagonal is added
    returns  [size] old number of each new position
    """
    rows = [{i} for i in range(size)]
    columns = [{i} for i in range(size)]
    for i, k in pattern:
        rows[i].add(k)
        columns[k].add(i)

    def cost(i: int) -> tuple[int, int, int]:
        r, c = len(rows[i]), len(columns[i])
        return (r - 1) * (c - 1), r + c, i

    left, order = set(range(size)), []
    while left:
        pivot = min(left, key=cost)
        order.append(pivot)
        left.discard(pivot)
        across, down = rows[pivot] - {pivot}, columns[pivot] - {pivot}
        for i in down:
            rows[i].discard(pivot)
            rows[i] |= across
        for k in across:
            columns[k].discard(pivot)
            columns[k] |= down
    return order


def filled_rows(size: int, pattern: Pattern) -> list[list[int]]:
    """Columns of each row of L + U (the diagonal once), for elimination in natural order."""
    rows: list[set[int]] = [{i} for i in range(size)]
    for i, k in pattern:
        rows[i].add(k)
    for i in range(size):
        heap = [k for k in rows[i] if k < i]
        heapq.heapify(heap)
        while heap:
            k = heapq.heappop(heap)
            for j in rows[k]:
                if j > k and j not in rows[i]:
                    rows[i].add(j)
                    if j < i:
                        heapq.heappush(heap, j)
    return [sorted(row) for row in rows]
