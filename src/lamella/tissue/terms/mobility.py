"""Kinetic mobility: the share of copy attempts that a cell makes at all.

The slower of the two cells decides, before any energy is looked at. It sets
how many seconds a Monte Carlo step lasts for a cell and no equilibrium.
"""

from lamella.tissue.kernel import term
from lamella.tissue.record import MOBILITY


@term
def pair_mobility(winner, loser, record):
    """Probability that a copy between the two is attempted; medium never hinders."""
    return min(record[winner, MOBILITY], record[loser, MOBILITY])
