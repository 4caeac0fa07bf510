"""Granule neurons at the rhombic lip: where they stand, what they hold on to, and Rac1 that XIAP takes away."""

import numpy as np

from lamella.assays import GRANULE_NEURONS, Setting
from lamella.networks import Perturbations

SMALL = {"cells": 24, "duration": "6 h", "frame": "1 h", "way": "100 um", "pictures": 2}


def lip(replicate=0, duration="6 h", **perturbations):
    setting = Setting("granule-neuron", "arm", Perturbations(**perturbations), {"laminin": "6 ug/ml"},
                      {"EGF": "10 ng/ml"}, 1, replicate)  # fmt: skip
    conditions = GRANULE_NEURONS.conditions(**SMALL | {"duration": duration})
    return GRANULE_NEURONS.run(setting, conditions, lambda share: None)


def test_the_layer_stands_between_ventricle_and_substrate_and_leaves_towards_the_substrate():
    made = lip()
    ventricle, thick = made.attrs["ventricle_um"], made.attrs["lip_um"]
    start = made.track_time_s.to_numpy() == 0.0
    x = made.track_x_um.to_numpy()
    assert x[start].min() > ventricle - 3.0
    assert x[start].max() < ventricle + thick + 3.0
    assert float(made["displacement"]) > 3.0
    assert float(made["misplaced"]) < 0.1


def test_xiap_costs_rac1_polarity_and_the_way_out_and_rac1_brings_them_back():
    wild, lost, back = ([lip(r, "10 h", overexpression=more) for r in range(4)]
                        for more in ({}, {"XIAP": 10.0}, {"XIAP": 10.0, "RAC1": 5.0}))  # fmt: skip

    def mean(dishes, name):
        return np.mean([float(dish[name]) for dish in dishes])

    for name in ("polarity", "displacement"):
        assert mean(lost, name) < 0.85 * mean(wild, name)
        assert mean(back, name) > 1.15 * mean(lost, name)
    assert mean(lost, "rac1_total") < 0.5 * mean(wild, "rac1_total")
    assert 1.0 - mean(lost, "clustered") < 0.7 * (1.0 - mean(wild, "clustered")), "fewer leave the layer"
