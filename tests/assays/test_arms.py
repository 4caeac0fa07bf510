"""Arms on one line."""

import pytest

from lamella.assays.arms import number_or_text, parse_arm, parse_pairs
from lamella.errors import InputError


@pytest.mark.parametrize(("text", "name", "table"), [
    ("control", "control", {}),
    ("control:", "control", {}),
    (" knock down : knockdown XIAP=0.9, BIRC2 = 0.9", "knock down", {"knockdown": {"XIAP": 0.9, "BIRC2": 0.9}}),
    ('drug: inhibitor "EHT 1864"=10 uM', "drug", {"inhibitor": {"EHT 1864": "10 uM"}}),
    ("drug: inhibitor 'EHT 1864'='10 uM'; suspended", "drug", {"inhibitor": {"EHT 1864": "10 uM"}, "suspended": True}),
    ("ko: knockout XIAP, BIRC2;", "ko", {"knockout": ["XIAP", "BIRC2"]}),
    ("m: mutant PTK2=Y397F; overexpression RAC1=3", "m", {"mutant": {"PTK2": "Y397F"}, "overexpression": {"RAC1": 3}}),
    ("s: suspended", "s", {"suspended": True}),
])
def test_reads(text, name, table):
    assert parse_arm(text) == (name, table)


@pytest.mark.parametrize("text", [
    "", ": knockdown XIAP=1", "a: knockdown XIAP=", "a: knockdown XIAP=1=2", "a: inhibitor \"EHT=1 uM",
    "a: knockdown XIAP=1, BIRC2", "a: knockdown XIAP=1, XIAP=2", "a: suspended; suspended", "a: =3", "a: , ;",
    "a: knockdown =3", "a: knockdown XIAP=0.9 'x'", "a" * 3000,
])
def test_refuses(text):
    with pytest.raises(InputError) as caught:
        parse_arm(text)
    assert caught.value.remedy
    assert caught.value.where == "--arm"


@pytest.mark.parametrize(("text", "value"), [
    ("3", 3), ("-2", -2), ("0.9", 0.9), (".5", 0.5), ("1e-3", 1e-3), ("true", True), ("10 uM", "10 uM"), ("nan", "nan"),
    ("Y397F", "Y397F"), ("1_000", "1_000"),
])
def test_values(text, value):
    found = number_or_text(text)
    assert found == value
    assert type(found) is type(value)


def test_pairs():
    assert parse_pairs(["fibronectin = 10 ug/ml", "x=a=b"], "--matrix") == {"fibronectin": "10 ug/ml", "x": "a=b"}
    for bad in (["x"], ["=3"], ["x="], ["x=1", "x=2"]):
        with pytest.raises(InputError):
            parse_pairs(bad, "--matrix")
