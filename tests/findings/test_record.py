import pytest
from records import ORDERING, record

from lamella.errors import InputError
from lamella.findings import get, load_all, protocols, read_finding


def test_the_library_is_read_and_found_by_id():
    findings = load_all()
    assert len(findings) >= 24
    assert [finding.id for finding in findings] == sorted(finding.id for finding in findings)
    assert get(findings[3].id) is findings[3]


def test_an_unknown_id_offers_the_nearest():
    with pytest.raises(InputError, match="unknown finding") as caught:
        get("raf1-carries-ras")
    assert "raf1-carries-ras-to-erk" in str(caught.value)


@pytest.mark.parametrize(("change", "says"), [
    ({"role": "maybe"}, "role"),
    ({"extra": "sense = 1"}, "unknown key 'sense'"),
    ({"expect": ORDERING.replace("treated >", "other >")}, "names the arm 'other'"),
    ({"arms": "first = {}\ntreated = { suspended = true }"}, "called 'control'"),
    ({"id": "Not An Id"}, "id"),
    ({"claims": '"IAP-1"'}, "claims"),
    ({"expect": ORDERING + 'at_leest = 1.2\n'}, "at_leest"),
    ({"extra": "matrix = { fibronectin = 10 }"}, "matrix"),
    ({"extra": 'lines = { other = "MEF" }'}, "no arm beside the control"),
    ({"extra": 'lines = { treated = "MEF" }', "cell": '["HeLa", "MEF"]'}, "one line in `cell`"),
])
def test_a_bad_record_is_refused_with_its_place(change, says):
    with pytest.raises(InputError) as caught:
        record(**change)
    assert says in str(caught.value)
    assert "test.toml" in str(caught.value)


def test_an_arm_may_be_of_another_line():
    made = record(extra='lines = { treated = "MEF" }')
    assert (made.line("control", "HeLa"), made.line("treated", "HeLa")) == ("HeLa", "MEF")
    assert made.hash() != record().hash()


def test_another_schema_and_broken_toml_are_refused():
    with pytest.raises(InputError, match="schema 2"):
        read_finding("schema = 2", "x.toml")
    with pytest.raises(InputError, match="not valid TOML") as caught:
        read_finding("schema = ", "x.toml")
    assert "x.toml" in str(caught.value)


def test_a_protocol_is_merged_in_and_the_record_has_the_last_word():
    text = """schema = 1
id = "a-finding"
claim = "Without the ligase its substrate accumulates in the cell."
source = { review = "oberoi-2013", section = "IAPs", claims = ["IAP-001"] }
role = "calibrate"
cell = "HeLa"
module = "mapk"
kind = "experiment"
protocol = "on-fibronectin-with-egf"
medium = { EGF = "1 ng/ml" }
second_reading = "Read as the level at constant synthesis."
[arms]
control = {}
treated = { knockdown = { XIAP = 0.9 } }
""" + ORDERING
    finding = read_finding(text, "test.toml")
    assert finding.matrix == {"fibronectin": "10 ug/ml"}
    assert finding.medium == {"EGF": "1 ng/ml"}
    series = read_finding(text.replace("on-fibronectin-with-egf", "fibronectin-series"), "test.toml")
    assert list(series.arms) == ["control", "1 ug/ml", "3 ug/ml", "10 ug/ml", "30 ug/ml", "100 ug/ml", "treated"]
    assert series.hash() != finding.hash()
    with pytest.raises(InputError, match="unknown protocol") as caught:
        read_finding(text.replace("on-fibronectin-with-egf", "on-fibronectine"), "test.toml")
    assert "on-fibronectin" in str(caught.value)
    with pytest.raises(InputError, match="protocol"):
        read_finding(text.replace('"on-fibronectin-with-egf"', "7"), "test.toml")


def test_every_protocol_of_the_package_is_read_and_used():
    used = {finding.protocol for finding in load_all()}
    assert set(protocols()) == used - {None}


def test_a_record_does_not_change():
    finding = record()
    with pytest.raises(Exception, match="frozen"):
        finding.role = "check"


def test_cells_of_one_several_and_general_findings():
    assert record().cells == ("HeLa",)
    assert record(cell='["HeLa", "MEF"]').cells == ("HeLa", "MEF")
    general = record(cell='"fixed reference lines"')
    assert general.general
    assert general.cells == ()


def test_what_the_model_lacks_changes_no_verdict():
    told = record(extra='fails = "The ligase of the substrate is not there."')
    assert told.fails == "The ligase of the substrate is not there."
    assert told.hash() == record().hash()
    assert record().fails is None
