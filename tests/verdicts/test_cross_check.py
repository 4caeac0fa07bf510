from fakes import finding

from lamella.findings import IndexLine
from lamella.networks.library import Evidence, Parameter
from lamella.verdicts import cross_check
from lamella.verdicts.cross_check import claims_are_known, fitted_blindly

LINES = [IndexLine(id=name, says="a line of words", check=check, module="mapk", kind="mechanism", record="open")
         for name, check in (("IAP-001", False), ("IAP-002", False), ("IAP-003", True))]


def fitted(*claims):
    return {"k": Parameter("k", 1.0, "1/s", "fitted", "lamella", "", claims)}


def test_a_parameter_may_be_fitted_to_a_calibrate_claim():
    assert list(fitted_blindly(fitted("IAP-001"), [finding()], LINES)) == []


def test_a_check_claim_sets_no_parameter():
    (complaint,) = fitted_blindly(fitted("IAP-001", "IAP-003"), [finding()], LINES)
    assert complaint.where == "k"
    assert "IAP-003" in complaint.what


def test_a_claim_merged_into_a_check_record_sets_no_parameter():
    merged = finding(claims='"IAP-002", "IAP-003"').model_copy(update={"role": "check"})
    (complaint,) = fitted_blindly(fitted("IAP-002"), [merged], LINES)
    assert "IAP-002" in complaint.what


def test_a_claim_that_a_check_claim_restates_sets_no_parameter():
    restated = LINES[2].model_copy(update={"record": "restated", "restates": ("IAP-002",)})
    (complaint,) = fitted_blindly(fitted("IAP-001", "IAP-002"), [finding()], [*LINES[:2], restated])
    assert "IAP-002, which is a check, as IAP-003 is" in complaint.what


def test_claims_that_nobody_made_are_seen():
    evidence = {"r": Evidence("Says it.", ("IAP-001", "IAP-999"))}
    (complaint,) = claims_are_known(fitted("IAP-002"), evidence, LINES)
    assert "IAP-999" in complaint.what


def test_the_package_is_blind_where_it_must_be():
    assert [str(complaint) for complaint in cross_check()] == []
