"""Treatments that stop many reactions, rays, and C3 transferase: what cells make of them."""

import pytest
from responses import after


def test_a_protein_leaves_at_its_own_pace_where_no_gene_is_read_and_comes_back():
    names = ("TNFAIP3", "AKT1_total")
    wild = after(6.0, names)
    off = after(6.0, names, blocked=("transcription from 0 h",))
    back = after(6.0, names, blocked=("transcription from 0 h until 1 h",))
    assert off["TNFAIP3"] < 0.1 * wild["TNFAIP3"]
    assert 0.7 * wild["AKT1_total"] < off["AKT1_total"] < 0.99 * wild["AKT1_total"]
    assert back["TNFAIP3"] > 0.5 * wild["TNFAIP3"]


def test_cyclin_d1_is_made_from_its_message_for_a_while():
    """Cyclin D1 is lost within the hour: what is left is made from the message that is left."""
    names = ("CCND1_mRNA", "CCND1")
    wild, genes, proteins = (after(1.0, names, "MEF", blocked=block)
                             for block in ((), ("transcription from 0 h",), ("translation from 0 h",)))
    assert genes["CCND1_mRNA"] < 0.9 * wild["CCND1_mRNA"]
    assert proteins["CCND1"] < 0.8 * genes["CCND1"]


def test_c3_takes_gtp_from_rhoa_and_not_from_cdc42():
    names = ("RHOA_gtp", "CDC42_gtp", "MYL9_p_front")
    wild, toxin = (after(4.0, names, **arm) for arm in ({}, {"inhibitor": {"C3 transferase": "100 nM"}}))
    assert toxin["RHOA_gtp"] < 0.2 * wild["RHOA_gtp"]
    assert toxin["CDC42_gtp"] > 0.8 * wild["CDC42_gtp"]
    assert toxin["MYL9_p_front"] < 0.9 * wild["MYL9_p_front"]


@pytest.mark.parametrize("cell", ["HeLa", "MEF"])
def test_rays_kill_by_their_dose(cell):
    cut = [1.0 - after(24.0, ("PARP1",), cell, inhibitor={"radiation": f"{dose} Gy from 0 h"})["PARP1"]
           / after(24.0, ("PARP1",), cell)["PARP1"] for dose in (1.0, 20.0)]  # fmt: skip
    assert cut[1] > 0.02
    assert cut[1] > 2.0 * cut[0]


def test_without_the_proteasome_rac1_stays_where_iaps_send_it_there():
    """Rac1 gains by a block what XIAP and cIAP1 take, and little without the two."""
    without = {"knockout": ("XIAP", "BIRC2")}
    gain = {}
    for name, arm in {"whole": {}, "no IAP": without}.items():
        wild, off = (after(6.0, ("RAC1_total",), **arm, blocked=block)["RAC1_total"]
                     for block in ((), ("proteasome from 0 h",)))
        gain[name] = off / wild
    assert gain["whole"] > 1.1
    assert gain["no IAP"] < 1.0 + 0.2 * (gain["whole"] - 1.0)


def test_without_the_proteasome_tnf_frees_no_nf_kb():
    tnf = {"factor": {"TNF": "10 ng/ml"}}
    rest, wild, off = (after(1.0, ("RELA_nuclear",), **arm)["RELA_nuclear"]
                       for arm in ({}, tnf, tnf | {"blocked": ("proteasome from 0 h",)}))
    assert wild > 3.0 * rest
    assert off < 1.2 * rest


def test_blebbistatin_takes_the_pull_and_leaves_the_phosphate():
    names = ("MYL9_p_rear", "MYL9_active_rear", "traction_front_total", "traction_rear_total")
    wild, drug = (after(1.0, names, "MEF", **arm) for arm in ({}, {"inhibitor": {"blebbistatin": "20 uM"}}))
    assert drug["MYL9_p_rear"] > 0.7 * wild["MYL9_p_rear"]
    assert drug["MYL9_active_rear"] < 0.15 * wild["MYL9_active_rear"]
    front, rear = names[2:]
    assert drug[front] + drug[rear] < 0.4 * (wild[front] + wild[rear])


@pytest.mark.parametrize("line", ["HeLa", "MEF", "HUVEC", "MCF-10A"])
def test_without_the_pull_of_myosin_fak_at_sites_falls(line):
    names = ("PTK2_p397_front", "PTK2_p397_rear")
    wild, drug, slack = (sum(after(6.0, names, line, **arm).values()) for arm in
                         ({}, {"inhibitor": {"blebbistatin": "20 uM"}}, {"inhibitor": {"Y-27632": "10 uM"}}))
    assert drug < 0.8 * wild
    assert slack < wild


@pytest.mark.parametrize("poison", ["latrunculin A", "cytochalasin D"])
def test_poisons_of_actin_stop_filaments_and_untie_integrins(poison):
    names = ("elongation", "mobile_total", "MYL9_active_rear")
    wild, drug = (after(0.5, names, "lymphocyte", **arm) for arm in ({}, {"inhibitor": {poison: "2 uM"}}))
    assert drug["elongation"] < 0.12 * wild["elongation"]
    assert drug["MYL9_active_rear"] < 0.3 * wild["MYL9_active_rear"]
    assert drug["mobile_total"] > 1.2 * wild["mobile_total"]
