"""The bench: dishes side by side where the assay can, alike ones after each other, kept on disk as they were read."""

import dataclasses

import numpy as np
import pytest
from fakes import Fake, FakeConditions

from lamella.assays.protocol import Readings
from lamella.errors import SolverError
from lamella.networks import Perturbations
from lamella.verdicts import Bench, Plate
from lamella.verdicts.readings import packed, readings, unpacked

MATRIX = {"fibronectin": "10 ug/ml"}


def plate(**arm):
    return Plate("fake", FakeConditions(), "HeLa", Perturbations(**arm), MATRIX, {}, label="arm")


class Batched:
    """A fake that takes replicates together; `breaks` names the one that cannot be advanced."""

    def __init__(self, breaks=None):
        self.fake, self.breaks, self.batches, self.order = Fake({"treated": 2.0}), breaks, [], []
        self.assay = dataclasses.replace(self.fake.assay, tissue=False, batch=self.batch, run=self.run)

    def run(self, setting, conditions, progress):
        if setting.replicate == self.breaks:
            raise SolverError("the network of cell 3 could not be advanced")
        self.order.append(setting)
        return self.fake.assay.run(setting, conditions, progress)

    def batch(self, settings, conditions, progress):
        self.batches.append([setting.replicate for setting in settings])
        return [readings(self.run(setting, conditions, progress)) for setting in settings]


def test_replicates_go_together_and_only_those_that_are_missing():
    batched = Batched()
    bench = Bench({"fake": batched.assay})
    assert bench.run([plate()], 3)
    assert bench.run([plate()], 5)
    assert batched.batches == [[0, 1, 2], [3, 4]]
    alone = Bench({"fake": dataclasses.replace(batched.assay, batch=None)})
    alone.run([plate()], 5)
    np.testing.assert_array_equal(bench.values(plate(), 5, "level", None), alone.values(plate(), 5, "level", None))


def test_one_dish_that_cannot_be_advanced_spoils_no_other():
    bench = Bench({"fake": Batched(breaks=2).assay})
    assert bench.run([plate()], 4)
    assert bench.values(plate(), 2, "level", None).shape == (2,)
    with pytest.raises(SolverError, match="cell 3"):
        bench.values(plate(), 4, "level", None)


def test_plates_whose_cells_grow_alike_follow_each_other():
    batched = Batched()
    bench = Bench({"fake": batched.assay})
    knockdown = {"knockdown": {"XIAP": 0.9}}
    drug = {"inhibitor": {"U0126": "10 uM"}}
    plates = [plate(), plate(**knockdown), plate(**drug), plate(**knockdown, **drug)]
    assert plates[0].growth == plates[2].growth != plates[1].growth == plates[3].growth
    bench.run(plates, 2)
    told = [(bool(s.perturbations.knockdown), bool(s.perturbations.inhibitor)) for s in batched.order[::2]]
    assert told == [(False, False), (False, True), (True, False), (True, True)]


def test_dishes_come_back_from_disk_as_they_were_read(tmp_path):
    batched = Batched()
    first = Bench({"fake": batched.assay}, keep=tmp_path)
    first.run([plate()], 2)
    again = Bench({"fake": batched.assay}, keep=tmp_path)
    assert again.missing([plate()], 3) == {"fake": 1}
    heard = []
    again.run([plate()], 2, lambda one, seconds: heard.append((one.key, seconds)))
    assert heard == [(plate().key, 0.0)] * 2
    assert len(batched.batches) == 1
    for name, at in (("level", None), ("course", "12 h")):
        np.testing.assert_array_equal(again.values(plate(), 2, name, at), first.values(plate(), 2, name, at))


def test_packing_loses_nothing():
    times = np.array([0.0, 1.0, 2.0])
    for read in (Readings(times, {"a": times**2, "b": np.array([1.0, np.nan, np.inf])}, {"c": 0.1, "d": np.nan}),
                 Readings(np.zeros(0), {}, {"c": 0.1}), Readings(times, {"a": times}, {})):
        back = unpacked(packed(read))
        np.testing.assert_array_equal(back.times, read.times)
        assert back.courses.keys() == read.courses.keys()
        assert all(np.array_equal(back.courses[k], v, equal_nan=True) for k, v in read.courses.items())
        np.testing.assert_equal(back.scalars, dict(read.scalars))
