"""Beads and pipettes: what touches a cell at one half for a time."""

import math

import pytest

from lamella.errors import InputError
from lamella.networks import Perturbations, assemble, ligands, resolve

FIBRONECTIN = ligands()["fibronectin"]["density_per_ug_per_ml"]["value"]
MATRIX, MEDIUM = {"fibronectin": "2 ug/ml"}, {"EGF": "1 ng/ml"}


def treatment(cell="HeLa", **perturbations):
    return resolve(assemble(cell), Perturbations(**perturbations), MATRIX, MEDIUM, "arms.a")


def course(found, name):
    """(time, value) of an input, from the start of the assay."""
    return [(-1.0, found.acute.get(name)), *((change.time, change.values.get(name)) for change in found.changes)]


def test_a_bead_adds_to_the_coating_of_its_half_for_its_time():
    found = treatment(bead={"fibronectin": "10 ug/ml at the rear from 1 h until 2 h"})
    assert course(found, "fibronectin_rear") == [
        (-1.0, 2.0 * FIBRONECTIN), (3600.0, pytest.approx(12.0 * FIBRONECTIN)), (7200.0, 2.0 * FIBRONECTIN)]
    assert all(value is None for _, value in course(found, "fibronectin_front"))
    assert found.density == {"fibronectin": 2.0 * FIBRONECTIN}, "the dish is coated as it was"
    assert found.touched(-60.0) == {"fibronectin_rear": 0.0}
    assert found.touched(3600.0) == {"fibronectin_rear": pytest.approx(10.0 * FIBRONECTIN)}
    assert found.touched(7200.0) == {"fibronectin_rear": 0.0}


def test_a_bead_of_a_size_counts_by_its_share_of_the_half():
    found = treatment(bead={"collagen I": "10 ug/ml on 6 um at the front"})
    share = 0.25 * math.pi * 36.0 / assemble("HeLa").parameters["area_front"].value
    per_ug = ligands()["collagen_I"]["density_per_ug_per_ml"]["value"]
    assert found.acute["collagen_I_front"] == pytest.approx(10.0 * per_ug * share)
    whole = treatment(bead={"collagen I": "10 ug/ml on 1 mm at the front"})
    assert whole.acute["collagen_I_front"] == pytest.approx(10.0 * per_ug), "no more than all of the half"


def test_beads_stay_on_cells_that_are_taken_off_the_matrix():
    found = treatment(bead={"fibronectin": "10 ug/ml at the rear from 1 h"}, suspended="from 2 h until 3 h")
    assert [value for _, value in course(found, "fibronectin_rear")] == pytest.approx(
        [2.0 * FIBRONECTIN, 12.0 * FIBRONECTIN, 10.0 * FIBRONECTIN, 12.0 * FIBRONECTIN])


def test_a_pipette_adds_to_the_dose_at_its_half():
    found = treatment(pipette={"EGF": "10 ng/ml at the front until 5 min and 2 ng/ml at the rear from 10 min"})
    dose = treatment(factor={"EGF": "10 ng/ml"}).acute["EGF"]
    assert [value for _, value in course(found, "EGF_front")] == pytest.approx([dose, 0.0, 0.0])
    assert [value for _, value in course(found, "EGF_rear")] == pytest.approx([0.0, 0.0, 0.2 * dose])
    assert "EGF" not in found.acute
    assert found.medium["EGF"] == pytest.approx(0.1 * dose), "the medium is as it was"


def test_an_arm_without_them_is_as_it_was():
    found = treatment(inhibitor={"U0126": "10 uM from 1 h"})
    assert found.spots == ()
    assert found.touched(0.0) == {}
    assert not [name for name in found.acute if name.endswith(("_front", "_rear"))]


@pytest.mark.parametrize(("arm", "message", "remedy"), [
    ({"bead": {"fibronectin": "10 ug/ml"}}, "does not say where it is", "at the rear"),
    ({"bead": {"fibronectin": "10 ug/ml at the top"}}, "does not say where it is", "at the rear"),
    ({"bead": {"fibronectin": "10 km at the rear"}}, "does not convert", "ug/ml"),
    ({"bead": {"fibronectin": "10 ug/ml on 0 um at the rear"}}, "not allowed", ""),
    ({"bead": {"fibronectin": "10 ug/ml on 1e300 um at the rear"}}, "too large", ""),
    ({"island": "1e300 um"}, "too large", ""),
    ({"bead": {"fibronectin": "10 ug/ml at the rear from before"}}, "comes in the course of an assay", "coating"),
    ({"bead": {"fibronectine": "10 ug/ml at the rear"}}, "unknown matrix ligand", "fibronectin"),
    ({"bead": {"P5D2": "10 ug/ml at the rear"}}, "'P5D2' is an antibody", "antibody"),
    ({"bead": {"ICAM-1": "10 ug/ml at the rear"}}, "HeLa has no receptor of ICAM-1", "another ligand"),
    ({"pipette": {"EGF": "10 ng/ml on 5 um at the front"}}, "touches nothing", "front"),
    ({"pipette": {"EGF": "10 ng/ml at the front until 1 h and 1 ng/ml at the rear from 0 h"}}, "same time", "until"),
    ({"pipette": {"TNF": "10 ng/ml at the front"}}, "senses no TNF by place", "one of these"),
    ({"pipette": {"EFG": "10 ng/ml at the front"}}, "unknown soluble factor", "EGF"),
])
def test_what_means_nothing_is_refused_by_name(arm, message, remedy):
    with pytest.raises(InputError, match=message) as caught:
        treatment(**arm)
    assert "arms.a." in caught.value.where
    assert remedy in (caught.value.remedy or "")
