import pytest
from pydantic import ValidationError
from records import record

from lamella.errors import InputError
from lamella.findings import KINDS, Ordering, Required, Saturates


def test_ordering_reads_both_signs():
    rises = Ordering(assay="blot", quantity="q", relation="knock-down + drug > control (a)")
    assert rises.pair.arms == ("knock-down + drug", "control (a)")
    assert rises.pair.direction == 1
    assert Ordering(assay="blot", quantity="q", relation="a < b").pair.direction == -1


@pytest.mark.parametrize("text", ["a > a", "a >b", "a ~ b", "a", "> b", ""])
def test_ordering_refuses_what_is_no_ordering(text):
    with pytest.raises(ValidationError):
        Ordering(assay="blot", quantity="q", relation=text)


def test_a_fraction_below_one_is_no_threshold():
    with pytest.raises(ValidationError):
        Ordering(assay="blot", quantity="q", relation="a > b", at_least=0.9)


def test_required_keeps_the_order_of_arms_as_written():
    lost = Required(kind="required", assay="x", quantity="q", relation="a < b", without="ac / bc")
    assert lost.arms() == ("a", "b", "ac", "bc")
    assert (lost.pair.first, lost.lacking.first) == ("a", "ac")


def test_saturation_happens_inside_the_series():
    with pytest.raises(ValidationError, match="inner arm"):
        Saturates(kind="saturates", assay="x", quantity="q", series=("a", "b", "c"), by="c", band=1.2)


def test_kind_is_an_ordering_unless_said_and_unknown_kinds_are_refused():
    assert record().expect[0].kind == "ordering"
    with pytest.raises(InputError, match=r"expect\.0"):
        record(expect='[[expect]]\nkind = "sings"\nassay = "x"\nquantity = "q"\nrelation = "treated > control"')


def test_every_kind_says_what_it_expects_and_names_its_arms():
    tables = {
        "ordering": {"relation": "a > b"}, "fold": {"relation": "a / b", "low": 1.0, "high": 2.0},
        "unchanged": {"relation": "a ~ b", "band": 1.2, "wired": "c > b"}, "optimum": {"series": ("a", "b", "c")},
        "saturates": {"series": ("a", "b", "c"), "by": "b", "band": 1.2},
        "required": {"relation": "a > b", "without": "ac / c"}, "rescued": {"relation": "a < b", "by": "c"},
        "dissociation": {"relation": "a > b", "stays": "r", "band": 1.2},
        "synergy": {"control": "a", "first": "b", "second": "c", "both": "bc"},
        "pulse": {"arm": "a", "shortest": "5 h"}, "order": {"arm": "a", "then": "r"},
        "association": {"arm": "a", "marker": "XIAP", "sign": "+"},
        "unassociated": {"arm": "a", "marker": "XIAP", "wired": "-DIABLO"}}
    assert set(tables) == set(KINDS)
    for kind, table in tables.items():
        made = KINDS[kind].model_validate({"assay": "x", "quantity": "q", "kind": kind, **table})
        assert "q" in made.says()
        assert {"a"} <= set(made.arms()) <= {"a", "b", "c", "ac", "bc"}
        assert made.quantities()[0] == "q"


@pytest.mark.parametrize(("kind", "table", "says"), [
    ("pulse", {"arm": "a"}, "shortest"), ("pulse", {"arm": "a", "shortest": "5 h", "longest": "2 h"}, "less than"),
    ("pulse", {"arm": "a", "shortest": "5 um"}, "5 um"), ("order", {"arm": "a", "then": "q"}, "another quantity"),
    ("synergy", {"control": "a", "first": "b", "second": "b", "both": "c"}, "four different arms"),
    ("association", {"arm": "a", "marker": "XIAP", "sign": "up"}, r"'\+' or '-'"),
    ("association", {"arm": "a", "marker": "XIAP", "sign": "+", "rho": 1.0}, "less than 1"),
    ("unassociated", {"arm": "a", "marker": "XIAP", "wired": "DIABLO"}, "pattern"),
    ("unassociated", {"arm": "a", "marker": "XIAP", "wired": "-XIAP"}, "another marker")])
def test_what_hangs_not_together_is_refused(kind, table, says):
    with pytest.raises(ValidationError, match=says):
        KINDS[kind].model_validate({"assay": "x", "quantity": "q", "kind": kind, **table})
