"""Nucleus and cell are tied to each other: a spring between their centroids.

H = sum over cells with a nucleus of link * |centroid - centroid of the nucleus|^2: the pull of the cytoskeleton on the
nuclear envelope. It drags the nucleus after the cell, and holds back a cell whose nucleus is stuck.
"""

from lamella.tissue.kernel import term
from lamella.tissue.lattice import nearest
from lamella.tissue.record import LINK, MOMENT, NUCLEUS_PLACE, VOLUME


@term
def lag(cell, d, record, space):
    """How far the centroid of a cell is ahead of its nucleus along axis `d`, through the nearest image."""
    return nearest(record[cell, MOMENT + d] / record[cell, VOLUME] - record[cell, NUCLEUS_PLACE + d], d, space)


@term
def linkage_change(cell, step, record, space):
    """Energy change if the cell's centroid moves against its nucleus.

    step   three floats, see `lattice.centroid_step`; a step of the nucleus counts with the other sign
    """
    if record[cell, LINK] == 0.0:
        return 0.0
    change = 0.0
    for d in range(len(space.shape)):
        change += step[d] * (2.0 * lag(cell, d, record, space) + step[d])
    return record[cell, LINK] * change
