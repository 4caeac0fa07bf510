from dataclasses import replace

import numpy as np
import pytest
from fakes import RISES, Fake, finding
from scipy import stats

from lamella.assays import ASSAYS
from lamella.culture import constants
from lamella.errors import InputError, ModelError
from lamella.findings import get
from lamella.networks import assemble
from lamella.verdicts import Bench, binomial_interval, factors, population_robustness, tissue_robustness
from lamella.verdicts.ensemble import SPREAD
from lamella.verdicts.robustness import _lives, reference_plate, stands
from lamella.verdicts.trial import plates_of
from lamella.verdicts.variants import WHOLE, Variant, VariantBench

MANY = 4000


@pytest.fixture(scope="module")
def drawn():
    return factors("HeLa", MANY, 1, exchange=True, ranges=False)


def test_factors_are_log_normal_with_the_spread_of_their_grade(drawn):
    rows = assemble("HeLa").parameters
    for grade, spread in SPREAD.items():
        names = [n for n, p in rows.items() if p.grade == grade and not 0.0 < p.value < 1.0 and p.unit != "1"
                 and not p.multiple_of]
        for name in names[:5]:
            logs = np.log(drawn[name])
            assert abs(logs.mean()) < 5 * spread / MANY**0.5
            assert logs.std() == pytest.approx(spread, rel=0.06)


def test_what_is_so_by_construction_and_the_scheme_do_not_vary(drawn):
    rows = assemble("HeLa").parameters
    assert not [name for name in drawn if name in rows and rows[name].grade == "construct"]
    assert not [name for name in drawn if name.startswith(("scale.", "clock.", "shape.focus"))]
    assert {"protrusion.strength", "adhesion.dissipation"} <= drawn.keys()
    assert not [name for name in factors("HeLa", 2, 1, ranges=False) if name in constants()]


def test_shares_stay_shares(drawn):
    for name, row in {**assemble("HeLa").parameters, **{n: constants().row(n) for n in constants()}}.items():
        if name in drawn and name.endswith(("_floor", "_share", ".shared", ".rear_focus", ".polarised")):
            assert (drawn[name] * row.value < 1.0).all(), name
            assert (drawn[name] > 0.0).all()


@pytest.mark.parametrize("name", ["TNFAIP3_by_NFKB", "MYC_basal", "CCND1_by_LEF1"])
def test_what_a_law_subtracts_from_one_stays_below_one(drawn, name):
    value = assemble("HeLa").parameters[name].value
    assert 0.0 < value < 1.0
    assert (drawn[name] * value).max() < 1.0
    assert np.median(drawn[name]) == pytest.approx(1.0, rel=0.05)


def test_a_share_that_is_all_stays_all():
    assert assemble("MEF").parameters["BCL2_basal"].value == 1.0
    assert (factors("MEF", 50, 1, ranges=False)["BCL2_basal"] == 1.0).all()


def test_one_number_has_one_factor_wherever_it_is_used(drawn):
    name = next(n for n in drawn if n.startswith("a5b1_") and f"avb1{n[4:]}" in drawn and not n.endswith("_copies"))
    assert (drawn[name] == drawn[f"avb1{name[4:]}"]).all()
    other = factors("MEF", MANY, 1, ranges=False)
    shared = [n for n in drawn if n in other and not n.endswith("_copies") and assemble("MEF").parameters[n]
              == assemble("HeLa").parameters[n]]
    assert len(shared) > 50
    assert all((drawn[n] == other[n]).all() for n in shared)
    assert (drawn["XIAP_copies"] != other["XIAP_copies"]).any()


def test_members_do_not_depend_on_how_many_there_are(drawn):
    few = factors("HeLa", 10, 1, ranges=False)
    assert all((few[name] == drawn[name][:10]).all() for name in few)


@pytest.mark.parametrize(("successes", "trials"), [(0, 24), (24, 24), (7, 24), (466, 500)])
def test_the_interval_is_exact(successes, trials):
    exact = stats.binomtest(successes, trials).proportion_ci(0.95, method="exact")
    assert binomial_interval(successes, trials) == pytest.approx((exact.low, exact.high))


def test_a_member_is_judged_by_the_size_of_its_effects():
    (ordering,) = finding().expect
    assert stands(ordering, {("level", "treated"): 1.11, ("level", "control"): 1.0}) is True
    assert stands(ordering, {("level", "treated"): 1.09, ("level", "control"): 1.0}) is False
    assert stands(ordering, {("level", "treated"): float("nan"), ("level", "control"): 1.0}) is None
    assert stands(ordering, {("level", "treated"): 0.0, ("level", "control"): 0.0}) is False


RAC1 = "rac1-accumulates-without-xiap-and-ciap1"


def test_a_population_finding_is_judged_in_every_member_whatever_the_threads():
    bench, record = Bench(ASSAYS), get(RAC1)
    one = population_robustness([record], bench, members=30)[RAC1]
    assert one.members == 30
    assert one.nominal
    assert 0 < one.low <= one.stands / 30 <= one.high <= 1.0
    assert population_robustness([record], bench, members=30, threads=2)[RAC1] == one
    assert population_robustness([record], bench, members=30, seed=2)[RAC1].stands != 0


def test_members_that_kill_untreated_cells_are_told_apart():
    """Cells without any relative of Bcl-2 do not live through the reference culture."""
    bench = Bench(ASSAYS)
    lanes = VariantBench(lambda cell: [WHOLE, Variant(scaled={"BCL2_copies": 0.0})],
                         watch=("PARP1_cleaved", "PARP1", "CYCS", "CYCS_mitochondrial"))
    assert _lives(lanes, reference_plate("HeLa", bench)).tolist() == [True, False]
    found = population_robustness([get(RAC1)], bench, members=24)[RAC1]
    living, stands_there = found.living
    assert stands_there <= min(living, found.stands)
    assert 0 < living <= 24
    assert found.to_dict()["living"] == {"stands": stands_there, "of": living}


def test_lanes_agree_with_the_assay_itself():
    """The whole network in one lane of four cells is the blot of the same four cells."""
    record = get(RAC1)
    bench = Bench(ASSAYS, seed=3)
    plate = plates_of(record, record.expect[0], "HeLa", bench)["knockdown"]
    four = type(plate)(plate.assay, plate.conditions.model_copy(update={"cells": 4}), plate.cell, plate.perturbations,
                       plate.matrix, plate.medium)
    bench.run([four], 1)
    (assay,) = bench.values(four, 1, "RAC1.total", None)
    lanes = VariantBench(lambda cell: [WHOLE, Variant(without=("RAC1_synthesis",))], cells=4, seed=3)
    whole, without = lanes.values(plate, "RAC1.total")
    assert whole == pytest.approx(assay, rel=1e-3)
    assert without < 0.2 * whole


def test_scaling_in_a_lane_is_scaling_in_the_assay():
    record = get(RAC1)
    bench = Bench(ASSAYS, seed=3)
    plate = plates_of(record, record.expect[0], "HeLa", bench)["control"]
    scaled = {"RAC1_copies": 2.0}
    two = type(plate)(plate.assay, plate.conditions.model_copy(update={"cells": 2}), plate.cell, plate.perturbations,
                      plate.matrix, plate.medium, scaled=scaled)
    bench.run([two], 1)
    lanes = VariantBench(lambda cell: [WHOLE, Variant(scaled=scaled)], cells=2, seed=3)
    whole, twice = lanes.values(plate, "RAC1.total")
    assert twice == pytest.approx(bench.values(two, 1, "RAC1.total", None)[0], rel=1e-3)
    assert twice > 1.8 * whole


def test_a_tissue_finding_takes_one_dish_per_arm_and_member_and_stops_when_told():
    fake = Fake({"treated": 3.0})
    sure = tissue_robustness(finding(), Bench({"fake": fake.assay}))
    assert (sure.stands, sure.members, sure.unsolved) == (8, 8, 0)
    assert fake.runs == 2 * (8 + 1)
    unsure = Fake({"treated": 1.1}, arm_sd=0.3, by_member=True)
    found = tissue_robustness(finding(), Bench({"fake": unsure.assay}))
    assert found.members == 24
    assert unsure.runs == 2 * (24 + 1)
    assert found.low < found.stands / 24 < found.high


def test_members_of_a_tissue_share_the_seed_and_differ_in_their_numbers():
    seen = []
    fake = Fake({"treated": 3.0})
    run = fake.assay.run

    def noted(setting, conditions, progress):
        seen.append((setting.seed, setting.replicate, setting.scaled.get("protrusion.strength", 1.0)))
        return run(setting, conditions, progress)

    object.__setattr__(fake.assay, "run", noted)
    tissue_robustness(finding(), Bench({"fake": fake.assay}))
    assert {row[:2] for row in seen} == {(1, 0)}
    assert len({row[2] for row in seen}) == 9


def test_arms_of_another_line_are_scaled_by_the_numbers_of_that_line():
    seen = {}
    fake = Fake({"treated": 3.0})
    run = fake.assay.run

    def noted(setting, conditions, progress):
        seen.setdefault(setting.cell, []).append(dict(setting.scaled))
        return run(setting, conditions, progress)

    object.__setattr__(fake.assay, "run", noted)
    two = finding().model_copy(update={"lines": {"treated": "CHO"}})
    tissue_robustness(two, Bench({"fake": fake.assay}))
    assert set(seen) == {"HeLa", "CHO"}
    of_cho = factors("CHO", 24, 1, exchange=True)
    hela, cho = seen["HeLa"][1], seen["CHO"][1]
    assert cho == {name: float(row[0]) for name, row in of_cho.items()}
    assert hela["protrusion.strength"] == cho["protrusion.strength"], "a number has one factor wherever it is used"
    assert hela["RAC1_copies"] != cho["RAC1_copies"], "levels are numbers of one line"


def test_a_finding_with_a_tissue_has_no_population_ensemble():
    with pytest.raises(InputError, match="needs more than blots"):
        population_robustness([finding(RISES.replace("fake", "scratch"))], Bench(ASSAYS), members=2)


def test_reference_lines_are_counted_in_every_member():
    general = get("focal-adhesions-anchor-the-cell")
    found = population_robustness([general], Bench(ASSAYS), members=4)[general.id]
    assert found.nominal
    assert found.stands == found.members, "sites hold cells whatever the numbers"


def test_time_courses_are_judged_in_every_member():
    """How long Erk stays up after EGF, and that Ras comes first: read off the whole course of every lane."""
    text = """[[expect]]
kind = "pulse"
assay = "immunoblot"
quantity = "MAPK1.p"
arm = "treated"
longest = "1 h"

[[expect]]
kind = "order"
assay = "immunoblot"
quantity = "KRAS.gtp"
then = "MAPK1.p"
arm = "treated"
"""
    arms = {"control": {}, "treated": {"factor": {"EGF": "10 ng/ml"}}}
    record = finding(text).model_copy(update={
        "arms": arms, "matrix": {"fibronectin": "10 ug/ml"},
        "conditions": {"immunoblot": {"duration": "2 h", "points": 121, "cells": 2}}})
    bench = Bench(ASSAYS)
    plate = plates_of(record, record.expect[0], "HeLa", bench)["treated"]
    lanes = VariantBench(lambda cell: [WHOLE, Variant(without=("MAPK1_phosphorylation",))], cells=2)
    times, courses = lanes.courses(plate, "MAPK1.p")
    bench.run([plate], 1)
    assert courses.shape == (2, 121)
    assert times[-1] == 7200.0
    assert (courses[1] < 0.05 * courses[0].max()).all()
    found = population_robustness([record], bench, members=3)[record.id]
    assert found.members == 3
    assert found.unsolved == 0


def with_row(monkeypatch, name, **changed):
    """HeLa's network as if a row of its tables were another one."""
    network = assemble("HeLa")
    rows = network.parameters | {name: replace(network.parameters[name], **changed)}
    monkeypatch.setattr("lamella.verdicts.ensemble.assemble", lambda cell: replace(network, parameters=rows))


def test_what_is_known_as_a_multiple_moves_with_that(monkeypatch, drawn):
    one, other = "k_BCAR1", "k_SRC_inactivation"
    with_row(monkeypatch, one, multiple_of=())
    alone = factors("HeLa", MANY, 1, ranges=False)
    with_row(monkeypatch, one, multiple_of=(other,))
    moved = factors("HeLa", MANY, 1, ranges=False)
    np.testing.assert_allclose(moved[one], alone[one] * alone[other])
    assert (moved[other] == alone[other]).all()


def test_a_multiple_of_itself_or_of_nothing_is_refused(monkeypatch):
    with_row(monkeypatch, "k_BCAR1", multiple_of=("k_BCAR1",))
    with pytest.raises(ModelError, match="'k_BCAR1' is a multiple of 'k_BCAR1'"):
        factors("HeLa", 2, 1, ranges=False)
    with_row(monkeypatch, "k_BCAR1", multiple_of=("k_nobody",))
    with pytest.raises(ModelError, match="no such number"):
        factors("HeLa", 2, 1, ranges=False)
