"""What the reviews say of how proteins are built: each such claim of the index has one statement."""

import pytest

from lamella.errors import InputError
from lamella.findings import STRUCTURE, Library, index, lint, read_structures, structures
from lamella.findings.rules_of_structures import StructuresHangTogether, StructuresServeTheIndex

RULES = (StructuresServeTheIndex(), StructuresHangTogether())
TEXT = """
[[structure]]
claims = ["IAP-070"]
kind = "domains"
says = "cIAP1 has a RING"
protein = "BIRC2"
has = ["RING"]
second_reading = "As written, nothing left out."
"""


def complaints(*rows):
    library = Library((), index(), structures=rows)
    return [f"{where} {what}" for rule in RULES for where, what in rule.breaches(library)]


def test_every_claim_that_is_held_against_the_network_has_one_statement():
    served = [claim for one in structures() for claim in one.claims]
    assert len(served) == len(set(served)) == sum(line.record == STRUCTURE for line in index()) >= 15
    assert not lint(rules=RULES)


def test_a_claim_without_a_statement_and_one_with_two_are_found():
    found = complaints(*structures()[1:], structures()[1])
    assert any(one.startswith("IAP-014 has no statement") for one in found)
    assert any(one.startswith("IAP-026 has 2 statements") for one in found)


@pytest.mark.parametrize(("old", "new", "says"), [
    ('"IAP-070"', '"IAP-999"', "does not stand in the index"),
    ('"IAP-070"', '"IAP-173"', "the index says"),
    ('has = ["RING"]', 'has = ["RING"]\nlacks = ["RING"]', "has and lacks RING"),
])
def test_a_statement_that_serves_no_such_claim_or_contradicts_itself_is_found(old, new, says):
    assert any(says in one for one in complaints(*read_structures(TEXT.replace(old, new), "here")))


def test_a_member_belongs_to_its_family():
    family = next(one for one in structures() if one.kind == "family" and one.domain == "CARD")
    stranger = family.model_copy(update={"members": ("APAF1",)})
    assert "IAP-036 APAF1 is a member and does not belong to the family" in complaints(stranger)


@pytest.mark.parametrize(("old", "new", "says"), [
    ('"domains"', '"domain"', "unknown kind of statement 'domain'"),
    ("has =", "proteins = 5\nhas =", "unknown key 'proteins'"),
    ('"cIAP1 has a RING"', "3", "the value of 'says' is not allowed"),
    ("[[structure]]", "[[structure]", "not valid TOML"),
])
def test_a_statement_that_cannot_be_read_is_refused_with_its_place(old, new, says):
    with pytest.raises(InputError, match=says) as error:
        read_structures(TEXT.replace(old, new), "structures.toml")
    assert "structures.toml" in str(error.value.where)
