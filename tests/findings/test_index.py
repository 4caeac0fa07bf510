from collections import Counter

from lamella.findings import UNRECORDED, discriminating, index, lint, load_all, reference_lines
from lamella.findings.rule import Library
from lamella.findings.rules_of_index import DiscriminatingStandInTheIndex


def test_all_claims_stand_in_the_index_once():
    ids = [line.id for line in index()]
    assert len(ids) == len(set(ids)) == 551
    assert Counter(name[:3] for name in ids) == {"IAP": 299, "INT": 252}


def test_check_flags_are_the_thirds():
    assert all(line.check == (int(line.id[4:]) % 3 == 0) for line in index())
    assert sum(line.check for line in index()) == 99 + 84


def test_every_record_is_named_by_its_claims_and_no_other():
    named = {line.id: line.record for line in index() if line.record not in UNRECORDED}
    assert named == {claim: finding.id for finding in load_all() for claim in finding.claims}


def test_the_claims_of_the_first_network_have_records():
    wanted = {"IAP-173", "IAP-174", "IAP-214", "IAP-215", "IAP-223", "IAP-224", "IAP-226", "IAP-227", "IAP-229",
              "INT-095", "INT-097", "INT-101", "INT-103", "INT-107", "INT-109", "INT-110", "INT-121"}
    assert wanted <= {line.id for line in index() if line.record not in UNRECORDED}


def test_a_line_knows_its_review():
    assert {line.review for line in index()} == {"oberoi-2013", "brakebusch-2002"}


def test_forty_claims_of_each_review_tell_a_model_from_a_drawing():
    assert Counter(name[:3] for name in discriminating()) == {"IAP": 40, "INT": 40}
    library = Library((), index(), discriminating={"INT-025": "A limiting regulator.", "INT-999": "none"})
    found = list(DiscriminatingStandInTheIndex().breaches(library))
    assert [where for where, _ in found] == ["INT-999", "INT-999"]


def test_four_reference_lines():
    assert len(set(reference_lines().values())) == 4


def test_the_library_is_clean():
    assert [str(complaint) for complaint in lint()] == []
