"""WAVE2 where signals coincide."""

from tests.networks.responses import after

WAVE = ("WASF2_active_front", "WASF2_active_rear", "RAC1_gtp_front", "WASF2_p")


def test_wave2_needs_pip3_beside_rac1():
    """Lebensohn & Kirschner 2009: either alone does not open the phosphorylated complex."""
    rac, blocked = (
        after(4.0, WAVE, "MCF-10A", overexpression={"RAC1": 5.0}, inhibitor=drug)
        for drug in ({}, {"LY294002": "50 uM"})
    )
    per_rac = [x["WASF2_active_front"] / (x["RAC1_gtp_front"] * x["WASF2_p"]) for x in (rac, blocked)]
    assert blocked["RAC1_gtp_front"] > 1e6
    assert per_rac[1] < 0.15 * per_rac[0]


def test_wave2_engages_arp23_only_where_fak_phosphorylates_itself():
    """Serrels 2007; growth factor loads Rac1 without FAK, and no lamella grows."""
    given = {name: after(4.0, WAVE, mutant=mutant, factor={"EGF": "10 ng/ml"})
             for name, mutant in {"wild": {}, "Y397F": {"PTK2": "Y397F"}}.items()}  # fmt: skip
    assert given["Y397F"]["RAC1_gtp_front"] > 0.4 * given["wild"]["RAC1_gtp_front"]
    assert given["Y397F"]["WASF2_active_front"] < 0.01 * given["wild"]["WASF2_active_front"]
