"""Perimeter elasticity.   H = sum over cells of stiffness * (perimeter - target)^2.

The perimeter of a cell is the number of pairs of a site of its own and a
neighbour that is not; walls do not count. Ouchi et al. 2003,
doi:10.1016/S0378-4371(03)00574-0.
"""

from lamella.tissue.kernel import term
from lamella.tissue.record import PERIMETER, PERIMETER_STIFFNESS, TARGET_PERIMETER


@term
def perimeter_change(winner, loser, longer, shorter, record):
    """Energy change when the winner's perimeter grows by `longer` and the loser's by `shorter` (either may be < 0)."""
    gain = longer * (2.0 * (record[winner, PERIMETER] - record[winner, TARGET_PERIMETER]) + longer)
    loss = shorter * (2.0 * (record[loser, PERIMETER] - record[loser, TARGET_PERIMETER]) + shorter)
    return record[winner, PERIMETER_STIFFNESS] * gain + record[loser, PERIMETER_STIFFNESS] * loss
