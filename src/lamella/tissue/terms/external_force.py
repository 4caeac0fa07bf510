"""A force that drags a cell: gravity, flow, an optical trap, a microneedle.

H = - sum over cells of force . centroid, in energy per site of displacement.
The force acts on the cell as a whole: what a copy gains is how far it moves the
centroid.
"""

from lamella.tissue.kernel import term
from lamella.tissue.record import FORCE


@term
def force_change(cell, step, record):
    """Energy change if the centroid of `cell` moves.   step: three floats, see `lattice.centroid_step`"""
    gain = record[cell, FORCE] * step[0] + record[cell, FORCE + 1] * step[1]
    return -(gain + record[cell, FORCE + 2] * step[2])
