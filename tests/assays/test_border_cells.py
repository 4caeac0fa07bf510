"""Border cells of the fly: what guides them, what counts as arrived, and what stops and rescues them."""

import numpy as np

from lamella.assays import BORDER_CELLS, Setting
from lamella.assays.border_cells import guided
from lamella.networks import Perturbations

N17 = {"mutant": {"RAC1": "N17"}}
SMALL = {"clusters": 3, "each": 5, "duration": "5 h", "frame": "1 h", "pictures": 2}


def setting(replicate=0, medium=None, **perturbations):
    arm, laminin = Perturbations(**perturbations), {"laminin": "3 ug/ml"}
    return Setting("border-cell", "arm", arm, laminin, medium or {}, 1, replicate)


def ovary(replicate=0, **perturbations):
    return BORDER_CELLS.run(setting(replicate, **perturbations), BORDER_CELLS.conditions(**SMALL), lambda share: None)


def test_the_oocyte_gives_the_factor_unless_the_arm_does():
    given = guided(setting(medium={"EGF": "1 ng/ml", "HGF": "2 ng/ml"}), "50 ng/ml")
    assert given.perturbations.gradient == {"EGF": "0 ng/ml to 50 ng/ml"}
    assert given.medium == {"HGF": "2 ng/ml"}
    even = setting(factor={"EGF": "5 ng/ml"})
    assert guided(even, "50 ng/ml") is even
    steep = setting(gradient={"EGF": "0 to 1 nM"})
    assert guided(steep, "50 ng/ml") is steep


def test_nobody_has_arrived_at_the_start_and_the_way_is_counted_from_there():
    made = ovary()
    assert float(made["way"][0]) == 0.0
    first = made.labels.values[0]
    assert first.max() > 15
    assert float(made["speed"]) > 0.0
    assert 0.0 <= float(made["arrived"]) <= 1.0
    assert all(np.isfinite(float(made[name])) for name in BORDER_CELLS.readouts)


def test_rac1_that_holds_exchange_factors_stops_clusters_and_profilin_on_diap1_moves_them():
    def way(**perturbations):
        return np.mean([float(ovary(r, **perturbations)["share_of_way"]) for r in range(2)])

    wild, blocked = way(), way(**N17)
    rescued = way(overexpression={"DIAP1": 10.0}, **N17)
    without = way(overexpression={"DIAP1": 10.0}, mutant={"RAC1": "N17", "DIAP1": "profilin-site"})
    assert blocked < 0.8 * wild
    assert rescued > 1.25 * blocked
    assert without < 0.8 * rescued
