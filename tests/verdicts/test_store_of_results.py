"""Checks that are kept, resumed, cut short and never shown stale."""

import json

import pytest
from fakes import RISES, Fake, finding

import lamella.verdicts.results as results_room
from lamella.errors import InputError, SolverError
from lamella.verdicts import Outcome, Pace, Replicates, Results, Verdict, check, sample, spoken
from lamella.verdicts.checking import _Campaign

RECORDS = {"one": finding(id="one"), "two": finding(RISES.replace("treated", "drug"), id="two")}
BUDGET = {"seed": 1, "first": 4, "most": 12}


@pytest.fixture(autouse=True)
def library(monkeypatch):
    monkeypatch.setattr("lamella.verdicts.checking.get", RECORDS.__getitem__)


def judged(fake, store, ids=("one", "two"), **options):
    return check(list(ids), assays={"fake": fake.assay}, store=store, replicates=Replicates(4, 12), **options)


def test_a_verdict_comes_back_as_it_was_written(tmp_path):
    (verdict,) = judged(Fake({"treated": 1.5}), tmp_path, ["one"])
    back = Results(tmp_path).verdict(RECORDS["one"])
    assert back.to_dict() == verdict.to_dict()
    assert back.cells[0].expectations[0].effects[0].replicates == 4
    json.dumps(back.to_dict(), allow_nan=False)


def test_what_stands_in_the_store_is_not_run_again(tmp_path):
    first, second = Fake({"treated": 3.0, "drug": 3.0}), Fake()
    before = [v.to_dict() for v in judged(first, tmp_path)]
    assert [v.to_dict() for v in judged(second, tmp_path)] == before
    assert (first.runs, second.runs) == (3 * 4, 0)


def test_an_interrupted_check_goes_on_to_the_same_verdicts(tmp_path):
    """Killed after any dish: what was finished is kept, and the end is that of an uninterrupted check."""
    whole = [v.to_dict() for v in judged(Fake({"treated": 1.1}, arm_sd=0.1), tmp_path / "whole")]
    for stop in (3, 9, 17):
        store = tmp_path / str(stop)
        fake = Fake({"treated": 1.1}, arm_sd=0.1)
        _interrupt(fake, stop)
        with pytest.raises(KeyboardInterrupt):
            judged(fake, store)
        after = Fake({"treated": 1.1}, arm_sd=0.1)
        assert [v.to_dict() for v in judged(after, store)] == whole
        assert after.runs <= 3 * 12 - stop


def _interrupt(fake, after):
    run = fake.assay.run

    def interrupted(*arguments):
        if fake.runs >= after:
            raise KeyboardInterrupt
        return run(*arguments)

    object.__setattr__(fake.assay, "run", interrupted)


def test_another_seed_or_number_of_dishes_is_another_check(tmp_path):
    judged(Fake({"treated": 3.0}), tmp_path, ["one"])
    again = Fake({"treated": 3.0})
    judged(again, tmp_path, ["one"], seed=2)
    assert again.runs == 2 * 4
    assert Results(tmp_path).verdict(RECORDS["one"], BUDGET) is None
    assert Results(tmp_path).verdict(RECORDS["one"], {**BUDGET, "seed": 2}) is not None


def test_a_changed_record_makes_its_verdict_stale(tmp_path):
    judged(Fake({"treated": 3.0}), tmp_path)
    changed = RECORDS["one"].model_copy(update={"claim": "Treatment raises what the fake assay reads, always."})
    results = Results(tmp_path)
    assert results.verdict(changed) is None
    assert results.stale([changed, RECORDS["two"]]) == ["one"]
    assert [v.finding.id for v in results.verdicts([changed, RECORDS["two"]])] == ["two"]


def test_a_changed_program_or_network_makes_all_stale(tmp_path, monkeypatch):
    judged(Fake({"treated": 3.0}), tmp_path)
    results = Results(tmp_path)
    results.keep_robustness(RECORDS["one"], {"stands": 1, "of": 2})
    results.keep_mutants([RECORDS["one"]], {"counts": {}})
    assert results.robustness(RECORDS["one"]) == {"stands": 1, "of": 2}
    assert results.mutants([RECORDS["one"]]) == {"counts": {}}
    monkeypatch.setattr(results_room, "program_hash", lambda: "another")
    assert results.stale(list(RECORDS.values())) == ["one", "two"]
    assert results.robustness(RECORDS["one"]) is None
    assert results.mutants([RECORDS["one"]]) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"key": 1}', "\x00"])
def test_a_spoilt_file_counts_as_none(tmp_path, text):
    judged(Fake({"treated": 3.0}), tmp_path, ["one"])
    (tmp_path / "verdicts" / "one.json").write_text(text)
    assert Results(tmp_path).verdict(RECORDS["one"]) is None
    assert judged(Fake({"treated": 3.0}), tmp_path, ["one"])[0].outcome is Outcome.HOLDS


def test_a_store_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="store is a file"):
        Results(tmp_path / "file")


def test_time_that_is_up_leaves_verdicts_that_say_so(tmp_path, monkeypatch):
    """After the first look nothing is begun: what is open is judged as it stands, and is not settled."""
    fake = Fake({"treated": 1.1, "drug": 3.0}, arm_sd=0.1)
    monkeypatch.setattr(_Campaign, "_late", lambda self: fake.runs >= 3 * 4)
    one, two = judged(fake, tmp_path, minutes=1.0)
    assert (one.settled, two.settled) == (False, True)
    assert one.cells[0].expectations[0].effects[0].replicates == 4
    assert fake.runs == 3 * 4
    monkeypatch.undo()
    monkeypatch.setattr("lamella.verdicts.checking.get", RECORDS.__getitem__)
    (later,) = judged(Fake({"treated": 1.1, "drug": 3.0}, arm_sd=0.1), tmp_path, ["one"])
    assert later.settled
    assert later.cells[0].expectations[0].effects[0].replicates == 12


def test_dishes_come_finding_by_finding_so_that_little_time_gives_some_verdicts(tmp_path, monkeypatch):
    """Time for the dishes of the first finding and one more: it has its verdict, and the other dish is kept."""
    fake = Fake({"treated": 3.0, "drug": 3.0})
    monkeypatch.setattr(_Campaign, "_late", lambda self: fake.runs >= 2 * 4 + 1)
    (one,) = judged(fake, tmp_path, minutes=1.0)
    assert (one.finding.id, one.settled, fake.runs) == ("one", True, 2 * 4 + 1)
    monkeypatch.undo()
    monkeypatch.setattr("lamella.verdicts.checking.get", RECORDS.__getitem__)
    later = Fake({"treated": 3.0, "drug": 3.0})
    assert [verdict.outcome for verdict in judged(later, tmp_path)] == [Outcome.HOLDS, Outcome.HOLDS]
    assert later.runs == 4 - 1


def test_no_time_at_all_judges_nothing(tmp_path):
    fake = Fake({"treated": 3.0})
    assert judged(fake, tmp_path, minutes=0.0) == []
    assert fake.runs == 0
    assert Results(tmp_path).verdicts(list(RECORDS.values())) == []


def test_open_findings_get_dishes_only_after_all_were_looked_at():
    order = []
    fake = Fake({"treated": 1.1, "drug": 3.0}, arm_sd=0.1)
    run = fake.assay.run

    def noted(setting, conditions, progress):
        order.append((setting.arm, setting.replicate))
        return run(setting, conditions, progress)

    object.__setattr__(fake.assay, "run", noted)
    check(["one", "two"], assays={"fake": fake.assay}, replicates=Replicates(4, 12))
    assert max(r for _, r in order[:12]) == 3
    assert "drug" not in {arm for arm, _ in order[12:]}


def test_time_left_falls_to_nothing_and_the_share_never_falls():
    moments = []
    fake = Fake({"treated": 1.1}, arm_sd=0.1)
    check(["one", "two"], assays={"fake": fake.assay}, replicates=Replicates(4, 12), progress=moments.append)
    shares = [moment.share for moment in moments]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert moments[0].left is None
    assert moments[-1].left == 0.0
    known = [m for m in moments if m.left is not None and m.at_most is not None]
    assert all(m.left <= m.at_most + 1e-12 for m in known)


def test_pace_uses_earlier_checks_until_it_has_dishes_of_its_own():
    pace = Pace({"slow": 60.0})
    assert pace.expected({"slow": 4, "new": 1}, 2) == pytest.approx(150.0)
    pace.took("slow", 20.0)
    assert pace.expected({"slow": 4}, 2) == pytest.approx(40.0)
    assert Pace({}).expected({"slow": 1}, 1) is None
    assert [spoken(s) for s in (None, 40, 720, 12600)] == ["unknown", "40 s", "12 min", "3.5 h"]


def test_the_pace_is_kept_for_the_next_check(tmp_path):
    judged(Fake({"treated": 3.0}), tmp_path, ["one"])
    assert set(Results(tmp_path).paces()) == {"fake"}


def test_a_dish_that_fails_spoils_no_other_finding(tmp_path):
    fake = Fake({"treated": 3.0, "drug": 3.0})
    run = fake.assay.run

    def broken(setting, conditions, progress):
        if setting.perturbations.inhibitor:
            raise SolverError("the network of cell 3 could not be advanced")
        return run(setting, conditions, progress)

    object.__setattr__(fake.assay, "run", broken)
    one, two = judged(fake, tmp_path)
    assert (one.outcome, two.outcome) == (Outcome.HOLDS, Outcome.NOT_APPLICABLE)


def test_a_sample_is_drawn_by_seed_among_findings_with_a_tissue():
    many = [finding(id=f"f{i:02d}") for i in range(20)] + [finding(RISES.replace("fake", "immunoblot"), id="blot")]
    drawn = [f.id for f in sample(many, 5, 1)]
    assert drawn == [f.id for f in sample(list(reversed(many)), 5, 1)]
    assert len(set(drawn)) == 5
    assert "blot" not in drawn
    assert drawn != [f.id for f in sample(many, 5, 2)]
    assert len(sample(many, 40, 1)) == 20


def test_history_has_a_line_for_every_other_score(tmp_path):
    results = Results(tmp_path)
    counts = {"all": {"holds": 1}, "check": {"holds": 0}}
    for holds in (1, 1, 2):
        results.note_score({**counts, "all": {"holds": holds}})
    assert [row["all"]["holds"] for row in results.history()] == [1, 2]
    assert {"date", "version", "program"} <= set(results.history()[0])
    with open(tmp_path / "history.jsonl", "a") as file:
        file.write("spoilt\n")
    assert len(results.history()) == 2


def test_verdicts_of_an_older_form_are_none(tmp_path):
    judged(Fake({"treated": 3.0}), tmp_path, ["one"])
    path = tmp_path / "verdicts" / "one.json"
    table = json.loads(path.read_text())
    del table["verdict"]["cells"][0]["expectations"][0]["terms"]
    path.write_text(json.dumps(table))
    assert Results(tmp_path).verdict(RECORDS["one"]) is None
    with pytest.raises(KeyError):
        Verdict.from_dict(RECORDS["one"], table["verdict"])


def test_what_the_model_lacks_is_told_where_it_fails(tmp_path, monkeypatch):
    known = RECORDS["one"].model_copy(update={"fails": "The target of the treatment is missing."})
    monkeypatch.setitem(RECORDS, "one", known)
    told = [judged(Fake({"treated": ratio}), tmp_path / name, ["one"])[0].to_dict()["lacks"]
            for name, ratio in (("lost", 0.5), ("found", 3.0))]
    assert told == [known.fails, None]


def test_robustness_rests_on_how_sure_numbers_are_and_a_verdict_does_not(monkeypatch):
    keys = results_room.finding_key(RECORDS["one"]), results_room.ensemble_key(RECORDS["one"])
    monkeypatch.setattr(results_room, "_sureness", lambda cell: "other grades")
    assert results_room.finding_key(RECORDS["one"]) == keys[0]
    assert results_room.ensemble_key(RECORDS["one"]) != keys[1]
