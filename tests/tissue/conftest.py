"""Fixtures of the tests of the tissue."""

import numpy as np
import pytest
from dishes import all_on, blocks


@pytest.fixture(params=["2d periodic", "2d closed", "2d mixed", "3d periodic", "3d closed"])
def dish(request):
    """Dishes of both dimensions, with every term on, cells that touch walls or wrap round, and one obstacle."""
    dimensions, walls = int(request.param[0]), request.param[3:]
    if dimensions == 2:
        labels, obstacle = blocks((30, 26), (4, 4), 6, 0), (slice(26, 29), slice(3, 6))
    else:
        labels, obstacle = blocks((13, 12, 11), (2, 2, 2), 5, 0), (slice(11, 13), slice(3, 6), slice(2, 4))
    mask = np.zeros(labels.shape, bool)
    mask[obstacle] = True
    periodic = {"periodic": (True,) * dimensions, "closed": (False,) * dimensions, "mixed": (True, False)}[walls]
    return all_on(labels, periodic=periodic, obstacles=mask)
