"""An assay as a function."""

import pytest

from lamella.assays.call import run_assay
from lamella.assays.experiment import read_experiment
from lamella.assays.runner import run_units
from lamella.errors import InputError
from lamella.provenance import data_hash
from quick import ASSAYS, QUICK

ARMS = {"control": {}, "knockdown": {"knockdown": {"XIAP": 0.9, "BIRC2": 0.9}},
        "knockdown+drug": {"knockdown": {"XIAP": 0.9, "BIRC2": 0.9}, "inhibitor": {"EHT 1864": "10 uM"}}}


def test_equals_the_file(experiment_file):
    outcome = run_assay(QUICK, cell="HeLa", arms=ARMS, matrix={"fibronectin": "10 ug/ml"}, medium={"EGF": "10 ng/ml"},
                        seed=7, replicates=4, duration="3 h")
    results = run_units(read_experiment(experiment_file(), ASSAYS), ASSAYS)
    assert outcome.hashes["data"] == data_hash(results.datasets, results.tracks)


@pytest.mark.parametrize(("change", "where"), [
    ({"cell": "HeLo"}, "cell"), ({"arms": {"a": {"knockdown": {"XIPA": 1.0}}}}, "arms.a.knockdown.XIPA"),
    ({"durration": "3 h"}, "assays.quick.durration"), ({"duration": "-3 h"}, "assays.quick.duration"),
    ({"replicates": 0}, "replicates"), ({"arms": {}}, "arms"),
])
def test_refuses_as_for_a_file(change, where):
    with pytest.raises(InputError) as caught:
        run_assay(QUICK, **{"cell": "HeLa", "arms": ARMS, **change})
    assert where in caught.value.where
    assert caught.value.remedy


def test_arms_of_two_lines_are_set_against_each_other():
    outcome = QUICK(cell="MEF", arms={"fibroblasts": {}, "leukocytes": {"cell": "neutrophil"}}, replicates=2)
    assert outcome.table()["lines"] == {"leukocytes": "neutrophil"}
    assert {row["arm"] for row in outcome.comparisons} == {"leukocytes"}
    alone = QUICK(cell="MEF", arms={"fibroblasts": {}}, replicates=2)
    assert outcome.hashes["network"] != alone.hashes["network"]
    assert outcome.arms["fibroblasts"]["closure"] == alone.arms["fibroblasts"]["closure"]


def test_an_assay_can_be_called():
    direct = QUICK(cell="HeLa", arms=ARMS, seed=7, replicates=2, duration="3 h")
    assert direct.hashes == run_assay(QUICK, cell="HeLa", arms=ARMS, seed=7, replicates=2, duration="3 h").hashes


def test_the_package_has_its_assays():
    import lamella

    assert lamella.assays.ASSAYS["adhesion"] is lamella.assays.ADHESION
    assert "assays" in dir(lamella)
