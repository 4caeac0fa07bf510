import io
import json

import pytest
from fakes import RISES, Fake, finding
from rich.console import Console

from lamella.errors import InputError
from lamella.findings import IndexLine, check_claims, index, load_all
from lamella.verdicts import Bench, Replicates, check_one, first_check, first_score, score_table, scorecard

INHIBITED = RISES.replace("treated", "drug")


def line(claim, record):
    return IndexLine(id=claim, says="a line of words", check=int(claim[4:]) % 3 == 0, module="mapk", kind="experiment",
                     record=record)


def judged(record, factors):
    return check_one(record, Bench({"fake": Fake(factors).assay}), Replicates(4, 4))


CALIBRATE = finding(id="a-finding")
CHECK = finding(id="b-finding", claims='"IAP-003", "IAP-174"').model_copy(update={"role": "check"})
LINES = [line("IAP-001", "a-finding"), line("IAP-003", "b-finding"), line("IAP-174", "b-finding"),
         line("INT-002", "open")]


@pytest.fixture(scope="module")
def card():
    verdicts = [judged(CALIBRATE, {"treated": 3.0}), judged(CHECK, {"treated": 3.0})]
    return scorecard(verdicts, LINES, [CALIBRATE, CHECK], robustness={"a-finding": {"stands": 4, "of": 5}})


def test_calibrate_and_check_blind_and_seen_stand_apart(card):
    assert card.by("role")["calibrate"]["holds"] == 1
    assert card.by("role")["check"]["holds"] == 2
    assert (card.by("blind")["blind"]["holds"], card.by("blind")["seen"]["holds"]) == (1, 1)


def restated(claim, *others):
    return line(claim, "restated").model_copy(update={"restates": others})


def test_a_restated_claim_stands_and_falls_with_those_that_it_restates():
    silent = line("IAP-004", "not applicable").model_copy(update={"why": "Nothing that a cell can show in a dish."})
    lines = [*LINES, silent, restated("IAP-005", "IAP-001"), restated("IAP-007", "IAP-001", "IAP-003"),
             restated("IAP-008", "IAP-001", "IAP-004"), restated("IAP-010", "INT-002", "IAP-001")]
    verdicts = [judged(CALIBRATE, {"treated": 3.0}), judged(CHECK, {})]
    card = scorecard(verdicts, lines, [CALIBRATE, CHECK])
    states = {claim.id: (claim.state, claim.role) for claim in card.claims}
    assert states["IAP-004"] == ("not_applicable", "calibrate")
    assert states["IAP-005"] == ("holds", "calibrate")
    assert states["IAP-007"] == ("fails", "check")
    assert states["IAP-008"][0] == "not_applicable"
    assert states["IAP-010"][0] == "open"
    assert card.unjudged() == []
    assert card.to_dict()["reasons"]["IAP-005"] == "says again what IAP-001 say"


def test_what_is_scored_as_a_check_rests_on_checks_alone():
    bound = check_claims(load_all(), index())
    assert {claim.id for claim in scorecard([]).claims if claim.role == "check"} == set(bound)
    known = {line.id: line for line in index()}
    roles = {record.id: record.role for record in load_all()}
    rests = {known[other].record for claim in bound for other in (claim, *known[claim].restates)}
    assert {roles[name] for name in rests if name in roles} == {"check"}


@pytest.mark.parametrize("group", ["role", "review", "module", "kind", "blind", "inhibition", "discriminating"])
def test_groups_name_their_claims_each_once_and_count_them(card, group):
    table = json.loads(json.dumps(card.to_dict()))
    named = []
    for row in table[f"by_{group}"].values():
        for state in ("holds", "fails", "not_applicable", "open"):
            assert len(row["claims"][state]) == row[state]
            assert set(row["claims"][state]) <= set(table[state])
            named += row["claims"][state]
    assert sorted(named) == sorted(claim.id for claim in card.claims)


def test_a_claim_stands_in_the_groups_that_are_its_own(card):
    table = card.to_dict()
    assert table["by_role"]["check"]["claims"]["holds"] == ["IAP-003", "IAP-174"]
    assert table["by_role"]["calibrate"]["claims"] == {"holds": ["IAP-001"], "fails": [], "not_applicable": [],
                                                       "open": ["INT-002"]}
    assert table["by_blind"]["seen"]["claims"]["holds"] == ["IAP-174"]
    assert table["by_review"]["brakebusch-2002"]["claims"]["open"] == ["INT-002"]


def test_inhibition_findings_stand_apart():
    record = CALIBRATE.model_copy(update={"arms": {"control": {}, "treated": {"knockdown": {"XIAP": 0.9}}}})
    groups = scorecard([], LINES[:1], [record]).by("inhibition")
    assert groups == {"no inhibitor": {"holds": 0, "fails": 0, "not_applicable": 0, "open": 1, "of": 1}}
    assert scorecard([], LINES[:1], [CALIBRATE]).by("inhibition").keys() == {"inhibitor"}


def test_discriminating_claims_are_a_group_of_their_own():
    lines = [line("INT-025", "open"), line("IAP-041", "a-finding"), line("INT-002", "open")]
    record = finding(claims='"IAP-041"')
    card = scorecard([judged(record, {"treated": 3.0})], lines, [record])
    groups = card.to_dict()["by_discriminating"]
    assert {name: (row["holds"], row["open"], row["of"]) for name, row in groups.items()} == {
        "brakebusch-2002": (0, 1, 1), "oberoi-2013": (1, 0, 1), "other": (0, 1, 1)}
    console = Console(file=io.StringIO(), width=120)
    console.print(score_table(card))
    assert "discriminating, oberoi-2013" in console.file.getvalue()


def test_json_holds_what_the_judge_saw(card):
    table = json.loads(json.dumps(card.to_dict(), allow_nan=False))
    row = next(row for row in table["verdicts"] if row["id"] == "a-finding")
    assert row["robustness"] == {"stands": 4, "of": 5}
    (expectation,) = row["cells"][0]["expectations"]
    (effect,) = expectation["effects"]
    assert effect["low"] < effect["ratio"] < effect["high"]
    assert len(expectation["values"]["level"]["treated"]) == effect["replicates"] == 4
    assert expectation["terms"]["at_least"] == 1.1
    assert table["reported"] == {"holds": 2, "fails": 0, "not_applicable": 0, "of": 2}


def test_the_table_prints_counts_with_denominators_and_no_bare_percentage(card):
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(score_table(card))
    text = console.export_text()
    assert "%" not in text
    assert [line.split()[-1] for line in text.splitlines() if line.startswith("all claims")] == ["4"]


def test_notes_say_what_is_stale_unsettled_and_unjudged():
    card = scorecard([], LINES, [CALIBRATE, CHECK], stale=["a-finding"])
    said = " ".join(card.notes())
    assert "1 verdicts in the store are stale" in said
    assert "3 of the open claims have a record" in said
    assert "no first check score of oberoi-2013 yet" in said


REVIEW = "oberoi-2013"


def test_the_first_check_score_is_taken_when_all_calibrate_records_are_judged(card):
    frozen = first_score(card, REVIEW)
    assert (frozen["check"]["holds"], frozen["calibrate"]["holds"], frozen["failing"]) == (2, 1, [])
    assert frozen["claims"]["holds"] == ["IAP-003", "IAP-174"]
    with pytest.raises(InputError, match="1 were not judged"):
        first_score(scorecard([], LINES, [CALIBRATE, CHECK]), REVIEW)
    with pytest.raises(InputError, match="committed already"):
        first_score(scorecard(card.verdicts, LINES, [CALIBRATE, CHECK], first={REVIEW: frozen}), REVIEW)
    with pytest.raises(InputError, match="unknown review"):
        first_score(card, "nobody-1999")


def test_a_calibrate_record_that_fails_has_to_say_why_first():
    with pytest.raises(InputError, match="1 fail and say no reason"):
        first_score(scorecard([judged(CALIBRATE, {})], LINES, [CALIBRATE, CHECK]), REVIEW)
    explained = CALIBRATE.model_copy(update={"fails": "Nothing here answers the treatment."})
    frozen = first_score(scorecard([judged(explained, {})], LINES, [explained, CHECK]), REVIEW)
    assert frozen["failing"] == ["a-finding"]
    assert frozen["check"]["open"] == 2


def test_the_first_check_score_stands_beside_that_of_today(card):
    first = {REVIEW: first_score(scorecard([judged(CALIBRATE, {"treated": 3.0})], LINES, [CALIBRATE, CHECK]), REVIEW)}
    later = scorecard(card.verdicts, LINES, [CALIBRATE, CHECK], first=first)
    then, today = later.since_the_first().values()
    assert (then["holds"], today["holds"]) == (0, 2)
    console = Console(file=io.StringIO(), width=120)
    console.print(score_table(later))
    assert f"first check score, {REVIEW}" in console.file.getvalue()
    assert not any(REVIEW in note for note in later.notes())


def test_what_was_committed_counts_every_claim_of_its_review_once():
    reviews = {line.review: {one.id for one in index() if one.review == line.review} for line in index()}
    assert first_check()
    for review, then in first_check().items():
        said = [claim for claims in then["claims"].values() for claim in claims]
        assert len(said) == len(set(said)) == then["check"]["of"] == then["blind"]["of"] + then["seen"]["of"]
        assert set(said) <= reviews[review]
        assert then["check"]["of"] + then["calibrate"]["of"] == len(reviews[review])
        assert {record.id for record in load_all()} >= set(then["failing"])
