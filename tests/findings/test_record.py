import pytest
from records import ORDERING, record

from lamella.errors import InputError
from lamella.findings import get, load_all, read_finding


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
])
def test_a_bad_record_is_refused_with_its_place(change, says):
    with pytest.raises(InputError) as caught:
        record(**change)
    assert says in str(caught.value)
    assert "test.toml" in str(caught.value)


def test_another_schema_and_broken_toml_are_refused():
    with pytest.raises(InputError, match="schema 2"):
        read_finding("schema = 2", "x.toml")
    with pytest.raises(InputError, match="not valid TOML") as caught:
        read_finding("schema = ", "x.toml")
    assert "x.toml" in str(caught.value)


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
