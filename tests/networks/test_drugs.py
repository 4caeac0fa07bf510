"""Every drug takes its own target, at its own constant; every antibody finds integrins of some cell line."""

from functools import cache

import numpy as np
import pytest

from lamella.culture.cells import program
from lamella.networks import (
    Perturbations,
    antibodies,
    assemble,
    cell_line,
    cell_lines,
    drugs,
    heterodimers,
    resolve,
    sources,
)
from lamella.networks.reagents import antibody_targets
from lamella.units import quantity

TAKEN = {
    "Ki_RAC1": ("RAC1_inhibition",), "Ki_MAP2K1": ("MAPK1_phosphorylation",), "Ki_ROCK2": ("ROCK2_catalysis",),
    "Ki_PTK2": ("PTK2_catalysis",), "Ki_SRC": ("SRC_catalysis",), "Ki_PAK1": ("PAK1_gate",),
    "Ki_PIK3CA": ("PIK3CA_catalysis", "PIK3CB_catalysis"), "Ki_AKT1": ("AKT1_recruitment",),
    "Ki_EGFR": ("EGFR_binding_front", "EGFR_by_adhesion_rear"), "Ki_PDPK1": ("PDPK1_catalysis",),
    "Ki_caspase": ("caspase_catalysis", "CASP8_activation"), "Ki_ILK": ("AKT1_by_ILK",),
    "Ki_MTOR": ("RPS6KB1_phosphorylation",), "Ki_IKBKB": ("IKBKB_activation",), "Ki_CAPN1": ("CAPN1_catalysis",),
    "Ki_PPP3CA": ("PPP3CA_active_front",), "Ki_CAMK2A": ("CAMK2A_active_total",), "Ki_PIEZO1": ("PIEZO1_open_front",),
    "Ki_PRKCA": ("PRKCA_active_total",), "Ki_dynamin": ("uptake",), "Ki_MAPK8": ("MAPK8_activity",),
    "Ki_MAPK14": ("MAPK14_activity",), "Ki_GSK3B": ("GSK3B_drive",), "Ki_CDK4": ("CDK4_activity",),
    "Ki_CDK2": ("CDK2_share",), "Ki_CYBB": ("CYBB_active",), "Ki_IGF1R": ("IGF1R_activation",),
    "Ki_INSR": ("INSR_activation",), "Ki_BCL2": ("BCL2_groove",), "Ki_ERBB2": ("ERBB2_pairing",),
    "K_calcium_buffer": ("CA_buffering",), "K_RHOA_toxin": ("RHOA_free_share",),
    "K_RHO_toxin": ("membrane_access",), "Ki_MYH9": ("motor",), "Ki_ACTB": ("elongation", "motor"),
    **{f"Ki_MMP{n}": (f"MMP{n}_catalysis",) for n in (1, 2, 7, 9, 13, 14)},
}  # fmt: skip
"""Constant of a drug -> what of its target a drug takes away, as the network names it."""

RAISED = {"K_RGD": "competitor_b1_RGD", "K_manganese": "opener", "K_genotoxin": "damage"}
"""Constant -> what the drug raises: the competitor of ligands, what opens integrins, damage."""


@cache
def _cell(line):
    """A cell of which something of everything is there, and that senses some of everything."""
    made = program(line)
    parameters = np.where(np.isnan(made.defaults), 1.0, made.defaults)
    for name in ("EGF", "INS", "IGF1", "CYBB_copies"):
        parameters[made.parameter(name)] = 1.0
    return made, parameters


def read(name, line="MEF", absent=(), **edits):
    """What the network says of one cell under edits of its parameters."""
    made, parameters = _cell(line)
    states, parameters = np.ones((1, len(made.species))), parameters.copy()
    for species, value in dict(absent).items():
        states[0, made.index(species)] = value
    for key, value in edits.items():
        parameters[made.parameter(key)] = value
    return made.observe(states, parameters[None, :], names=(name,))[0, 0]


def tenfold(drug, constant):
    """Edits of a drug at ten times one of its constants."""
    row = drugs()[drug]
    unit = row.get("unit", "uM")
    dose = f"{10.0 * quantity(row['kd'][constant], unit):.15g} {unit}"
    return resolve(assemble("MEF"), Perturbations(inhibitor={drug: dose}), {}, {}).acute


CONSTANTS = [(drug, constant) for drug, row in drugs().items() for constant in row["kd"]]


@pytest.mark.parametrize(("drug", "constant"), CONSTANTS)
def test_ten_times_its_constant_takes_most_of_the_target(drug, constant):
    edits = tenfold(drug, constant)
    if constant.startswith("Kd_antagonist_"):
        iap = constant.removeprefix("Kd_antagonist_")
        rest = {iap: 1.0, f"{iap}_antagonist": 10.0}
        assert read(f"{iap}_antagonist_binding", absent={iap: 1.0, f"{iap}_antagonist": 0.0}, **edits) > 0.0
        assert read(f"{iap}_antagonist_binding", absent=rest, **edits) == pytest.approx(0.0, abs=1e-12)
    elif constant in RAISED:
        name, without = RAISED[constant], read(RAISED[constant])
        full = 1.0 if name == "damage" else 11.0 * without
        assert read(name, **edits) == pytest.approx(10.0 / 11.0 if name == "damage" else full, rel=1e-6)
        assert without < 0.2 * full
    else:
        for name in TAKEN[constant]:
            absent = {"AKT1_membrane": 0.0} if name == "AKT1_recruitment" else {}
            line = "neutrophil" if name == "CYBB_active" else "MEF"
            without = read(name, line, absent)
            assert without > 0.0
            assert read(name, line, absent, **edits) < 0.1 * without


@pytest.mark.parametrize("drug", drugs())
def test_a_row_is_whole(drug):
    """A constant that a drug does not set would be that of another drug, which the network has by default."""
    row = drugs()[drug]
    assert row.keys() - {"aliases", "unit"} == {"target", "title", "dose", "kd", "source"}
    alike = [other for other in drugs().values() if other["dose"] == row["dose"]]
    assert all(other["kd"].keys() == row["kd"].keys() and other["target"] == row["target"] for other in alike)
    assert row["source"] in sources()
    assert all(quantity(value, row.get("unit", "uM"), above=0.0) for value in row["kd"].values())


LINES = ("MEF", "HeLa", "HUVEC", "CHO-A5", "MCF-10A", "lymphocyte", "neutrophil")
"""Lines that have between them every integrin that any line has."""


def test_these_lines_have_every_integrin_of_any_line():
    assert {i for line in LINES for i in cell_line(line).integrins} == {
        i for line in cell_lines() for i in cell_line(line).integrins}


@pytest.mark.parametrize("name", antibodies())
def test_an_antibody_or_a_peptide_holds_integrins_of_some_line_and_of_no_other_chain(name):
    row = antibodies()[name]
    assert row.keys() - {"aliases"} == {"title", "kd", "kilodalton", "effect", "source"}
    assert row["source"] in sources()
    meant = {pair for pair, chains in heterodimers().items()
             if {pair, *(chain["symbol"] for chain in chains.values())} & row["kd"].keys()}  # fmt: skip
    assert meant
    line = next(line for line in LINES if meant & set(cell_line(line).integrins))
    found = antibody_targets(name, assemble(line))
    assert found.keys() == meant & set(cell_line(line).integrins)
    dose = f"{10.0 * max(quantity(kd, 'uM') for kd in row['kd'].values()):.15g} uM"
    acute = resolve(assemble(line), Perturbations(antibody={name: dose}), {}, {}).acute
    rate = {"blocks": "unblocked", "activates": "k_inactivation"}[row["effect"]]
    for integrin in found:
        assert acute[f"{integrin}_{rate}"] < 0.1 * assemble(line).parameters[f"{integrin}_{rate}"].value


def test_a_dose_of_an_antibody_in_grams_is_turned_by_its_own_mass():
    """10 ug/ml of a Fab is three times as many molecules as of an antibody."""
    cell = assemble("CHO-A5")
    free = {}
    for name in ("abciximab", "7E3"):
        acute = resolve(cell, Perturbations(antibody={name: "10 ug/ml"}), {}, {}).acute
        free[name] = acute["aIIbb3_unblocked"]
    assert 1.0 / free["abciximab"] - 1.0 == pytest.approx(10.0 / 47.6 / 5e-3, rel=1e-6)
    assert 1.0 / free["7E3"] - 1.0 == pytest.approx(10.0 / 150.0 / 1e-3, rel=1e-6)
