import json

import pytest
from fakes import RISES, Fake, finding

from lamella.assays import ASSAYS
from lamella.errors import InputError, SolverError
from lamella.findings import IndexLine, read_finding
from lamella.verdicts import Bench, ModelNames, Outcome, Replicates, check_one, is_population, scorecard

COROLLARY = RISES.replace("treated > control", "drug > control") + "corollary = true\n"


def verdict_of(record, fake, **options):
    return check_one(record, Bench({"fake": fake.assay}, **options), Replicates(4, 12))


def test_a_true_finding_holds_with_its_effect_and_values():
    verdict = verdict_of(finding(), Fake({"treated": 1.5}))
    assert verdict.outcome is Outcome.HOLDS
    (expectation,) = verdict.cells[0].expectations
    (effect,) = expectation.effects
    assert effect.low < 1.5 < effect.high
    assert len(expectation.values["level"]["treated"]) == effect.replicates
    assert "treated / control" in verdict.reason


def test_a_null_finding_fails_with_a_reason():
    verdict = verdict_of(finding(), Fake())
    assert verdict.outcome is Outcome.FAILS
    assert "less than 1.1" in verdict.reason


def test_clear_effects_cost_the_first_look_and_narrow_ones_all():
    clear, narrow = Fake({"treated": 3.0}), Fake({"treated": 1.1}, arm_sd=0.1)
    verdict_of(finding(), clear)
    verdict_of(finding(), narrow)
    assert (clear.runs, narrow.runs) == (2 * 4, 2 * 12)


def test_arms_that_findings_share_are_computed_once():
    fake = Fake({"treated": 3.0})
    bench = Bench({"fake": fake.assay})
    for name in ("one", "two"):
        check_one(finding(id=name), bench, Replicates(4, 4))
    assert fake.runs == 2 * 4


def test_threads_do_not_change_a_verdict():
    one = verdict_of(finding(), Fake({"treated": 1.3}), threads=1).to_dict()
    assert one == verdict_of(finding(), Fake({"treated": 1.3}), threads=4).to_dict()


def test_a_corollary_does_not_decide_the_finding():
    verdict = verdict_of(finding(RISES + COROLLARY), Fake({"treated": 1.5}))
    assert verdict.outcome is Outcome.HOLDS
    assert verdict.corollary() is Outcome.FAILS
    assert verdict_of(finding(), Fake({"treated": 1.5})).corollary() is None


def test_claims_of_one_record_are_judged_apart():
    two = RISES + 'claims = ["IAP-001"]\n' + RISES.replace("treated", "drug") + 'claims = ["IAP-002"]\n'
    verdict = verdict_of(finding(two, claims='"IAP-001", "IAP-002"'), Fake({"treated": 1.5}))
    assert verdict.outcome is Outcome.FAILS
    assert (verdict.claim("IAP-001"), verdict.claim("IAP-002")) == (Outcome.HOLDS, Outcome.FAILS)


@pytest.mark.parametrize(("record", "says"), [
    (finding(RISES.replace("fake", "angiogenesis")), "no assay 'angiogenesis'"),
    (finding(cell='"A431"'), "A431 is not built"),
    (finding(RISES.replace("level", "lvel")), "reads no 'lvel'"),
])
def test_what_is_missing_is_not_applicable_and_named(record, says):
    verdict = verdict_of(record, Fake())
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert says in verdict.reason


def test_scaling_a_gene_that_the_line_lacks_is_not_applicable():
    assert "does not express BIRC7" in ModelNames({}).absent("HeLa", {"overexpression": {"BIRC7": 10.0}})
    assert ModelNames({}).absent("HeLa", {"overexpression": {"XIAP": 10.0}}) is None


def test_several_lines_must_all_show_it():
    fake = Fake({"treated": 1.5})
    assert verdict_of(finding(cell='["HeLa", "MEF"]'), fake).outcome is Outcome.HOLDS
    missing = verdict_of(finding(cell='["HeLa", "NoLine"]'), fake)
    assert missing.outcome is Outcome.NOT_APPLICABLE
    assert missing.reason.startswith("NoLine")


def test_three_of_four_reference_lines():
    general = finding(cell='"fixed reference lines"')
    verdict = verdict_of(general, Fake({"treated": 1.5}))
    held = [cell for cell in verdict.cells if cell.outcome is Outcome.HOLDS]
    assert verdict.outcome is (Outcome.HOLDS if len(held) >= 3 else Outcome.NOT_APPLICABLE)
    assert verdict_of(general, Fake()).outcome is Outcome.FAILS
    assert "Three of four reference lines" in verdict.reason


def test_a_time_course_is_read_at_its_time():
    at = RISES.replace('"level"', '"course"') + 'at = "{}"\n'
    bench = Bench({"fake": Fake({"treated": 3.0}, dish_sd=0.0).assay})
    half = check_one(finding(at.format("12 h")), bench, Replicates(4, 4)).cells[0].expectations[0]
    whole = check_one(finding(at.format("1440 min")), bench, Replicates(4, 4)).cells[0].expectations[0]
    assert whole.values["course"]["control"][0] == pytest.approx(2.0 * half.values["course"]["control"][0])
    between = check_one(finding(at.format("7 h")), bench, Replicates(4, 4))
    assert between.outcome is Outcome.NOT_APPLICABLE
    assert "7 h" in between.reason
    late = check_one(finding(at.format("30 h")), bench, Replicates(4, 4))
    assert late.outcome is Outcome.NOT_APPLICABLE
    assert "30 h" in late.reason


def test_a_dish_that_cannot_be_run_is_not_applicable():
    fake = Fake()

    def broken(setting, conditions, progress):
        raise SolverError("the network of cell 3 could not be advanced")

    object.__setattr__(fake.assay, "run", broken)
    verdict = verdict_of(finding(), fake)
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert "cell 3" in verdict.reason


def test_nothing_in_every_arm_is_not_applicable():
    verdict = verdict_of(finding(), Fake({"treated": 0.0, "control": 0.0}))
    assert verdict.outcome is Outcome.NOT_APPLICABLE


def test_an_arm_with_nothing_left_is_a_large_effect():
    assert verdict_of(finding(RISES.replace(">", "<")), Fake({"treated": 0.0})).outcome is Outcome.HOLDS


def test_population_findings_are_those_of_blots():
    blot = RISES.replace('"fake"', '"immunoblot"')
    assert is_population(finding(blot))
    assert not is_population(finding(blot + RISES.replace('"fake"', '"scratch"')))


def test_too_few_replicates_are_refused():
    with pytest.raises(InputError, match="cannot be judged"):
        Replicates(1, 4)
    assert Replicates(4, 10).looks() == (4, 8, 10)


def index_line(claim, record):
    return IndexLine(id=claim, says="a line of words", check=int(claim[4:]) % 3 == 0, module="mapk", kind="experiment",
                     record=record)


def test_the_scorecard_counts_every_claim_once_with_its_denominator():
    two = finding(RISES + COROLLARY)
    lines = [index_line("IAP-001", "a-finding"), index_line("IAP-003", "other"), index_line("INT-002", "open")]
    card = scorecard([verdict_of(two, Fake({"treated": 1.5}))], lines, [two])
    table = card.to_dict()
    assert table["totals"] == {"holds": 1, "fails": 0, "not_applicable": 0, "open": 2, "of": 3}
    assert (table["holds"], table["open"], table["unjudged"]) == (["IAP-001"], ["IAP-003", "INT-002"], ["IAP-003"])
    assert table["by_review"]["brakebusch-2002"]["of"] == 1
    assert table["by_role"]["check"]["of"] == 1
    assert table["corollaries"] == {"holds": 0, "fails": 1, "not_applicable": 0, "of": 1}
    assert table["records"]["calibrate"]["holds"] == 1
    json.dumps(table, allow_nan=False)


def test_the_scorecard_of_the_package_holds_all_claims():
    table = scorecard([]).to_dict()
    assert sum(len(table[state]) for state in ("holds", "fails", "not_applicable", "open")) == 551
    assert len({claim for state in ("holds", "fails", "not_applicable", "open") for claim in table[state]}) == 551
    for group in ("role", "review", "module", "kind", "blind", "inhibition"):
        assert sum(row["of"] for row in table[f"by_{group}"].values()) == 551


FLIP = """
schema = 1
id = "flip"
claim = "Loss of XIAP raises SUMO on RhoGDI where RhoGDI can be sumoylated, and not elsewhere."
source = { review = "oberoi-2013", section = "IAPs", claims = ["IAP-001"] }
role = "calibrate"
cell = "HeLa"
module = "mapk"
kind = "context"
protocol = "on-fibronectin"
second_reading = "One level of the other line, swapped into one background."
[arms]
control = { level_of = { ARHGDIA_sumo_capacity = "HCT116" } }
loss = { level_of = { ARHGDIA_sumo_capacity = "HCT116" }, knockout = ["XIAP"] }
own = { overexpression = { XIAP = 1.0 } }
[[expect]]
assay = "immunoblot"
quantity = "ARHGDIA.sumo"
relation = "loss > control"
[[expect]]
assay = "immunoblot"
quantity = "ARHGDIA.sumo"
relation = "own < control"
"""


def test_a_level_swapped_into_one_background_makes_the_difference():
    """The rule for claims whose sign hangs on the cell type, with the package's own assay and networks."""
    record = read_finding(FLIP, "test.toml")
    verdict = check_one(record, Bench(ASSAYS), Replicates(2, 2))
    assert [e.outcome for e in verdict.cells[0].expectations] == [Outcome.HOLDS, Outcome.HOLDS]
