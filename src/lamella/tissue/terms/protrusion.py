"""Protrusion: Act activity x weight along the axis x traction.

A site that a cell has won stays active for `act_memory` MCS; where the
neighbourhood of the source is active, the next site is won more easily
(Niculescu et al. 2015, doi:10.1371/journal.pcbi.1004280). The axis focuses
this on the front and the bonds under the source make it push at all: without
bonds nothing carries the force. Not the difference of an energy.
"""

import math

import numpy as np
from numpy.typing import NDArray

from lamella.tissue.elementary import exp_minus, minus_log
from lamella.tissue.kernel import part, term
from lamella.tissue.machine import activity_product
from lamella.tissue.record import (
    ACT_MEMORY,
    CONTACT_GAIN,
    POLARITY,
    PROTRUSION,
    STRONGEST_PUSH,
    TRACTION_FLOOR,
    TRACTION_HALF,
)
from lamella.tissue.word import ID


def focus_norm(exponent: int, dimensions: int) -> float:
    """Factor that gives max(0, cos)^exponent the mean 1 over all directions."""
    if dimensions == 3:
        return 2.0 * (exponent + 1.0)
    return 2.0 * math.sqrt(math.pi) * math.gamma(exponent / 2 + 1.0) / math.gamma((exponent + 1.0) / 2)


@term
def front_weight(cosine, polarity, exponent, norm):
    """Weight of the protrusion in a direction: mean 1; (1 - polarity) even, the rest focused on the front."""
    if cosine <= 0.0 or polarity == 0.0:
        return 1.0 - polarity
    power = cosine
    for _ in range(exponent - 1):
        power *= cosine
    return 1.0 - polarity + polarity * norm * power


@term
def push_strength(cell, other, record):
    """Strength of protrusion into (or held against) a site of `other`: other cells inhibit, medium does not."""
    return record[cell, PROTRUSION] * (record[cell, CONTACT_GAIN] if other != 0 else 1.0)


@term
def strongest_push(cell, other, record, norm):
    """The most that it can be, straight ahead and fully active: the early refusal needs it."""
    return push_strength(cell, other, record) * (1.0 - record[cell, POLARITY] + record[cell, POLARITY] * norm)


def set_strongest_push(record: NDArray[np.float64], norm: float) -> None:
    """The same for every cell, into medium: the first refusal looks at no other column of the term."""
    record[:, STRONGEST_PUSH] = record[:, PROTRUSION] * (1.0 + record[:, POLARITY] * (norm - 1.0))


@term
def traction(bonds_per_site, cell, record):
    """Share of the force that bonds carry: floor without bonds, one half above it at `traction_half`, 1 with many."""
    floor = record[cell, TRACTION_FLOOR]
    return floor + (1.0 - floor) * bonds_per_site / (bonds_per_site + record[cell, TRACTION_HALF])


@part
def activity_and_grip(site, cell, now, record, word, expiry, bonds, offsets, space):
    """Act activity and traction over the cell's own sites round `site`, itself included.

    returns   product of the shares of their memory for which they stay active, 0 to 1; number of sites; traction.
              The activity is their geometric mean. A product of 27 shares of at least 1/4095 fits a float64
    """
    scale = 1.0 / record[cell, ACT_MEMORY]
    product, own = activity_product(word, expiry, site, space.stride, np.uint32(cell), np.int32(now), scale)
    product = min(product, 1.0)
    if product == 0.0 or record[cell, TRACTION_FLOOR] == 1.0:
        return product, own, 1.0
    total = bonds[site]
    for k in range(offsets.size):
        near = site + offsets[k]
        total += bonds[near] if (word[near] & ID) == cell else 0.0
    return product, own, traction(total / own, cell, record)


@term
def geometric_mean(product, number):
    """`product` to the power of 1 / number, for 0 to 1."""
    if product == 0.0 or product == 1.0:
        return product
    return exp_minus(minus_log(product) / number)


@term
def exceeds(product, number, wanted, strength):
    """Whether `strength` times the geometric mean is greater than `wanted`; powers cost less than roots."""
    if wanted < 0.0 or wanted >= strength:
        return wanted < 0.0
    share = wanted / strength
    power = share
    for _ in range(number - 1):
        power *= share
    return product > power


@term
def reaches(product, number, wanted, strength):
    """Whether `strength` times the geometric mean is at least `wanted`."""
    if wanted <= 0.0 or wanted > strength:
        return wanted <= 0.0
    share = wanted / strength
    power = share
    for _ in range(number - 1):
        power *= share
    return product >= power
