"""Volume elasticity.   H = sum over cells of stiffness * (volume - target)^2."""

from lamella.tissue.kernel import term
from lamella.tissue.record import TARGET_VOLUME, VOLUME, VOLUME_STIFFNESS


@term
def volume_change(winner, loser, record):
    """Energy change when the winner gains and the loser loses one site."""
    gain = 2.0 * (record[winner, VOLUME] - record[winner, TARGET_VOLUME]) + 1.0
    loss = 1.0 - 2.0 * (record[loser, VOLUME] - record[loser, TARGET_VOLUME])
    return record[winner, VOLUME_STIFFNESS] * gain + record[loser, VOLUME_STIFFNESS] * loss
