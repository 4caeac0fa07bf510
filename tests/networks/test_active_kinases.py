"""Kinases that are active by themselves: their product rises without a drive, and what stands below them answers."""

import pytest
from responses import after

from lamella.networks import assemble
from lamella.networks.reagents import constructs

FLOATING = {"suspended": "from 0 h"}


def fold(name, quantity, hours=1.0, cell="MEF", **also):
    """What a construct of one gene does to a quantity, over the wild type under the same arm."""
    gene, _, form = name.partition(".")
    wild = after(hours, (quantity,), cell, **also)[quantity]
    return after(hours, (quantity,), cell, mutant={gene: form}, **also)[quantity] / wild


@pytest.mark.parametrize(("name", "product", "below"), [
    ("RAF1.CAAX", "RAF1_active", "MAPK1_p"),
    ("RAF1.BXB", "RAF1_active", "MAPK1_p"),
    ("MAP2K1.S218D-S222D", "MAP2K1_p", "MAPK1_p"),
    ("AKT1.myristoylated", "AKT1_p", "FOXO3_p"),
    ("PAK1.T423E", "PAK1_active", "PXN_p273"),
    ("MAP3K1.kinase-domain", "MAP3K1_active", "MAPK8_p"),
    ("MAPK8.MKK7-fusion", "MAPK8_p", "JUN_p"),
    ("PTK2.CD2", "PTK2_p397_front", "PTK2_p925"),
])  # fmt: skip
def test_active_form_works_in_floating_cells(name, product, below):
    """Off the matrix, where the wild type of each has lost its drive."""
    assert fold(name, product, **FLOATING) > 2.0
    assert fold(name, below, **FLOATING) > 1.2


def test_active_ikk_frees_rela_and_its_inhibitor_holds_it():
    name = "IKBKB.S177E-S181E"
    assert fold(name, "IKBKB_active") > 5.0
    assert fold(name, "RELA_nuclear") > 1.5
    held = after(1.0, ("IKBKB_active",), "MEF", mutant={"IKBKB": "S177E-S181E"}, inhibitor={"TPCA-1": "2 uM"})
    free = after(1.0, ("IKBKB_active",), "MEF", mutant={"IKBKB": "S177E-S181E"})
    assert held["IKBKB_active"] < 0.1 * free["IKBKB_active"]


def test_myristate_spares_akt_its_lipid_and_not_its_inhibitor():
    mutant = {"AKT1": "myristoylated"}
    free = after(1.0, ("AKT1_p",), "MEF", mutant=mutant)["AKT1_p"]
    without = after(1.0, ("AKT1_p",), "MEF", mutant=mutant, inhibitor={"LY294002": "50 uM"})["AKT1_p"]
    wild = after(1.0, ("AKT1_p",), "MEF", inhibitor={"LY294002": "50 uM"})["AKT1_p"]
    held = after(1.0, ("AKT1_p",), "MEF", mutant=mutant, inhibitor={"MK-2206": "1 uM"})["AKT1_p"]
    assert without > 0.7 * free
    assert wild < 0.1 * without
    assert held < 0.1 * free


def test_anchored_fak_asks_for_its_kinase():
    floating = after(1.0, ("PTK2_p397_front",), "MEF", mutant={"PTK2": "CD2"}, **FLOATING)["PTK2_p397_front"]
    dead = after(1.0, ("PTK2_p397_front",), "MEF", mutant={"PTK2": "CD2+kinase-dead"}, **FLOATING)["PTK2_p397_front"]
    assert dead < 1e-3 * floating


def test_active_mek_asks_for_no_raf():
    free = after(1.0, ("MAPK1_p",), "MEF", mutant={"MAP2K1": "S218D-S222D"})["MAPK1_p"]
    no_raf = after(1.0, ("MAPK1_p",), "MEF", mutant={"MAP2K1": "S218D-S222D"}, knockout=("RAF1", "BRAF"))["MAPK1_p"]
    assert no_raf > 0.9 * free


def test_card_of_ciap2_holds_its_ligase():
    """Without it cIAP2 marks itself and NIK more."""
    assert fold("BIRC3.CARD", "BIRC3", cell="HeLa") < 0.8
    also = {"knockout": ("BIRC2",)}  # cIAP1 marks NIK too, and far more of it
    assert fold("BIRC3.CARD", "MAP3K14", cell="HeLa", **also) < 1.0


def test_shares_are_off_in_every_library_cell():
    """A construct changes what it sets, and nothing else is set away from the wild type."""
    network = assemble("MEF")
    for rows in constructs().values():
        for row in rows.values():
            for key in row["set"]:
                if key.endswith(("_constitutive", "_anchored")):
                    assert network.parameters[key].value == 0.0
