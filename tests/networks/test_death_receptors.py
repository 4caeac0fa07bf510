"""TNF and TRAIL reach caspase-8, and what stands in their way does so by the step that it owns."""

from tests.networks.responses import after

TNF = {"TNF": "10 ng/ml"}
TRAIL = {"TRAIL": "50 ng/ml"}


def casp8(hours=3.0, **arm):
    return after(hours, ("CASP8_active",), **arm)["CASP8_active"]


def test_tnf_reaches_caspase_8_only_without_the_ciaps():
    alone = casp8(factor=TNF)
    without = casp8(factor=TNF, inhibitor={"birinapant": "1 uM"})
    assert without > 4 * alone
    assert casp8(inhibitor={"birinapant": "1 uM"}) < 0.3 * without


def test_the_ciaps_need_traf2_and_their_rings_to_ubiquitinate_ripk1():
    states = ("RIPK1_ub", "RIPK1_complex2")
    whole = after(0.25, states, factor=TNF)
    for arm in ({"knockout": ("TRAF2",)}, {"mutant": {"BIRC2": "RING", "BIRC3": "RING"}}):
        lacking = after(0.25, states, factor=TNF, **arm)
        assert lacking["RIPK1_ub"] < 0.2 * whole["RIPK1_ub"]
        assert lacking["RIPK1_complex2"] > 3 * whole["RIPK1_complex2"]


def test_trail_needs_receptor_fadd_and_caspase_8_and_ripk1_counts_where_no_ciap_keeps_it_off():
    whole = casp8(factor=TRAIL)
    assert whole > 10 * casp8()
    for gene in ("TNFRSF10A", "FADD", "CASP8"):
        assert casp8(factor=TRAIL, knockout=(gene,)) < 0.1 * whole
    # before Smac is out, which takes the cIAPs
    bare = {"factor": TRAIL, "mutant": {"BIRC2": "RING", "BIRC3": "RING"}}
    early = casp8(1.0, factor=TRAIL)
    kept = casp8(1.0, factor=TRAIL, knockout=("RIPK1",)) / early
    assert kept > 0.95
    assert casp8(1.0, **bare, knockout=("RIPK1",)) / casp8(1.0, **bare) < 0.9 * kept
    joined = after(1.0, ("RIPK1_complex2",), factor=TRAIL)["RIPK1_complex2"]
    assert after(1.0, ("RIPK1_complex2",), **bare)["RIPK1_complex2"] > 3 * joined


def test_tradd_gathers_caspase_8_without_ripk1_and_c_flip_holds_it():
    states = ("TRADD_complex2", "CASP8_active")
    bare = {"factor": TNF, "knockout": ("RIPK1",)}
    whole = after(6.0, states, **bare)
    assert whole["TRADD_complex2"] > 50.0
    without = after(6.0, states, factor=TNF, knockout=("RIPK1", "TRADD"))
    assert without["TRADD_complex2"] == 0.0
    assert without["CASP8_active"] < 0.1 * whole["CASP8_active"]
    assert after(6.0, states, **bare, overexpression={"CFLAR": 5.0})["CASP8_active"] < 0.5 * whole["CASP8_active"]


def test_decoys_and_c_flip_take_places():
    whole = casp8(factor=TRAIL)
    for gene, fold in (("TNFRSF10C", 10.0), ("TNFRSF11B", 50.0), ("CFLAR", 5.0)):
        assert casp8(factor=TRAIL, overexpression={gene: fold}) < 0.6 * whole
    fas = casp8(factor={"FASLG": "50 ng/ml"})
    assert casp8(factor={"FASLG": "50 ng/ml"}, overexpression={"TNFRSF6B": 200.0}) < 0.8 * fas


def test_ripk1_is_neither_made_nor_lost():
    parts = ("RIPK1", "RIPK1_complex1", "RIPK1_ub", "RIPK1_complex2")
    before, later = (sum(after(hours, parts, factor=TNF).values()) for hours in (0.01, 5.0))
    assert abs(later / before - 1) < 1e-6


def test_off_the_matrix_cells_meet_the_fas_ligand_that_they_make_and_carcinoma_makes_none():
    states = ("CASP8_active", "FASLG_own", "FAS_active")
    on, off, without = (after(6.0, states, cell="MCF-10A", **arm) for arm in (
        {}, {"suspended": "from 0 h"}, {"suspended": "from 0 h", "knockout": ("FASLG",)}))  # fmt: skip
    assert off["FASLG_own"] > 2 * on["FASLG_own"] > 0
    assert off["CASP8_active"] > 5 * on["CASP8_active"]
    assert without["CASP8_active"] < 0.1 * off["CASP8_active"]
    assert after(6.0, states, suspended="from 0 h")["FAS_active"] < 1e-3 * off["FAS_active"]


def test_damage_builds_the_ripoptosome_where_no_iap_marks_ripk1():
    damage, biri = {"cisplatin": "10 uM"}, {"birinapant": "1 uM"}
    alone, together, antagonist = (after(3.0, ("RIPK1_complex2",), inhibitor=given)["RIPK1_complex2"]
                                   for given in (damage, {**damage, **biri}, biri))  # fmt: skip
    assert together > 3 * alone
    assert together > 1.5 * antagonist


def test_erk_keeps_c_flip_up():
    on, without = (after(6.0, ("CFLAR",), inhibitor=given)["CFLAR"] for given in ({}, {"U0126": "10 uM"}))
    assert without < 0.7 * on


def test_foxo3_makes_trail_where_akt_is_off_and_the_own_ligand_reaches_caspase_8():
    """Modur 2002: the less of it, the more Akt keeps FOXO3 out of the nucleus."""
    states, no_akt = ("TNFSF10_own", "CASP8_active"), {"inhibitor": {"MK-2206": "1 uM"}}
    kept, off, deaf = (
        after(24.0, states, "PC-3", **arm) for arm in ({}, no_akt, no_akt | {"knockout": ("TNFRSF10A",)})
    )
    assert off["TNFSF10_own"] > 2.0 * kept["TNFSF10_own"]
    assert off["CASP8_active"] > 2.0 * kept["CASP8_active"]
    assert deaf["CASP8_active"] < 0.1 * off["CASP8_active"]


def test_p53_makes_receptors_of_trail():
    """Sheikh 1998, Takimoto 2000."""
    damage = {"inhibitor": {"cisplatin": "20 uM"}}
    rest, hurt = (after(24.0, ("TNFRSF10A",), "HCT116", **arm)["TNFRSF10A"] for arm in ({}, damage))
    without = after(24.0, ("TNFRSF10A",), "HCT116", knockout=("TP53",), **damage)["TNFRSF10A"]
    assert hurt > 2.0 * rest
    assert without < 0.5 * hurt


def test_a6b4_gathers_trail_receptors_with_p53_and_without_it_keeps_ligand_away():
    states, laminin = ("TNFRSF10A", "TNFSF10_own", "CASP8_active"), {"laminin": "10 ug/ml"}

    def reached(**arm):
        return after(48.0, states, "HCT116", matrix=laminin, **arm)

    more, less = {"overexpression": {"a6b4": 2.0}}, {"knockout": ("ITGB4",)}
    assert reached(**more)["TNFRSF10A"] > 1.2 * reached(**less)["TNFRSF10A"]
    alone, held = reached(knockout=("TP53", "ITGB4")), reached(knockout=("TP53",), **more)
    assert held["TNFSF10_own"] < 0.9 * alone["TNFSF10_own"]
    assert held["CASP8_active"] < 0.9 * alone["CASP8_active"]
