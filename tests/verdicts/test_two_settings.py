"""Contradictions of the review: nothing but the resolving variable differs, and a sample of them is run.

`python -m verification.contradictions` runs all.
"""

import pytest

from lamella.assays import ASSAYS
from lamella.findings import Contradiction, contradictions
from lamella.verdicts import (
    Bench,
    Outcome,
    Replicates,
    Results,
    Verdict,
    breaches,
    contradiction_rows,
    differences,
    judged,
)

RUN = {one.number: one for one in contradictions() if one.runs}
SAMPLE = (31,)
"""Of MEF, whose network other tests compile too, and far from its line."""
WAITS = Contradiction(number=12, topic="Up here and down there", claims=("INT-001",), variable="the dose", stated=True,
                      waits="a line of intestinal cells")


@pytest.fixture(name="bench", scope="module")
def _bench():
    return Bench(ASSAYS)


@pytest.mark.parametrize("number", RUN)
def test_nothing_but_the_resolving_variable_differs(number):
    assert list(breaches(RUN[number])) == []


def changed(number, place, **arm):
    one = RUN[number]
    settings = list(one.settings)
    settings[place] = settings[place].model_copy(update={"arm": settings[place].arm | arm})
    return one.model_copy(update={"settings": tuple(settings)})


def test_a_second_difference_is_found():
    told = list(breaches(changed(13, 1, knockdown={"TLN1": 0.5})))
    assert told == ["the settings also differ in 'TLN1_expression'"]
    assert differences(changed(13, 1, coating={"vitronectin": "1 ug/ml"})) == ("SHC1_expression", "coating.vitronectin")


def test_settings_without_a_difference_and_patterns_that_hit_nothing_are_found():
    same = RUN[13].model_copy(update={"settings": (RUN[13].settings[0],) * 2})
    assert set(breaches(same)) == {"the settings do not differ in 'SHC1_expression'", "the two settings are the same"}


def test_more_than_three_swapped_levels_are_too_many():
    swaps = dict.fromkeys(("PEA15", "PTK2", "SRC", "TLN1"), "HeLa")
    one = changed(1, 1, level_of=swaps).model_copy(update={"differs": ("*_copies",)})
    assert "4 levels are swapped" in list(breaches(one))


@pytest.mark.parametrize("number", SAMPLE)
def test_a_sample_comes_out_as_the_table_says(number, bench):
    one = RUN[number]
    verdict = judged(one, bench)
    assert verdict.outcome is (Outcome.FAILS if one.fails else Outcome.HOLDS), verdict.reason


def test_a_row_that_expects_the_wrong_thing_fails(bench):
    first, second = RUN[31].settings
    wrong = RUN[31].model_copy(update={"settings": (first.model_copy(update={"expect": "up"}), second)})
    assert judged(wrong, bench).outcome is Outcome.FAILS


def test_the_table_says_what_waits_and_what_nobody_has_run(tmp_path):
    unseen, waiting = contradiction_rows(Results(tmp_path), chosen=[RUN[12], WAITS])
    assert unseen.state == "not judged"
    assert waiting.state == "waits"
    assert WAITS.waits in waiting.reason


@pytest.mark.parametrize("outcome", Outcome)
def test_a_row_has_the_verdict_and_where_it_fails_the_reason_of_the_table(tmp_path, outcome):
    one = RUN[12].model_copy(update={"fails": "The model has this the wrong way round."})
    results, asked = Results(tmp_path), Replicates()
    results.keep(Verdict(one.finding(), outcome, "It went so.", ()),
                 {"seed": 1, "first": asked.first, "most": asked.most})
    (row,) = contradiction_rows(results, chosen=[one])
    assert (row.state, row.reason) == (outcome.value, "It went so.")
    assert row.to_dict()["lacks"] == (one.fails if outcome is Outcome.FAILS else None)


def test_what_goes_wrong_today_changes_no_verdict():
    one = RUN[12].model_copy(update={"fails": "The model has this the wrong way round."})
    assert one.finding().hash() == RUN[12].finding().hash()
