"""Contraction of the rear: every site behind the centroid costs the cell energy.

It pulls through bonds, so it scales with the traction of the whole cell; an
unattached cell that contracted would swim.
"""

import math

from lamella.tissue.kernel import term
from lamella.tissue.record import CONTRACTION, MEAN_TRACTION, REAR_FOCUS

MEAN_REAR_2D = 1.0 / math.pi
MEAN_REAR_3D = 0.25


@term
def rear_weight(cosine, focus, mean):
    """Weight of the contraction in a direction; `mean` of max(0, -cos) whatever the focus."""
    return (1.0 - focus) * mean + focus * max(0.0, -cosine)


@term
def contraction_energy(cell, cosine, mean, record):
    """Energy of a site of `cell` in a direction."""
    pull = record[cell, CONTRACTION] * record[cell, MEAN_TRACTION]
    return pull * rear_weight(cosine, record[cell, REAR_FOCUS], mean)


@term
def largest_contraction(cell, mean, record):
    """The most that giving up a site can give back: the early refusal needs it."""
    focus = record[cell, REAR_FOCUS]
    return record[cell, CONTRACTION] * record[cell, MEAN_TRACTION] * ((1.0 - focus) * mean + focus)
