"""Fixtures of the tests of the tissue."""

import numpy as np
import pytest
from dishes import all_on, blocks


@pytest.fixture(
    params=["2d periodic", "2d closed", "2d mixed", "3d periodic", "3d closed", "2d periodic tiles", "2d closed tiles",
            "3d periodic tiles", "3d closed tiles"]
)  # fmt: skip
def dish(request):
    """Dishes of both dimensions, with every term on, cells that touch walls or wrap round, and one obstacle.

    Those in tiles have several of one colour, and cells that lie in more than one tile.
    """
    name, walls, *tiled = request.param.split()
    dimensions = int(name[0])
    if dimensions == 2:
        labels, obstacle = blocks((34, 32) if tiled else (30, 26), (4, 4), 6, 0), (slice(26, 29), slice(3, 6))
    else:
        labels = blocks((33, 12, 17) if tiled else (13, 12, 11), (2, 1 if tiled else 2, 2), 5, 0)
        obstacle = (slice(11, 13), slice(3, 6), slice(2, 4))
    mask = np.zeros(labels.shape, bool)
    mask[obstacle] = True
    periodic = {"periodic": (True,) * dimensions, "closed": (False,) * dimensions, "mixed": (True, False)}[walls]
    return all_on(labels, periodic=periodic, obstacles=mask, tile=(8,) * dimensions if tiled else None)
