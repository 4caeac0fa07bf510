"""Receptors and what regulates them: the ligand table, inside-out signals, mobility, one mechanism a test."""

from functools import cache

import libsbml
import numpy as np
import pytest
from tests.networks.responses import after

from lamella.culture import Draw, advance_treated, constants, grown_population, idealised_inputs
from lamella.errors import InputError
from lamella.networks import Perturbations, assemble, library, ligands, resolve
from lamella.networks.heterodimers import heterodimers, regulation, sums_of_receptors
from lamella.networks.reagents import ligand_name
from lamella.networks.receptor_sums import _ELSEWHERE, _SURFACE

PI3K_OFF = {"inhibitor": {"LY294002": "50 uM"}}


@cache
def _told(cell, seconds, coating, arm):
    network = assemble(cell)
    perturbations = Perturbations.model_validate_json(arm)
    treatment = resolve(network, perturbations, dict(coating), {})
    told = lambda off: idealised_inputs(network, treatment, suspended=off)
    cells = grown_population(network, treatment, Draw(1, 0, 4), constants(), idealised_inputs(network, treatment))
    if seconds:
        advance_treated(cells, treatment, 0.0, seconds, told)
    return cells


def read(cell, *names, seconds=0.0, coating=(), **arm):
    """Sum of states over cells, in suspension where nothing is coated."""
    perturbations = Perturbations(**arm, suspended=not coating)
    return _told(cell, seconds, coating, perturbations.model_dump_json()).observe(names).sum()


def extended(cell, integrin, **kw):
    """Share of a heterodimer that is extended."""
    forms = {form: tuple(f"{integrin}_{form}_{half}" for half in ("front", "rear"))
             for form in ("low", "high", "bound", "clustered")}  # fmt: skip
    low = read(cell, *forms["low"], **kw)
    others = read(cell, *forms["high"], *forms["bound"], *forms["clustered"], **kw)
    return others / (others + low)


def test_the_table_has_24_heterodimers_of_18_alpha_and_8_beta_chains_and_each_finds_a_ligand():
    pairs = heterodimers()
    assert len(pairs) == 24
    assert len({p["alpha"]["symbol"] for p in pairs.values()}) == 18
    assert len({p["beta"]["symbol"] for p in pairs.values()}) == 8
    bound = {name for row in ligands().values() for name in row["affinity"]}
    assert bound == set(pairs)
    assert all(max(row["affinity"].values(), default=1.0) == 1.0 for row in ligands().values())


def test_sums_are_over_receptors_and_states_that_there_are():
    pairs, states = heterodimers(), {*_SURFACE, *_ELSEWHERE}
    rows = [(of, row) for of, table in sums_of_receptors().items() for row in table.values()]
    assert {name for _, row in rows for name in row.get("of", ())} <= set(pairs)
    assert {row["beta"] for _, row in rows if "beta" in row} <= {pair["beta"]["symbol"] for pair in pairs.values()}
    assert all(set(row["states"]) <= (states if of == "cell" else set(_SURFACE)) for of, row in rows)
    assert all(not row.keys() - {"of", "beta", "states", "half"} for _, row in rows)


def test_a_sum_is_of_its_receptors_in_its_states_and_0_in_a_line_without_them():
    document = libsbml.readSBMLFromString(assemble("HUVEC").sbml)
    formula = lambda name: libsbml.formulaToL3String(document.getModel().getRuleByVariable(name).getMath())
    assert formula("unligated_front") == "a5b1_low_front + a5b1_high_front"
    assert formula("clustered_b3") == "avb3_clustered_front + avb3_clustered_rear"
    assert formula("internal_a5b1") == "a5b1_internal + a5b1_internal_active"
    assert formula("untethered_avb3_rear") == "avb3_untethered_rear"
    assert formula("clustered_b2_rear") == "0 molecules"


def test_what_sets_how_much_is_made_of_a_receptor():
    rules = library.module("recycling").body
    assert {name: regulation(name).made for name in heterodimers() if regulation(name).made != "made_other"} == {
        "a5b1": "made_a5b1", "aIIbb3": "made_b3", "avb3": "made_b3", "avb5": "made_b5"}
    assert all(f"{regulation(name).made} := " in rules for name in heterodimers())


def test_a_ligand_goes_by_its_other_names():
    assert ligand_name("VCAM-1") == ligand_name("vcam1") == "VCAM1"
    assert ligand_name("collagen") == ligand_name("collagen I") == ligand_name("collagen-I") == "collagen_I"
    with pytest.raises(InputError, match="collagen_V"):
        ligand_name("collagen_V")


def test_talin_is_neither_made_nor_lost():
    arm = Perturbations(mutant={"ITGB1": "tail-only"})
    cells = _told("CHO", 3600.0, (("fibronectin", "10 ug/ml"),), arm.model_dump_json())
    holding = [f"{i}_{form}_{half}" for i in assemble("CHO").cell.integrins
               for form in ("high", "bound", "clustered") for half in ("front", "rear")]  # fmt: skip
    names = (*holding, "TLN1", "TLN1_open_front", "TLN1_open_rear", "ITGB1_tail_TLN1_front", "ITGB1_tail_TLN1_rear")
    column = {name: i for i, name in enumerate(cells.program.parameters)}
    total = np.prod([cells.parameters[:, column[f"TLN1_{part}"]] for part in ("available", "copies", "expression")], 0)
    np.testing.assert_allclose(cells.observe(names).sum(axis=1), total, rtol=1e-6)


def test_ras_lowers_beta_1_through_erk_where_pea15_is_rare_and_raises_beta_2_through_pi3k():
    ras = {"mutant": {"KRAS": "G12V"}}
    matrix = (("fibronectin", "10 ug/ml"),)
    assert extended("CHO", "a5b1", coating=matrix, **ras) < 0.8 * extended("CHO", "a5b1", coating=matrix)
    rescued = {"level_of": {"PEA15": "HeLa"}}
    assert (extended("CHO", "a5b1", coating=matrix, **ras, **rescued)
            > 0.9 * extended("CHO", "a5b1", coating=matrix, **rescued))  # fmt: skip
    assert extended("Ba/F3", "aLb2", **ras) > 1.1 * extended("Ba/F3", "aLb2")
    blocked = {"seconds": 1800.0, **PI3K_OFF}
    assert extended("Ba/F3", "aLb2", **ras, **blocked) < 1.05 * extended("Ba/F3", "aLb2", **blocked)


def test_r_ras_acts_by_the_alpha_tail_and_needs_pip3():
    active = {"mutant": {"RRAS": "V38"}}
    assert extended("T47D", "a2b1", **active) > 1.2 * extended("T47D", "a2b1")
    assert extended("T47D", "a5b1", **active) < 1.05 * extended("T47D", "a5b1")
    blocked = {"seconds": 1800.0, "inhibitor": {"LY294002": "200 uM"}}  # half of PI3-kinase of the line is H1047R
    assert extended("T47D", "a2b1", **active, **blocked) < 1.05 * extended("T47D", "a2b1", **blocked)


def test_a_chemokine_opens_talin_without_pi3k_and_frees_receptors_with_it():
    stimulus = {"factor": {"CXCL12": "100 ng/ml"}, "seconds": 120.0}
    rest = extended("lymphocyte", "aLb2")
    assert extended("lymphocyte", "aLb2", **stimulus) > 1.5 * rest
    assert extended("lymphocyte", "aLb2", **stimulus, **PI3K_OFF) > 1.5 * rest
    mobile = lambda **kw: read("lymphocyte", "mobile_share", **kw)
    assert mobile(**stimulus) > 1.2 * mobile()
    assert mobile(**stimulus, **PI3K_OFF) < 1.02 * mobile()
    assert mobile(**stimulus, inhibitor={"calpeptin": "50 uM"}) < 1.02 * mobile()
    assert extended("lymphocyte", "aLb2", factor=stimulus["factor"], seconds=3600.0) < 1.5 * rest


def test_phorbol_ester_frees_receptors_without_pi3k_and_leaves_their_affinity():
    stimulus = {"factor": {"PMA": "100 ng/ml"}, "seconds": 600.0}
    mobile = lambda **kw: read("lymphocyte", "mobile_share", **kw)
    assert mobile(**stimulus, **PI3K_OFF) == pytest.approx(mobile(**stimulus), rel=0.02)
    assert mobile(**stimulus) > 1.5 * mobile()
    assert mobile(**stimulus, inhibitor={"calpeptin": "50 uM"}) < 1.02 * mobile()
    # but for a little of the talin that PIP3 opens, of which phorbol ester leaves seven tenths
    assert extended("lymphocyte", "aLb2", **stimulus) == pytest.approx(extended("lymphocyte", "aLb2"), rel=0.05)


def test_neuregulin_needs_erbb3_and_erbb2():
    stimulus = {"factor": {"NRG1": "20 ng/ml"}, "seconds": 1800.0, "coating": (("collagen I", "10 ug/ml"),)}
    active = lambda **kw: read("MDA-MB-435", "ERBB3_active", **stimulus, **kw)
    assert active(knockout=("ERBB2",)) < 0.2 * active()
    assert active(knockout=("ERBB3",)) == 0.0


def test_one_integrin_takes_talin_from_another():
    held = {"antibody": {"LIBS6": "10 ug/ml from before"}}
    assert extended("CHO-A5", "aIIbb3", **held) > 2.0 * extended("CHO-A5", "aIIbb3")
    assert extended("CHO-A5", "a5b1", **held) < 0.9 * extended("CHO-A5", "a5b1")


def test_cam_kinase_makes_icap_1_hold_the_beta_1_tail():
    more = {"overexpression": {"CAMK2A": 20.0}}
    assert extended("HeLa", "a5b1", **more) < 0.95 * extended("HeLa", "a5b1")
    assert extended("HeLa", "a5b1", **more, mutant={"ITGB1BP1": "T38A"}) > extended("HeLa", "a5b1")


def test_loss_of_kindlin_keeps_integrins_bent():
    assert extended("HeLa", "a5b1", knockdown={"FERMT2": 0.9}) < 0.5 * extended("HeLa", "a5b1")


def test_tumour_epithelium_holds_on_to_its_own_laminin_without_b1():
    """Zahir 2003: a6b4 on laminin-332 that the cell has laid down."""
    blocked = {"antibody": {"P5D2": "10 ug/ml"}, "matrix": {"laminin": "20 ug/ml"}}
    names = ("chain_b4_front", "adhesion_front")
    own, without = (after(4.0, names, "T4-2", knockdown=less, **blocked) for less in ({}, {"LAMA3": 0.95}))
    assert own["chain_b4_front"] > 3.0 * without["chain_b4_front"]
    assert own["adhesion_front"] > 2.0 * without["adhesion_front"]


@pytest.mark.parametrize(("arm", "left"), [
    ({"antibody": {"P5D2": "1 nM"}}, 0.5), ({"antibody": {"P5D2": "9 nM"}}, 0.1),
    ({"inhibitor": {"GRGDSP": "10 uM"}}, 0.5), ({"antibody": {"P1F6": "1 uM"}}, 1.0)])
def test_what_is_occupied_holds_no_dish(arm, left):
    """Beta-1 receptors alone, at the constant of what occupies them or nine times that; before anything else moves."""
    names = ("holders_front", "holders_rear", "gripping_front", "gripping_rear")
    alone = {"knockout": ("ITGAV",)}
    wild, held = (after(1e-4, names, "HeLa", **alone, **extra) for extra in ({}, arm))
    for name in names:
        assert wild[name] > 0.0
        assert held[name] == pytest.approx(left * wild[name], rel=0.02)
