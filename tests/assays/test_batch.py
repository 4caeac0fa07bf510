"""Replicates of a blot side by side are those of one after the other, to the bit."""

import numpy as np

from lamella.assays import IMMUNOBLOT, Setting
from lamella.networks import Perturbations


def test_a_batch_gives_the_numbers_of_single_dishes():
    conditions = IMMUNOBLOT.conditions(duration="2 h", points=3, cells=9)
    arm = Perturbations(inhibitor={"U0126": "10 uM from 1 h"})
    settings = [Setting(cell="HeLa", arm="arm", perturbations=arm, matrix={"fibronectin": "10 ug/ml"}, replicate=number)
                for number in (0, 3)]
    assert IMMUNOBLOT.batch is not None
    for setting, read in zip(settings, IMMUNOBLOT.batch(settings, conditions, lambda share: None)):
        dish = IMMUNOBLOT.run(setting, conditions, lambda share: None)
        assert set(read.courses) | set(read.scalars) == {str(name) for name in dish.data_vars}
        assert all(np.array_equal(dish[name].values, values) for name, values in read.courses.items())
        assert all(float(dish[name]) == value for name, value in read.scalars.items())
        assert read.courses["MAPK1.p"][-1] < 0.5 * read.courses["MAPK1.p"][0]
