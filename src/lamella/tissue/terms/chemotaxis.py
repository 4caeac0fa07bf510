"""Chemotaxis: the sites of a cell are worth the more, the more attractant they cover.

H = - sum over sites of strength of the cell * attractant of the site. A negative strength repels. Unlike the rule that
asks for the difference between source and site (Savill & Hogeweg 1997, doi:10.1006/jtbi.1996.0237) this is an energy.
"""

from lamella.tissue.kernel import term
from lamella.tissue.record import CHEMOTAXIS


@term
def chemotaxis_change(site, winner, loser, attractant, record):
    """Energy change if `site` goes to the winner.   attractant [N], or [0] where there is none"""
    if attractant.size == 0:
        return 0.0
    return (record[loser, CHEMOTAXIS] - record[winner, CHEMOTAXIS]) * attractant[site]
