"""Perturbations edit parameters, never outcomes, and refuse what nobody has defined."""

import pytest
from pydantic import ValidationError

from lamella.errors import InputError
from lamella.networks import Perturbations, assemble, constructs, drugs, resolve
from lamella.units import MOLECULES_PER_UM3_PER_UM

FIBRONECTIN = {"fibronectin": "10 ug/ml"}


def resolved(matrix=FIBRONECTIN, medium=None, **perturbations):
    return resolve(assemble("HeLa"), Perturbations(**perturbations), matrix, medium or {})


def test_genetics_scale_expression_and_multiply():
    chronic = resolved(knockdown={"XIAP": 0.9}, overexpression={"XIAP": 4.0, "RAC1": 2.0}, knockout=("BIRC2",)).chronic
    assert chronic["XIAP_expression"] == pytest.approx(0.4)
    assert chronic["RAC1_expression"] == 2.0
    assert chronic["BIRC2_expression"] == 0.0


def test_a_chain_takes_all_its_heterodimers():
    assert resolved(knockout=("ITGAV",)).chronic == {f"{name}_expression": 0.0 for name in ("avb1", "avb5")}
    assert resolved(knockout=("ITGB1",)).chronic == {"ITGB1_chain": 0.0}


def test_doses_become_molecules_per_um3():
    acute = resolved(inhibitor={"EHT 1864": "10 uM"}).acute
    assert acute["RAC1_inhibitor"] == pytest.approx(10 * MOLECULES_PER_UM3_PER_UM)
    assert acute["Ki_RAC1"] == pytest.approx(0.04 * MOLECULES_PER_UM3_PER_UM)
    by_mass = 10e-9 / 6200 * 6.02214076e23 / 1e12
    assert resolved(medium={"EGF": "10 ng/ml"}).medium["EGF"] == pytest.approx(by_mass, rel=1e-6)
    assert resolved(medium={"EGF": "1.6 nM"}).medium["EGF"] == pytest.approx(1.6e-3 * MOLECULES_PER_UM3_PER_UM)


def test_an_arm_overrides_coating_and_medium():
    treatment = resolved(coating={"fibronectin": "1 ug/ml"}, medium={"EGF": "10 ng/ml"}, factor={"EGF": "0 ng/ml"})
    assert treatment.density == {"fibronectin": pytest.approx(19.0)}
    assert treatment.acute["EGF"] == 0.0


def test_what_an_arm_does_not_name_stays_as_it_was():
    treatment = resolved(coating={"vitronectin": "1 ug/ml"}, medium={"EGF": "10 ng/ml"}, factor={"HGF": "5 ng/ml"})
    assert set(treatment.density) == {"fibronectin", "vitronectin"}
    assert treatment.medium["EGF"] > 0.0
    assert set(treatment.acute) == {"HGF"}


def test_every_construct_and_drug_changes_the_network():
    network = assemble("MEF")
    for gene, rows in constructs().items():
        for name in rows:
            edits = resolve(network, Perturbations(mutant={gene: name}), {}, {}).chronic
            assert any(network.parameters[key].value != value for key, value in edits.items())
    for drug, row in drugs().items():
        edits = resolve(network, Perturbations(inhibitor={drug: f"1 {row.get('unit', 'uM')}"}), {}, {}).acute
        assert any(network.parameters[key].value != value for key, value in edits.items())


@pytest.mark.parametrize(
    ("perturbation", "what", "offer"),
    [
        ({"knockdown": {"XIP": 0.5}}, "unknown gene 'XIP'", "XIAP"),
        ({"knockout": ("RAC",)}, "unknown gene 'RAC'", "RAC1"),
        ({"knockout": ("CA",)}, "unknown gene 'CA'", ""),
        ({"knockdown": {"PIP3": 0.5}}, "unknown gene 'PIP3'", ""),
        ({"knockout": ("p110-beta",)}, "not the symbol of a gene", "PIK3CB"),
        ({"mutant": {"XIAP": "RNG"}}, "unknown construct of XIAP 'RNG'", "RING"),
        ({"level_of": {"XIAP": "MEFF"}}, "unknown cell line", "MEF"),
        ({"level_of": {"XAIP": "MEF"}}, "unknown level of HeLa 'XAIP'", "XIAP"),
        ({"inhibitor": {"U126": "1 uM"}}, "unknown drug 'U126'", "U0126"),
        ({"inhibitor": {"Cilengitide": "10 uM"}}, "'Cilengitide' is no drug", "antibody = "),
        ({"factor": {"dasatinib": "10 nM"}}, "'dasatinib' is no soluble factor", "inhibitor = "),
        ({"inhibitor": {"U0126": "-1 uM"}}, "too small", "least"),
        ({"inhibitor": {"U0126": "1 parsec"}}, "does not convert", "uM"),
        ({"factor": {"EGFF": "1 ng/ml"}}, "unknown soluble factor", "EGF"),
        ({"coating": {"fibronektin": "1 ug/ml"}}, "unknown matrix ligand", "fibronectin"),
    ],
)
def test_what_nobody_defined_is_refused_with_an_offer(perturbation, what, offer):
    with pytest.raises(InputError, match=what) as error:
        resolved(**perturbation)
    assert offer in str(error.value)


def test_a_level_of_another_line_is_what_that_line_has():
    """Which protein makes the difference between two cell lines is asked by swapping it, not by naming a line."""
    here, there = assemble("HeLa").cell.levels, assemble("HCT116").cell.levels
    gene = next(name for name in here if name in there and here[name].value != there[name].value)
    chronic = resolved(level_of={gene: "HCT116", "ARHGDIA_sumo_capacity": "HCT116"}, knockdown={"XIAP": 0.9}).chronic
    assert chronic[f"{gene}_copies"] == there[gene].value
    assert chronic["XIAP_expression"] == pytest.approx(0.1)
    assert chronic["ARHGDIA_sumo_capacity"] == assemble("HCT116").parameters["ARHGDIA_sumo_capacity"].value


@pytest.mark.parametrize(
    "bad",
    [
        {"knockdown": {"XIAP": 1.5}},
        {"overexpression": {"XIAP": -2}},
        {"knockdwn": {}},
        {"knockdown": {"XIAP": float("nan")}},
    ],
)
def test_values_out_of_range_and_unknown_keys_are_refused(bad):
    with pytest.raises(ValidationError):
        Perturbations(**bad)
