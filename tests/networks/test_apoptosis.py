"""Death as the network makes it: two ways to caspase-3, a threshold, and the brakes that hold it."""

import numpy as np
import pytest
from tests.networks.responses import after
from tests.networks.test_stress import course as alike

from lamella.culture import Draw, advance_treated, constants, grown_population, idealised_inputs
from lamella.networks import Perturbations, assemble, resolve

STATES = (
    "BMF", "BMF_held", "BAX_active", "CYCS", "CYCS_mitochondrial", "DIABLO", "CASP9_active", "CASP3_active",
    "XIAP_CASP3", "XIAP_CASP9", "PARP1", "PARP1_cleaved", "AKT1_total", "TP53", "BCL2L11", "BAD_free_total", "BCL2",
    "CASP8_active",
)  # fmt: skip


def course(hours, cell="MCF-10A", detached=False, cells=8, medium=None, **perturbations):
    """States at the given hours, means over cells.   [hours] -> {state: value}"""
    network = assemble(cell)
    treatment = resolve(network, Perturbations(**perturbations), {"fibronectin": "10 ug/ml"}, medium or {})
    told = lambda off: idealised_inputs(network, treatment, suspended=off)
    population = grown_population(network, treatment, Draw(1, 0, cells), constants(), told(False))
    column = {name: i for i, name in enumerate(population.program.parameters)}
    if detached:
        for name, value in told(True).items():
            if name in column:
                population.parameters[:, column[name]] = value
        population.refresh()
    now, out = 0.0, []
    for hour in hours:
        if hour * 3600.0 > now:
            advance_treated(population, treatment, now, hour * 3600.0 - now)
            now = hour * 3600.0
        assert not population.status.any()
        out.append(dict(zip(STATES, population.observe(STATES).mean(axis=0))))
    return out


def cut(states):
    return states["PARP1_cleaved"] / (states["PARP1"] + states["PARP1_cleaved"])


def test_detachment_frees_bmf_long_before_cytochrome_c_and_caspases():
    start, hour, day = course((0, 1, 36), detached=True)
    bmf = start["BMF"] + start["BMF_held"]
    assert start["BMF"] < 0.3 * bmf < 0.9 * bmf < hour["BMF"]
    assert hour["CYCS"] < 0.01 * hour["CYCS_mitochondrial"]
    assert cut(hour) < 0.05
    assert cut(day) > 0.2
    inhibited = course((1,), detached=True, inhibitor={"z-VAD-fmk": "50 uM"})[0]
    assert inhibited["BMF"] == pytest.approx(hour["BMF"], rel=0.02)


def test_bmf_leaves_a_cytoskeleton_that_stands_on_the_matrix_without_tension():
    start, relaxed = course((0, 1))[0], course((1,), inhibitor={"Y-27632": "30 uM"})[0]
    assert relaxed["BMF"] > 1.5 * start["BMF"]


def test_cytochrome_c_has_a_threshold_in_the_ratio_of_puma_to_bcl2():
    released = [course((24,), cells=1, overexpression={"BBC3": fold})[0]["CYCS"] for fold in (1.0, 3.0, 6.0, 12.0)]
    share = np.array(released) / 3440400.0
    assert share[0] < 1e-2
    assert share[-1] > 0.9
    assert max(np.diff(np.log10(share + 1e-9))) > 1.5  # more than thirty-fold for a doubling
    held = course((24,), cells=1, overexpression={"BBC3": 12.0, "BCL2": 8.0})[0]["CYCS"]
    assert held < 1e-2 * released[-1]


@pytest.mark.parametrize("treatment", [{"factor": {"FASLG": "300 ng/ml"}}, {"inhibitor": {"cisplatin": "100 uM"}}])
def test_either_way_ends_in_caspase_3_and_needs_it(treatment):
    dead = course((24,), cell="HeLa", **treatment)[0]
    assert cut(dead) > 0.6
    both = {**treatment, "inhibitor": treatment.get("inhibitor", {}) | {"z-VAD-fmk": "100 uM"}}
    assert cut(course((24,), cell="HeLa", **both)[0]) < 0.3 * cut(dead)


def test_xiap_holds_caspase_3_by_bir2_until_smac_comes():
    arms = {"wild type": {}, "without XIAP": {"knockout": ("XIAP",)}, "BIR2": {"mutant": {"XIAP": "BIR2"}}}
    fas = {"FASLG": "30 ng/ml"}
    free = {arm: course((6,), cell="HeLa", cells=4, factor=fas, overexpression={"BCL2": 20.0}, **given)[0]
            for arm, given in arms.items() if "knockout" not in given}  # fmt: skip
    assert free["wild type"]["XIAP_CASP3"] > 100.0 * free["BIR2"]["XIAP_CASP3"]
    assert free["BIR2"]["CASP3_active"] > 3.0 * free["wild type"]["CASP3_active"]
    antagonised = course((6,), cell="HeLa", cells=4, factor=fas, overexpression={"BCL2": 20.0},
                         inhibitor={"birinapant": "10 uM"})[0]  # fmt: skip
    assert antagonised["CASP3_active"] > 1.5 * free["wild type"]["CASP3_active"]


def test_damage_raises_p53_and_kills_and_bcl2_saves():
    start, later = course((0, 48), inhibitor={"doxorubicin": "10 uM"})
    assert later["TP53"] > 5.0 * start["TP53"]
    assert cut(start) < 0.1
    assert cut(later) > 0.4
    assert cut(course((48,), inhibitor={"doxorubicin": "10 uM"}, overexpression={"BCL2": 4.0})[0]) < 0.25 * cut(later)


def test_caspase_3_costs_akt_and_not_where_it_is_inhibited():
    kill = {"cell": "HeLa", "factor": {"FASLG": "300 ng/ml"}}
    lost = course((12,), **kill)[0]["AKT1_total"]
    kept = course((12,), mutant={"CASP3": "dead"}, **kill)[0]["AKT1_total"]
    assert lost < 0.5 * kept


def test_unligated_a5b1_calls_caspase_8_off_the_matrix_and_soluble_fibronectin_silences_it():
    many = {"overexpression": {"a5b1": 20.0}}
    plain, more, occupied = (
        course((2,), cell="HeLa", cells=2, detached=True, **given)[0]["CASP8_active"]
        for given in ({}, many, {**many, "factor": {"FN1": "300 ug/ml"}})
    )
    assert more > 1.5 * plain
    assert occupied - plain < 0.3 * (more - plain)


def test_thrombospondin_needs_b3():
    """Without the own Fas ligand of endothelium, which calls caspase-8 too."""
    dose = {"THBS1": "5 ug/ml"}
    with_b3, without = (course((4,), cell="HUVEC", cells=2, factor=dose, knockout=("FASLG", *more))[0]["CASP8_active"]
                        for more in ((), ("ITGB3",)))  # fmt: skip
    assert with_b3 > 5.0 * without


def test_erk_shortens_the_life_of_bim_and_with_jnk_lengthens_that_of_mcl1():
    start = course((0,), cell="MEF", cells=2)[0]
    without_erk, without_jnk = (course((24,), cell="MEF", cells=2, inhibitor=given)[0]
                                for given in ({"U0126": "10 uM"}, {"SP600125": "20 uM"}))  # fmt: skip
    assert without_erk["BCL2L11"] > 1.5 * start["BCL2L11"]
    assert without_jnk["BCL2L11"] < 1.1 * start["BCL2L11"]
    assert without_jnk["BAD_free_total"] > 1.05 * start["BAD_free_total"]
    assert without_jnk["BCL2"] < 0.9 * start["BCL2"]


def test_carcinoma_without_activators_outlives_the_matrix_and_epithelium_does_not():
    carcinoma, epithelium = (course((24,), cell=line, detached=True)[0] for line in ("HeLa", "MCF-10A"))
    assert cut(carcinoma) < 0.3
    assert cut(epithelium) > 0.6


def test_flow_carries_thrombospondin_away():
    def dead(**shear):
        return course((48,), cell="HUVEC", cells=12, **shear)[0]["CASP8_active"]

    assert dead(shear="1.5 Pa from before until 0 h") > 1.3 * dead(shear="1.5 Pa from before")


def test_damage_kills_without_p53_and_mcl1_is_why():
    """HeLa, whose p53 E6 takes: Nijhawan 2003."""
    drug = {"inhibitor": {"cisplatin": "10 uM"}}
    half, none, kept = (course((48,), cell="HeLa", cells=24, **given)[0]
                        for given in (drug, {}, {**drug, "overexpression": {"BCL2": 4.0}}))  # fmt: skip
    assert cut(half) > 0.4 > 0.1 > max(cut(none), cut(kept))


def test_trail_kills_hela_at_nanograms_and_few_at_one():
    low, high = (course((24,), cell="HeLa", cells=24, factor={"TRAIL": f"{dose} ng/ml"})[0] for dose in (1, 20))
    assert cut(high) > 0.6
    assert cut(low) < 0.15


def test_caspase_3_takes_rac1_of_dying_cells():
    """Zhang 2003; without it Rac1, whose ligases Smac takes, would pile up in the dead."""
    states = ("RAC1_total", "PARP1", "PARP1_cleaved")
    network = assemble("HeLa")

    def dying(**blocked):
        arm = Perturbations(factor={"TRAIL": "50 ng/ml"}, **blocked)
        treatment = resolve(network, arm, {"fibronectin": "10 ug/ml"}, {})
        told = lambda off: idealised_inputs(network, treatment, suspended=off)
        population = grown_population(network, treatment, Draw(1, 0, 6), constants(), told(False))
        advance_treated(population, treatment, 0.0, 24 * 3600.0)
        return dict(zip(states, population.observe(states).mean(axis=0)))

    cutting, sparing = dying(), dying(blocked=("RAC1_cleavage", "RAC1_gtp_cleavage_*"))
    assert cut(cutting) > 0.6
    assert cut(sparing) > 0.6
    assert cutting["RAC1_total"] < 0.8 * sparing["RAC1_total"]


def test_flow_keeps_the_caspases_of_endothelium_from_work_by_akt_and_no_synthase():
    """Dimmeler 1999."""
    still = {"overexpression": {"BBC3": 8.0}}
    flow = still | {"shear": "1.5 Pa from 0 h"}
    died, flowing, without, blocked = (
        cut(course((48,), "HUVEC", cells=4, **arm)[0])
        for arm in (still, flow, flow | {"knockout": ["NOS3"]}, flow | {"inhibitor": {"MK-2206": "1 uM"}})
    )
    assert flowing < 0.8 * without
    assert without > 0.9 * died
    assert blocked > 1.2 * flowing


def test_growth_factor_calls_arf_and_p53_of_fibroblasts_and_akt_holds_them():
    """Zindy 1998, Bouchard 2007, Zhou 2001: Myc needs FOXO3 for ARF; Akt sends FOXO3 away and takes Mdm2 from ARF."""
    off = {"inhibitor": {"MK-2206": "1 uM"}}
    level = lambda **arm: dict(zip(names, alike("MEF", names, (24.0,), **arm)[0]))
    names = ("CDKN2A", "TP53", "FAS")
    alone, starved = level(), level(**off)
    for dose in ("0.3 ng/ml", "10 ng/ml"):
        held, called = level(factor={"EGF": dose}), level(factor={"EGF": dose}, **off)
        assert called["CDKN2A"] > 1.5 * held["CDKN2A"]
        assert called["CDKN2A"] > 4.0 * starved["CDKN2A"]
        assert called["TP53"] > 1.3 * held["TP53"]
        assert called["TP53"] - held["TP53"] > 2.0 * (starved["TP53"] - alone["TP53"])
        assert called["FAS"] > 1.3 * starved["FAS"]
    assert level(factor={"EGF": "10 ng/ml"}, knockout=("CDKN2A",), **off)["TP53"] < 1.2 * alone["TP53"]


def test_jnk_at_sites_keeps_p53_down_without_akt_or_erk():
    """Ilic 1998, Almeida 2000: in fibroblasts without serum FAK and JNK, not PI3-kinase."""
    level = lambda **arm: after(24.0, ("TP53",), "MEF", **arm)["TP53"]
    rest = level()
    jnk, fak = (level(inhibitor=drug) for drug in ({"SP600125": "20 uM"}, {"PF-573228": "1 uM"}))
    least = min(jnk, fak, level(suspended="from 0 h"))
    assert least > 2.0 * rest
    assert level(inhibitor={"MK-2206": "1 uM"}) < 0.7 * least
    assert level(inhibitor={"U0126": "10 uM"}) < 1.1 * rest


def test_bcl2_of_fibroblasts_asks_for_no_akt():
    """Kennedy 1997; Matter 2001 saw it in other cells. What is lost is Mcl-1, which GSK-3 has destroyed."""
    share = {}
    for cell in ("MEF", "HUVEC"):
        rest, off = (after(24.0, ("BCL2",), cell, **arm) for arm in ({}, {"inhibitor": {"MK-2206": "1 uM"}}))
        share[cell] = off["BCL2"] / rest["BCL2"]
    assert share["HUVEC"] < 0.8 < share["MEF"]
