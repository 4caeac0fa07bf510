import json

import pytest
from fakes import RISES, Fake, finding

from lamella.assays import ASSAYS
from lamella.findings import get, read_finding
from lamella.networks import assemble
from lamella.verdicts import Bench, mutate
from lamella.verdicts.mutants import DISHES

SMAC, SUMO = "smac-costs-the-ciaps-only", "xiap-keeps-sumo-off-rhogdi"


@pytest.fixture(scope="module")
def test():
    return mutate([get(SMAC), get(SUMO)], Bench(ASSAYS), cells=2)


def of(test, reaction):
    return next(mutant for mutant in test.mutants if mutant.reaction == reaction)


def test_every_reaction_of_the_cell_lines_is_tried_once(test):
    expected = list(dict.fromkeys((*assemble("HCT116").evidence, *assemble("HeLa").evidence)))
    assert sorted(mutant.reaction for mutant in test.mutants) == sorted(expected)


def test_a_reaction_breaks_the_findings_that_need_it(test):
    assert SMAC in of(test, "BIRC2_DIABLO_binding").supported_by
    assert of(test, "ARHGDIA_sumoylation").supported_by == (SUMO,)
    assert of(test, "TLN1_opening_rear").supported_by == ()


def test_reactions_without_support_are_named_and_all_add_up(test):
    table = test.to_dict()
    assert "TLN1_opening_rear" in table["unsupported"]
    assert "ARHGDIA_sumoylation" in table["supported"]
    counts = table["counts"]
    assert counts["supported"] + counts["unsupported"] + counts["undecided"] == counts["of"] == len(test.mutants)
    assert {SMAC, SUMO} == set(test.tried)
    json.dumps(table, allow_nan=False)


def test_a_module_as_a_whole_breaks_what_its_reactions_break(test):
    parts = {part.module: part for part in test.parts}
    assert set(parts) == {mutant.module for mutant in test.mutants}
    assert SUMO in parts["rhogdi"].supported_by
    assert SMAC in parts["iap"].supported_by
    assert parts["calcium"].supported_by == ()


def test_a_finding_that_fails_supports_nothing():
    text = """
schema = 1
id = "wrong"
claim = "More Smac raises cIAP1, which it does not."
source = { review = "oberoi-2013", section = "IAPs", claims = ["IAP-001"] }
role = "calibrate"
cell = "HeLa"
module = "mapk"
kind = "experiment"
second_reading = "Made to be wrong for this test."
[arms]
control = {}
"more Smac" = { overexpression = { DIABLO = 10.0 } }
[[expect]]
assay = "immunoblot"
quantity = "BIRC2.total"
relation = "more Smac > control"
"""
    wrong = read_finding(text, "test.toml")
    test = mutate([wrong], Bench(ASSAYS), cells=1)
    assert test.silent == ("wrong",)
    assert not [mutant for mutant in test.mutants if mutant.breaks]
    right = get(SUMO)
    told = mutate([right], Bench(ASSAYS), cells=1, failing={(SUMO, "HCT116")})
    assert told.silent == (SUMO,)
    assert not told.to_dict()["supported"]


def test_a_tissue_is_tried_only_where_an_exchange_output_moves():
    fake = Fake({"treated": 3.0})
    bench = Bench({"fake": fake.assay})
    record = finding(RISES, id="tissue")
    untried = mutate([record], bench, cells=1)
    assert fake.runs == 0
    moving = [mutant.reaction for mutant in untried.mutants if mutant.untried]
    assert "CDC42_loading_front" in moving
    assert "BIRC7_synthesis" not in moving, "HeLa has none of it"
    assert set(untried.undecided()) == set(moving)
    tried = mutate([record], bench, cells=1, tissue=True)
    assert fake.runs == 2 * DISHES * (1 + len(moving))
    assert not tried.undecided()
    assert tried.unbroken == ("tissue",), "the fake reads no network, so that nothing can break it"


def test_a_tissue_breaks_where_dishes_say_so():
    fake = Fake({"treated": 3.0})
    run = fake.assay.run

    def needs_wave(setting, conditions, progress):
        if "CDC42_loading_front" in setting.without:
            fake.factors = {"treated": 1.0}
        found = run(setting, conditions, progress)
        fake.factors = {"treated": 3.0}
        return found

    object.__setattr__(fake.assay, "run", needs_wave)
    test = mutate([finding(id="tissue")], Bench({"fake": fake.assay}), cells=1, tissue=True)
    assert [mutant.reaction for mutant in test.mutants if mutant.supported_by] == ["CDC42_loading_front"]
