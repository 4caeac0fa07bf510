"""Dishes of one arm side by side are those of one after the other, to the bit."""

from dataclasses import replace

import numpy as np
import pytest

from lamella.assays import ASSAYS, Setting
from lamella.networks import Perturbations

SHORT = {
    "immunoblot": {"duration": "2 h", "points": 3, "cells": 9},
    "proliferation": {"duration": "20 h", "points": 5, "cells": 9},
    "viability": {"after": "12 h", "points": 3, "cells": 9},
    "anoikis": {"duration": "12 h", "points": 3, "cells": 9},
    "calcium": {"points": 7, "cells": 5},
    "zymography": {"duration": "6 h", "points": 3, "cells": 5},
}


def test_every_assay_that_takes_dishes_together_is_tried_here():
    assert {name for name, assay in ASSAYS.items() if assay.batch is not None} == SHORT.keys()


@pytest.mark.parametrize("name", SHORT)
def test_a_batch_gives_the_numbers_of_single_dishes(name):
    assay = ASSAYS[name]
    conditions = assay.conditions(**SHORT[name])
    arm = Perturbations(inhibitor={"U0126": "10 uM from 1 h"})
    first = Setting(cell="HeLa", arm="arm", perturbations=arm, matrix={"fibronectin": "10 ug/ml"},
                    medium={"EGF": "10 ng/ml"})  # fmt: skip
    settings = [first, replace(first, replicate=3), replace(first, scaled={"MAPK1_copies": 2.0}),
                replace(first, without=("MAPK1_phosphorylation*",))]  # fmt: skip
    assert assay.batch is not None
    reads = assay.batch(settings, conditions, lambda share: None)
    for setting, read in zip(settings, reads):
        dish = assay.run(setting, conditions, lambda share: None)
        plain = {str(name) for name, values in dish.data_vars.items() if values.dims in ((), ("times",))}
        assert set(read.courses) | set(read.scalars) == plain
        assert all(np.array_equal(dish[name].values, values) for name, values in read.courses.items())
        assert all(np.array_equal(float(dish[name]), value, equal_nan=True) for name, value in read.scalars.items())
    assert len({str(sorted(read.scalars.items())) for read in reads}) > 1


def test_doses_of_a_batch_are_those_of_single_plates():
    assay = ASSAYS["viability"]
    conditions = assay.conditions(agent="doxorubicin", doses=6, lowest="10 nM", after="24 h", points=2, cells=12)
    settings = [Setting(cell="MCF-10A", arm="arm", perturbations=Perturbations(), medium={"EGF": "10 ng/ml"},
                        matrix={"fibronectin": "10 ug/ml"}, replicate=number) for number in (0, 1)]  # fmt: skip
    assert assay.batch is not None
    for setting, read in zip(settings, assay.batch(settings, conditions, lambda share: None)):
        dish = assay.run(setting, conditions, lambda share: None)
        assert read.scalars["left"] < 0.9
        assert all(float(dish[name]) == read.scalars[name] for name in ("ic50", "hill", "left", "surviving"))


def test_drugs_act_in_a_batch():
    conditions = ASSAYS["immunoblot"].conditions(**SHORT["immunoblot"])
    arm = Setting(cell="HeLa", arm="arm", perturbations=Perturbations(inhibitor={"U0126": "10 uM from 1 h"}),
                  matrix={"fibronectin": "10 ug/ml"})  # fmt: skip
    for read in ASSAYS["immunoblot"].batch([arm, replace(arm, replicate=3)], conditions, lambda share: None):
        assert read.courses["MAPK1.p"][-1] < 0.5 * read.courses["MAPK1.p"][0]
