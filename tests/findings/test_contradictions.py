"""What the review says both ways: every row is one experiment or says what it waits for."""

import pytest

from lamella.findings import Contradiction, Library, contradictions, index, lint
from lamella.findings.rules_of_contradictions import ContradictionsAreExperiments

MADE = {
    "number": 1, "topic": "Up here and down there", "claims": ("INT-001",), "variable": "the dose", "stated": True,
    "cell": "HeLa", "quantity": "RAC1.gtp", "effect": {"inhibitor": {"U0126": "10 uM"}}, "differs": ("EGF",),
    "settings": ({"says": "little", "expect": "up"},
                 {"says": "much", "arm": {"factor": {"EGF": "1 nM"}}, "expect": "same"}),
}


def made(**changes):
    return Contradiction.model_validate(MADE | changes)


def complaints(one):
    library = Library((), index(), contradictions=[one])
    return [what for _, what in ContradictionsAreExperiments().breaches(library)]


def test_all_rows_of_the_review_stand_here_in_its_order():
    assert [one.number for one in contradictions()] == list(range(1, 37))
    assert len({one.topic for one in contradictions()}) == 36
    assert not [c for c in lint() if c.rule == "ContradictionsAreExperiments"]
    assert all(one.runs for one in contradictions())


@pytest.mark.parametrize(("changes", "says"), [
    ({}, None),
    ({"claims": ("INT-999",)}, "INT-999"),
    ({"waits": "a line of intestinal cells"}, "experiment too"),
    ({"settings": MADE["settings"][:1]}, "two settings"),
    ({"settings": ({"says": "one", "expect": "up"}, {"says": "two", "expect": "up"})}, "expects the same"),
    ({"quantity": ""}, "nothing that is read"),
    ({"number": 2}, "stands at place 1"),
    ({"settings": ({"says": "one", "expect": "up", "band": 1.1}, MADE["settings"][1])}, "its `band` does nothing"),
    ({"settings": (MADE["settings"][0], MADE["settings"][1] | {"at_least": 2.0})}, "its `at_least` does nothing"),
])
def test_a_row_that_is_no_experiment_is_found(changes, says):
    found = complaints(made(**changes))
    assert (found == []) if says is None else any(says in what for what in found)


def test_a_row_is_a_record_of_two_by_two_arms():
    finding = made().finding()
    assert list(finding.arms) == ["control", "treated, little", "control, much", "treated, much"]
    assert finding.arms["treated, much"] == {"factor": {"EGF": "1 nM"}, "inhibitor": {"U0126": "10 uM"}}
    assert finding.role == "check"
    assert sorted(e.kind for e in finding.expect) == ["ordering", "required"]
    assert finding.expect[1].relation == "treated, little > control"
    assert finding.expect[1].without == "treated, much / control, much"


def test_a_setting_says_how_far_and_how_little():
    settings = ({"says": "little", "expect": "up", "at_least": 3.0},
                {"says": "much", "arm": {"factor": {"EGF": "1 nM"}}, "expect": "same", "band": 1.05, "keeps": 0.01})
    ordering, required = made(settings=settings).finding().expect
    assert ordering.at_least == required.at_least == 3.0
    assert (required.band, required.keeps) == (1.05, 0.01)


def test_a_setting_may_be_where_cells_are():
    flat = {"says": "dish", "conditions": {"dimension": "2D"}, "expect": "same"}
    settings = ({"says": "gel", "expect": "down"}, flat)
    one = made(settings=settings, assay="acini", quantity="growing", differs=("conditions.dimension",))
    finding = one.finding()
    assert list(finding.arms) == ["control", "treated, gel", "control, dish", "treated, dish"]
    assert finding.conditions_of("treated, dish", "acini") == {"dimension": "2D"}
    assert finding.conditions_of("treated, gel", "acini") == {}


def test_where_only_what_is_read_differs_the_dishes_are_the_same():
    settings = ({"says": "gene", "quantity": "MMP9.total", "expect": "up"},
                {"says": "other", "quantity": "MMP13.total", "expect": "same"})
    finding = made(settings=settings, differs=()).finding()
    assert list(finding.arms) == ["control", "treated"]
    assert [e.kind for e in finding.expect] == ["ordering", "dissociation"]


def test_a_setting_and_an_effect_that_set_the_same_thing_are_refused():
    with pytest.raises(ValueError, match="by the setting and by the effect"):
        made(effect={"factor": {"EGF": "2 nM"}}).finding()
