"""Rupture of bonds: a site that is lost takes its bonds with it, and their energy is gone.

Winning a site gives nothing back. This asymmetry makes strong adhesion slow
a cell down; the difference of an energy does not.
"""

from lamella.tissue.kernel import term
from lamella.tissue.record import DISSIPATION


@term
def rupture_cost(loser, bonds, record):
    """Energy dissipated when `loser` gives up a site with `bonds`."""
    return record[loser, DISSIPATION] * bonds
