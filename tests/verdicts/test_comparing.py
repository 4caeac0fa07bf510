import copy
import json

import pytest
from fakes import RISES, Fake, finding

from lamella.errors import InputError
from lamella.findings import IndexLine
from lamella.store import json_text
from lamella.verdicts import Bench, Replicates, check_one, compare, scorecard

LINE = IndexLine(id="IAP-001", says="a line of words", check=False, module="mapk", kind="experiment",
                 record="a-finding")
UNCHANGED = """[[expect]]
kind = "unchanged"
assay = "fake"
quantity = "level"
relation = "drug ~ control"
band = 1.2
wired = "treated > control"
"""


def card(record, fake):
    """A scorecard as the command prints it."""
    verdict = check_one(record, Bench({"fake": fake.assay}), Replicates(4, 12))
    return json.loads(json_text(scorecard([verdict], [LINE], [record]).to_dict()))


@pytest.fixture(scope="module")
def before():
    return card(finding(RISES + UNCHANGED), Fake({"treated": 1.5}))


def kinds(difference):
    return [change.kind for change in difference.changes]


def test_a_card_does_not_differ_from_itself(before):
    assert compare(before, copy.deepcopy(before)).changes == ()


def test_a_lost_verdict_comes_with_its_claim_its_effect_and_is_worse(before):
    after = card(finding(RISES + UNCHANGED), Fake())
    found = compare(before, after)
    assert {"verdict", "claim", "effect"} <= set(kinds(found))
    assert found.worse
    assert found.of("verdict")[0].what.startswith("holds -> fails")
    assert "1.5" in found.of("effect")[0].what
    gained = compare(after, before)
    assert not gained.worse


@pytest.mark.parametrize(("text", "says"), [
    (RISES + "at_least = 1.05\n" + UNCHANGED, "at_least 1.1 -> 1.05"),
    (RISES + UNCHANGED.replace("1.2", "1.25"), "band 1.2 -> 1.25"),
    (RISES + UNCHANGED + "corollary = true\n", "reported -> own corollary"),
    (RISES, "is no longer expected")])
def test_a_widened_tolerance_shows_first_and_is_worse(before, text, says):
    found = compare(before, card(finding(text), Fake({"treated": 1.5})))
    assert found.changes[0].kind == "widened"
    assert any(says in change.what for change in found.of("widened"))
    assert found.worse


@pytest.mark.parametrize("text", [RISES + "at_least = 1.2\n" + UNCHANGED, RISES + UNCHANGED.replace("1.2", "1.1")])
def test_a_narrowed_tolerance_is_told_and_is_no_harm(before, text):
    found = compare(before, card(finding(text), Fake({"treated": 1.5})))
    assert found.of("narrowed")
    assert not found.of("widened")


def test_terms_of_every_kind_are_watched(before):
    """Whatever loosens: a lower `keeps`, `share` or `low`, a higher `high`."""
    for name, loose, tight in (("keeps", 0.1, 0.5), ("share", 0.2, 0.8), ("low", 1.0, 2.0), ("high", 9.0, 5.0),
                               ("shortest", "1 h", "90 min"), ("longest", "2 d", "20 h"), ("longest", None, "20 h")):
        old, new = copy.deepcopy(before), copy.deepcopy(before)
        old["verdicts"][0]["cells"][0]["expectations"][0]["terms"][name] = tight
        new["verdicts"][0]["cells"][0]["expectations"][0]["terms"][name] = loose
        assert compare(old, new).of("widened"), name
        assert compare(new, old).of("narrowed"), name


def test_changed_arms_roles_and_claims_are_told(before):
    after = copy.deepcopy(before)
    row = after["verdicts"][0]
    row["record"]["arms"]["treated"] = {"knockdown": {"XIAP": 0.5}}
    row["role"] = "check"
    row["claims"] = {}
    found = compare(before, after)
    told = " ".join(change.what for change in found.of("record"))
    for what in ("arm 'treated'", "role calibrate -> check", "no longer serves IAP-001"):
        assert what in told
    turned = compare(after, before)
    assert any(change.worse and "role check -> calibrate" in change.what for change in turned.changes)


def test_records_that_come_and_go_are_told(before):
    none = {**copy.deepcopy(before), "verdicts": []}
    assert compare(before, none).of("record")[0].worse
    assert not compare(none, before).of("record")[0].worse


def test_effects_inside_each_others_intervals_did_not_move(before):
    after = copy.deepcopy(before)
    effect = after["verdicts"][0]["cells"][0]["expectations"][0]["effects"][0]
    effect["ratio"] *= 1.0001
    assert not compare(before, after).of("effect")


def spoilt(card, place, value):
    """A copy of a card with another value at a place."""
    copied = copy.deepcopy(card)
    inside = copied
    for part in place[:-1]:
        inside = inside[part]
    inside[place[-1]] = value
    return copied


FIRST = ("verdicts", 0, "cells", 0, "expectations", 0)


@pytest.mark.parametrize(("place", "value"), [
    (("holds",), 5), (("verdicts",), "abc"), (("verdicts",), [1]), (("verdicts",), [{"id": "a"}]),
    (("totals",), {"of": "many"}), (("verdicts", 0, "record"), {}), (("verdicts", 0, "cells"), {"HeLa": 1}),
    ((*FIRST, "terms", "at_least"), {}), ((*FIRST, "effects", 0, "ratio"), 10**400), ((*FIRST, "effects"), None)])
def test_a_card_with_something_else_in_it_is_refused_with_the_place(before, place, value):
    for cards in ((before, spoilt(before, place, value)), (spoilt(before, place, value), before)):
        with pytest.raises(InputError, match="no scorecard") as refusal:
            compare(*cards)
        assert refusal.value.why.startswith(str(place[0]))


def test_an_effect_without_an_interval_or_of_nothing_is_compared(before):
    place = (*FIRST, "effects", 0)
    effect = {"label": "a", "quantity": "q", "ratio": 0.0, "low": None, "high": 1.0}
    moved = compare(spoilt(before, place, effect), spoilt(before, place, {**effect, "ratio": 2.0}))
    assert moved.of("effect")[0].what == "q, a: 0 -> 2"


@pytest.mark.parametrize("table", [{}, {"totals": {}}, {"verdicts": []}])
def test_what_is_no_scorecard_is_refused(before, table):
    with pytest.raises(InputError, match="no scorecard"):
        compare(before, table)
