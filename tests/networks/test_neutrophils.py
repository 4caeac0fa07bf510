"""Neutrophils: what beta-2 integrins and TNF do together, and the exchange factors of blood cells; one idea a test."""

import pytest
from tests.networks.responses import after

ICAM1 = {"ICAM1": "10 ug/ml"}
TNF = {"factor": {"TNF": "10 ng/ml"}}


def neutrophil(states, hours=2.0, **arm):
    return after(hours, states, "neutrophil", ICAM1, **arm)


@pytest.fixture(scope="module")
def with_tnf():
    return neutrophil(("AKT1_p", "MAPK8_p"), **TNF)


def test_oxidants_lyn_and_ship_take_akt_from_cells_on_beta2_with_tnf(with_tnf):
    """Whitlock 2000, Gardai 2002: nothing of it without oxidase, Lyn or SHIP."""
    assert with_tnf["AKT1_p"] < 0.5 * neutrophil(("AKT1_p",))["AKT1_p"]
    for gene in ("CYBB", "LYN", "INPP5D"):
        assert neutrophil(("AKT1_p",), knockout=(gene,), **TNF)["AKT1_p"] > 2.0 * with_tnf["AKT1_p"]


def test_oxidants_keep_the_phosphate_of_jnk(with_tnf):
    """Kamata 2005."""
    held = neutrophil(("MAPK8_p",), **TNF, inhibitor={"diphenyleneiodonium": "10 uM"})
    assert held["MAPK8_p"] < 0.67 * with_tnf["MAPK8_p"]


def test_calpain_cuts_xiap_where_calpastatin_is_short():
    """Kobayashi 2002: fragments of XIAP in neutrophils, and none with the calpastatin of other cells."""
    stopped = {"inhibitor": {"calpeptin": "10 uM"}}
    cut, spared = (neutrophil(("XIAP",), 12.0, **arm)["XIAP"] for arm in ({}, stopped))
    assert cut < 0.5 * spared
    assert neutrophil(("XIAP",), 12.0, level_of={"CAST": "HeLa"})["XIAP"] > 0.95 * spared
    other = [after(12.0, ("XIAP",), "HeLa", **arm)["XIAP"] for arm in ({}, stopped)]
    assert other[0] == pytest.approx(other[1], rel=0.05)


def test_each_exchange_factor_of_blood_cells_answers_its_own_signal():
    """DOCK2 where there is PIP3, Vav1 where beta-2 integrins hold ligand, P-Rex1 while a chemokine receptor signals."""
    def loss(gene, **arm):
        rac = [neutrophil(("RAC1_gtp_front",), 1.0 / 60.0, **arm, **loss)["RAC1_gtp_front"]
               for loss in ({}, {"knockout": (gene,)})]  # fmt: skip
        return 1.0 - rac[1] / rac[0]

    assert loss("DOCK2") > 0.1
    assert loss("VAV1") > 0.1
    assert abs(loss("VAV1", suspended=True)) < 0.01
    assert abs(loss("PREX1")) < 0.01
    assert loss("PREX1", factor={"CXCL12": "100 ng/ml"}) > 0.02


def test_a_chemokine_empties_granules_and_what_came_up_stays():
    """Sengelov 1995: the receptors that chemokine brings to the surface outlast its receptors by hours."""
    states = ("aMb2_stored", "surface_front", "surface_rear", "chemokine_signal")
    rest, given = (after(3.0, states, "eosinophil", ICAM1, factor=f) for f in ({}, {"CCL5": "100 ng/ml"}))
    assert rest["aMb2_stored"] > 0.95 * after(0.02, states, "eosinophil", ICAM1)["aMb2_stored"]
    assert given["aMb2_stored"] < 0.2 * rest["aMb2_stored"]
    gained = sum(given[f"surface_{half}"] - rest[f"surface_{half}"] for half in ("front", "rear"))
    assert gained > 0.5 * (rest["aMb2_stored"] - given["aMb2_stored"])


def test_mcl1_of_neutrophils_goes_afloat_and_nf_kb_makes_a1_in_its_place():
    """Moulding 2001, Ward 1999: what keeps them alive is short-lived, and TNF makes it again by NF-kB."""
    afloat = neutrophil(("BCL2",), 6.0, suspended="from 0 h")["BCL2"]
    assert afloat < 0.5 * neutrophil(("BCL2",), 6.0)["BCL2"]
    given = neutrophil(("BCL2",), 6.0, suspended="from 0 h", **TNF)["BCL2"]
    assert given > 1.5 * afloat
    assert neutrophil(("BCL2",), 6.0, suspended="from 0 h", knockdown={"RELA": 0.9}, **TNF)["BCL2"] < 0.7 * given
