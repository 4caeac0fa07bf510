"""Variants of a network in wells side by side, and the robustness and mutants of what is read there."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import RISES, Fake, finding

from lamella.assays import ASSAYS
from lamella.assays.protocol import Readings
from lamella.errors import InputError, SolverError
from lamella.findings import get
from lamella.verdicts import Bench, by_means, in_wells, mutate, well_robustness
from lamella.verdicts.trial import plates_of
from lamella.verdicts.variants import WHOLE, Variant, VariantBench
from lamella.verdicts.wells import Ask, WellBench

CALCIUM, RAS = "calcium-is-higher-at-the-back", "rac1-strengthens-ras-driven-growth"


def with_cells(name, assay, **conditions):
    record = get(name)
    return record.model_copy(update={"conditions": {**record.conditions, assay: conditions}})


def batched(fake, fails=lambda setting: False):
    """The fake assay with batches; settings for which `fails` cannot be advanced."""
    run, calls = fake.assay.run, []

    def batch(settings, conditions, progress):
        calls.append(len(settings))
        if any(fails(setting) for setting in settings):
            raise SolverError("a cell could not be advanced")
        return [Readings(np.zeros(0), {}, {"level": float(run(setting, conditions, progress)["level"])})
                for setting in settings]
    return replace(fake.assay, tissue=False, batch=batch), calls


def test_variants_are_the_assay_with_their_numbers_and_without_their_reactions():
    record = with_cells(RAS, "proliferation", cells=8, duration="20 h", points=5)
    plate = plates_of(record, record.expect[1], "MCF-10A", bench := Bench(ASSAYS, seed=3))["Ras"]
    scaled, off = {"CCND1_copies": 0.2}, ("CCND1_synthesis",)
    wells = WellBench(ASSAYS, lambda cell: [WHOLE, Variant(scaled), Variant(without=off)], seed=3)
    single = [replace(plate, scaled=scaled), replace(plate, without=off)]
    bench.run([plate, *single], 1)
    assert wells.measured(plate, "origins", None) == pytest.approx(
        [bench.values(one, 1, "origins", None)[0] for one in (plate, *single)], rel=1e-12)


def test_one_cell_is_that_of_median_levels_as_in_blots():
    record = get(RAS)
    plate = plates_of(record, record.expect[0], "MCF-10A", Bench(ASSAYS))["Ras"]
    variants = lambda cell: [WHOLE, Variant({"RAF1_copies": 3.0})]
    wells, lanes = WellBench(ASSAYS, variants, cells=1), VariantBench(variants)
    assert wells.measured(plate, "MAPK1.p", None) == pytest.approx(lanes.measured(plate, "MAPK1.p", None), rel=1e-3)
    assert wells.measured(plate, "MAPK1.p", None, "half time") == pytest.approx(
        lanes.measured(plate, "MAPK1.p", None, "half time"), rel=1e-2)


def test_more_variants_are_added_to_those_that_are_there():
    assay, calls = batched(Fake({"treated": 2.0}, by_member=True))
    record = finding()
    plate = plates_of(record, record.expect[0], "HeLa", Bench({"fake": assay}))["treated"]
    variants = [Variant({"RAC1_copies": 1.0 + n}) for n in range(12)]
    wells = WellBench({"fake": assay}, lambda cell: variants, count=3)
    few = wells.measured(plate, "level", None)
    wells.count = 12
    assert (wells.measured(plate, "level", None)[:3] == few).all()
    assert calls == [3, 9]
    at_once = WellBench({"fake": assay}, lambda cell: variants)
    assert (at_once.measured(plate, "level", None) == wells.measured(plate, "level", None)).all()


def test_a_variant_that_cannot_be_advanced_spoils_no_other():
    assay, _ = batched(Fake(), lambda setting: setting.scaled.get("RAC1_copies") == 4.0)
    record = finding()
    plate = plates_of(record, record.expect[0], "HeLa", Bench({"fake": assay}))["control"]
    wells = WellBench({"fake": assay}, lambda cell: [Variant({"RAC1_copies": float(n)}) for n in range(7)])
    assert np.isnan(wells.measured(plate, "level", None)).tolist() == [False] * 4 + [True] + [False] * 2


def test_what_cannot_lie_side_by_side_and_what_is_not_read_are_refused():
    record = finding()
    fake = Fake()
    plate = plates_of(record, record.expect[0], "HeLa", Bench({"fake": fake.assay}))["control"]
    with pytest.raises(InputError, match="cannot lie side by side"):
        WellBench({"fake": fake.assay}, lambda cell: [WHOLE]).measured(plate, "level", None)
    assay, _ = batched(fake)
    with pytest.raises(InputError, match="reads no 'levle'"):
        WellBench({"fake": assay}, lambda cell: [WHOLE]).run([Ask(plate, "levle")])
    with pytest.raises(InputError, match="needs more than wells"):
        well_robustness([record], Bench({"fake": fake.assay}))


def test_findings_are_told_apart_by_what_they_read():
    assert in_wells(get(CALCIUM), ASSAYS)
    assert by_means(get(CALCIUM), ASSAYS)
    assert in_wells(get(RAS), ASSAYS)
    assert not by_means(get(RAS), ASSAYS), "cells that enter S phase are counted"
    assert not in_wells(get("rac1-accumulates-without-xiap-and-ciap1"), ASSAYS), "blots have lanes of their own"
    assert not in_wells(finding(RISES.replace("fake", "scratch")), ASSAYS)
    assert all(set(assay.means) <= set(assay.readouts) for assay in ASSAYS.values())


def test_means_are_judged_in_one_cell_per_member_whatever_the_threads():
    record = with_cells(CALCIUM, "calcium", points=7)
    one = well_robustness([record], Bench(ASSAYS), members=30)[CALCIUM]
    assert (one.members, one.nominal, one.unsolved) == (30, True, 0)
    assert 0.0 < one.low <= one.stands / 30 <= one.high <= 1.0
    assert one.living is not None
    assert well_robustness([record], Bench(ASSAYS), members=30, threads=2)[CALCIUM] == one


def test_counts_are_judged_with_the_cells_of_the_protocol_until_the_share_is_clear():
    assay, calls = batched(Fake({"treated": 3.0}, by_member=True))
    sure = well_robustness([finding()], Bench({**ASSAYS, "fake": assay}))["a-finding"]
    assert (sure.stands, sure.members, sure.nominal) == (8, 8, True)
    assert calls == [9, 9]
    unsure, calls = batched(Fake({"treated": 1.1}, arm_sd=0.3, by_member=True))
    found = well_robustness([finding()], Bench({**ASSAYS, "fake": unsure}))["a-finding"]
    assert found.members == 24
    assert calls == [9, 9, 8, 8, 8, 8]
    assert found.low < found.stands / 24 < found.high


def test_a_reaction_breaks_what_is_read_in_wells():
    record = get(CALCIUM)
    test = mutate([record], Bench(ASSAYS))
    assert test.tried == (CALCIUM,)
    assert not test.undecided()
    broken = {mutant.reaction for mutant in test.mutants if CALCIUM in mutant.supported_by}
    assert broken
    assert all(record.expect[0].says() == b.expected for m in test.mutants for b in m.breaks)
    assert len(broken) < 0.1 * len(test.mutants)
