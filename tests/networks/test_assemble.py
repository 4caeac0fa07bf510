"""The assembled networks: complete, balanced, annotated, and the same values as in the tables."""

import sys
from dataclasses import replace

import libsbml
import numpy as np
import pytest

from lamella.errors import InputError, ModelError
from lamella.networks import assemble, cell_line, line_hash, lint_library, read_model_text
from lamella.networks import assemble as assembled
from lamella.networks.library import COMMON_MODULES, module
from lamella.networks.unit_definitions import exponents, unit_id


def test_the_library_breaks_no_rule():
    report = lint_library()
    assert [f"{p.where}: {p.what} ({p.rule})" for p in report.problems] == []
    assert 0 < report.assumed_share < 0.6


def names(cell, kind):
    document = libsbml.readSBMLFromString(assemble(cell).sbml)  # the model lives as long as its document
    return {element.getId() for element in getattr(document.getModel(), f"getListOf{kind}")()}


def test_only_expressed_integrins_are_in_the_network():
    hela, fibroblast = names("HeLa", "Species"), names("MEF", "Species")
    assert "avb3_bound_front" in fibroblast
    assert "avb3_bound_front" not in hela
    assert "a5b1_bound_front" in hela & fibroblast


def test_every_reaction_has_evidence_and_a_module():
    network = assemble("HeLa")
    assert names("HeLa", "Reactions") == set(network.evidence) == set(network.modules)
    assert all(why.claims or why.sources for why in network.evidence.values())


def test_text_and_network_are_the_same_every_time(tmp_path, monkeypatch):
    first = assemble("HeLa").digest
    monkeypatch.setenv("LAMELLA_CACHE_DIR", str(tmp_path))  # nothing is kept there yet: it is flattened again
    assembled.cache_clear()
    assert assemble("HeLa").digest == first


def test_the_digest_sees_numbers_and_not_what_is_said_of_them(tmp_path, monkeypatch):
    monkeypatch.setenv("LAMELLA_CACHE_DIR", str(tmp_path))
    line = cell_line("HeLa")

    def digest(table, name, **changes):
        rows = getattr(line, table)
        changed = replace(line, **{table: {**rows, name: replace(rows[name], **changes)}})
        for function in (assembled, line_hash):
            monkeypatch.setattr(sys.modules[function.__module__], "cell_line", lambda name: changed)
        return assembled.__wrapped__("HeLa").digest

    first = assemble("HeLa").digest
    assert digest("levels", "TLN1", note="another note", grade="order") == first
    assert digest("levels", "TLN1", value=7.0) != first
    assert digest("body", "spread_area", value=7.0) != first


def test_aliases_and_unknown_lines():
    assert cell_line("fibroblast").name == "MEF"
    assert cell_line("hela").name == "HeLa"
    with pytest.raises(InputError, match="unknown cell line 'HeLla'") as error:
        assemble("HeLla")
    assert "HeLa" in str(error.value)


def test_a_line_based_on_another_says_so():
    talin = cell_line("MEF").levels["TLN1"]
    assert talin.grade == "order"
    assert "HeLa" in talin.note


def test_units_of_the_library_are_made_of_molecules_um_and_s():
    assert exponents("um^2/(molecules*s)") == (("micrometer", 2), ("molecule", -1), ("second", -1))
    assert unit_id("1") == "dimensionless"
    with pytest.raises(ModelError):
        exponents("1/hour")
    with pytest.raises(ModelError):
        exponents("wibble")


def test_a_module_of_the_library_is_found_by_name():
    assert all(module(name).body and module(name).title for name in COMMON_MODULES)
    with pytest.raises(InputError, match="unknown module"):
        module("rho_gtpase")


MODEL = """
model m()
  unit per_s = 1/second
  unit substance = item; unit time_unit = second; unit extent = item; unit volume = litre
  compartment c = 1; c has volume
  substanceOnly species A in c = 10, B in c = 0
  A has substance; B has substance
  r1: A -> B; k*A
  k = 1; k has per_s
end
"""


@pytest.mark.parametrize(
    ("old", "new", "what", "line"),
    [
        ("A -> B", "A -> -> B", "not valid Antimony", 8),
        ("k*A\n", "k*A*q\n", "parameter 'q' is used but has no value", 8),
        ("k*A\n", "k*A*A\n", "units do not balance", 8),
    ],
)
def test_faults_of_a_users_file_are_located(tmp_path, old, new, what, line):
    good = tmp_path / "good.ant"
    good.write_text(MODEL)
    assert "<sbml" in read_model_text(good)
    bad = tmp_path / "bad.ant"
    bad.write_text(MODEL.replace(old, new))
    with pytest.raises(ModelError, match=what) as error:
        read_model_text(bad)
    assert f"bad.ant:{line}" in str(error.value)


def test_an_unreadable_file_is_one_error(tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        read_model_text(tmp_path / "none.ant")
    binary = tmp_path / "binary.ant"
    binary.write_bytes(bytes(np.arange(256, dtype=np.uint8)))
    with pytest.raises(ModelError, match="not UTF-8"):
        read_model_text(binary)
