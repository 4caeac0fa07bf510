"""Times of a treatment: what is there when, and what is refused."""

import math
import re
import tomllib
from fnmatch import fnmatchcase

import pytest

from lamella.errors import InputError
from lamella.networks import (
    Perturbations,
    antibodies,
    assemble,
    constructs,
    drugs,
    factors,
    gene_names,
    ligands,
    resolve,
)
from lamella.networks.absent import absent
from lamella.networks.reagents import blocks
from lamella.networks.timing import GROWTH, START, amount_at, windows
from lamella.units import MOLECULES_PER_UM3_PER_UM

UM = MOLECULES_PER_UM3_PER_UM


def resolved(medium=None, **perturbations):
    return resolve(assemble("HeLa"), Perturbations(**perturbations), {"fibronectin": "10 ug/ml"}, medium or {})


@pytest.mark.parametrize(("text", "found"), [
    ("10 uM", [("10 uM", START, math.inf)]),
    ("10 uM from before until 0 h", [("10 uM", GROWTH, 0.0)]),
    ("10 uM from 2 h until 6 h", [("10 uM", 7200.0, 21600.0)]),
    ("1 uM from 6 h and 10 uM until 1 h", [("10 uM", START, 3600.0), ("1 uM", 21600.0, math.inf)]),
    ("from 1 h until 3 h", [("", 3600.0, 10800.0)]),
])
def test_reads(text, found):
    assert [(w.amount, w.start, w.end) for w in windows(text)] == found


@pytest.mark.parametrize("text", ["1 uM from 3 h until 2 h", "1 uM from 1 h and 2 uM", "1 uM from -1 h",
                                  "1 uM from soon", "1 uM from 1 h until 1 h"])
def test_refuses(text):
    with pytest.raises(InputError):
        windows(text)


def test_amount_holds_up_to_its_end():
    window = windows("1 uM from 1 h until 2 h")
    assert [amount_at(window, t) for t in (GROWTH, START, 3600.0, 7199.0, 7200.0)] == [None, None, "1 uM", "1 uM", None]


def test_wash_in_and_wash_out_of_a_drug():
    treatment = resolved(inhibitor={"U0126": "10 uM from 1 h until 2 h"})
    assert treatment.acute == {}
    first, second = treatment.changes
    assert (first.time, second.time) == (3600.0, 7200.0)
    assert first.values["MAP2K1_inhibitor"] == pytest.approx(10 * UM)
    assert first.values["Ki_MAP2K1"] == pytest.approx(0.072 * UM)
    assert second.values == {"MAP2K1_inhibitor": 0.0}


def test_grown_in_a_drug_and_washed_out():
    treatment = resolved(inhibitor={"birinapant": "1 uM from before until 0 h"})
    assert treatment.medium["antagonist"] == pytest.approx(UM)
    assert treatment.acute["antagonist"] == pytest.approx(UM)
    assert treatment.changes[0].time == 0.0
    assert treatment.changes[0].values == {"antagonist": 0.0}


def test_a_pulse_of_factor_ends_at_the_level_of_the_medium():
    treatment = resolved(medium={"EGF": "1 ng/ml"}, factor={"EGF": "100 ng/ml from 10 min until 20 min"})
    low = treatment.medium["EGF"]
    assert treatment.changes[0].values["EGF"] == pytest.approx(100 * low)
    assert treatment.changes[1].values["EGF"] == low


def test_levels_change_later_only_where_the_network_makes_and_loses_the_protein():
    treatment = resolved(knockdown={"XIAP": "0.9 from 1 h until 3 h"})
    assert treatment.chronic == {}
    assert [dict(c.scales) for c in treatment.changes] == [
        {"XIAP_expression": pytest.approx(0.1)}, {"XIAP_expression": pytest.approx(10.0)}]
    with pytest.raises(InputError, match="PTK2 cannot change") as caught:
        resolved(knockdown={"PTK2": "0.9 from 1 h"})
    assert "RAC1" in caught.value.why


def test_antibodies_take_a_share_of_binding_and_multiply():
    one = resolved(antibody={"P5D2": "1 nM"}).acute
    assert one["a5b1_unblocked"] == pytest.approx(1 / 2)
    assert one["avb1_unblocked"] == pytest.approx(1 / 2)
    assert "avb5_unblocked" not in one
    both = resolved(antibody={"P5D2": "1 nM", "JBS5": "1 nM"}).acute
    assert both["a5b1_unblocked"] == pytest.approx(1 / 4)
    by_mass = resolved(antibody={"P5D2": "0.15 ug/ml"}).acute
    assert by_mass == pytest.approx(one)
    assert resolved(antibody={"TS2/16": "9 nM"}).acute["a5b1_k_inactivation"] == pytest.approx(0.001)


def test_reactions_are_stopped_at_one_half_and_from_a_time_on():
    treatment = resolved(blocked=("*_activation_front from 2 h",))
    assert treatment.acute == {}
    assert treatment.changes[0].values["switch.a5b1_activation_front"] == 0.0
    assert not any(name.endswith("_rear") for name in treatment.changes[0].values)


def test_a_block_ends_and_leaves_what_another_still_stops():
    treatment = resolved(blocked=("RAC1_loss until 1 h and RAC1_loss from 3 h", "RAC1_* until 2 h"))
    assert treatment.acute["switch.RAC1_loss"] == treatment.acute["switch.RAC1_synthesis"] == 0.0
    at = {change.time / 3600.0: change.values for change in treatment.changes}
    assert "switch.RAC1_loss" not in at[1.0]
    assert at[2.0]["switch.RAC1_loss"] == at[2.0]["switch.RAC1_synthesis"] == 1.0
    assert at[3.0] == {"switch.RAC1_loss": 0.0}


def test_no_gene_is_read_and_no_protein_made():
    genes = resolved(blocked=("transcription",)).acute
    proteins = resolved(blocked=("translation",)).acute
    assert {"switch.RAC1_synthesis", "switch.CCND1_synthesis", "switch.BCL2L11_transcription"} <= genes.keys()
    assert not {"switch.CCND1_translation", "switch.BCL2L11_synthesis", "switch.PIP3_synthesis_front"} & genes.keys()
    assert {"switch.RAC1_synthesis", "switch.CCND1_translation", "switch.BCL2L11_synthesis"} <= proteins.keys()
    assert not {"switch.CCND1_synthesis", "switch.PIP3_synthesis_front"} & proteins.keys()
    assert set(genes.values()) == set(proteins.values()) == {0.0}


def test_named_blocks_know_which_messages_the_network_keeps():
    """What goes on under a block is what makes a message, or makes a protein from one, and nothing else."""
    network = assemble("HeLa")
    kept = {name.removesuffix("_mRNA_loss") for name in network.evidence if name.endswith("_mRNA_loss")}
    makers = [blocks()[name] for name in ("transcription", "translation")]
    assert {name.partition("_")[0] for row in makers for name in row["but"]} == kept
    assert all(name in network.evidence for row in makers for name in row["but"])


def test_each_pattern_of_a_named_block_stops_something_of_some_line():
    """The IAP of the fly is in the networks of all lines, so that one line tells."""
    names = assemble("HeLa").evidence
    idle = [pattern for row in blocks().values() for pattern in row["reactions"]
            if not any(fnmatchcase(name, pattern) for name in names)]
    assert not idle


def test_rays_have_a_dose_of_their_own():
    acute = resolved(inhibitor={"radiation": "10 Gy"}).acute
    assert acute["genotoxin"] / acute["K_genotoxin"] == pytest.approx(2.0)


def test_off_the_matrix_and_back():
    treatment = resolved(suspended="from 1 h until 3 h")
    assert not treatment.suspended
    assert [(c.time, c.suspended) for c in treatment.changes] == [(3600.0, True), (10800.0, False)]
    assert resolved(suspended=True).suspended


def test_add_back_into_null_cells():
    whole = resolved(add_back={"PTK2": "wild type"}).chronic
    assert whole == {"PTK2_expression": 1.0}
    part = resolved(knockout=("BIRC2",), add_back={"BIRC2": "RING at 0.5 fold"}).chronic
    assert part["BIRC2_ring"] == 0.0
    assert part["BIRC2_expression"] == 0.5


@pytest.mark.parametrize(("perturbation", "what", "remedy"), [
    ({"inhibitor": {"EHT 1864": "1 uM", "NSC23766": "1 uM"}}, "cannot be in one arm", "one of the two"),
    ({"antibody": {"LM609": "10 ug/ml"}}, "has no integrin that", "another cell line"),
    ({"antibody": {"mAb14": "10 ug/ml"}}, "unknown antibody", "mAb13"),
    ({"blocked": ("qqqqq",)}, "unknown reaction", "Known"),
    ({"blocked": ("RAC1_loss until 2 h and RAC1_synthesis from 3 h",)}, "stops two things", "for each"),
    ({"inhibitor": {"actinomycin D": "1 uM"}}, "'actinomycin D' cannot", "transcription"),
    ({"inhibitor": {"radiation": "1 uM"}}, "does not convert", "Gy"),
    ({"add_back": {"PTK2": "wild type"}, "knockdown": {"PTK2": 0.5}}, "changed otherwise too", "at 0.5 fold"),
    ({"knockdown": {"XIAP": "1.0 from 1 h"}}, "not allowed", "0.99"),
    ({"knockdown": {"XIAP": "nan"}}, "not a finite number", ""),
    ({"overexpression": {"XIAP": "lots"}}, "unknown unit", ""),
    ({"knockdown": {"XIAP": "0.9"}}, "needs a time", "0.9 from 0 h"),
    ({"suspended": "10 uM"}, "when cells are suspended", "from 1 h"),
    ({"knockout": ("GRB2",)}, "'GRB2' cannot be perturbed yet", "Y925F"),
    ({"knockdown": {"FAK": 0.9}}, "'FAK' is not the symbol", "Write PTK2"),
    ({"overexpression": {"HRAS": 2.0}}, "'HRAS' has no species of its own", "Write KRAS"),
    ({"factor": {"serum": "10 ng/ml"}}, "'serum' cannot be perturbed yet", "EGF"),
    ({"inhibitor": {"MG-132": "10 uM"}}, "'MG-132' cannot", "proteasome from 0 h"),
    ({"mutant": {"BIRC6": "UBC"}}, "'BIRC6' cannot", "XIAP"),
    ({"coating": {"collagenase": "10 ug/ml"}}, "unknown matrix ligand", "collagen_I"),
])
def test_what_has_no_target_is_refused_by_name_with_a_remedy(perturbation, what, remedy):
    with pytest.raises(InputError, match=what) as caught:
        resolved(**perturbation)
    assert remedy in f"{caught.value.why} {caught.value.remedy}"


def test_no_row_of_what_is_absent_is_there_after_all():
    tables = absent()
    there = {"genes": gene_names(), "factors": factors(), "inhibitors": {**drugs(), **antibodies()},
             "coatings": ligands(), "kinds": Perturbations.model_fields,
             "constructs": [f"{gene}.{name}" for gene, rows in constructs().items() for name in rows]}
    assert tables.keys() == {*there, "assays"}
    for table, names in there.items():
        assert not {name.lower() for name in tables[table]} & {name.lower() for name in names}, table
        for name, row in tables[table].items():
            assert row.keys() in ({"is", "needs", "instead"}, {"is", "stand_in"}), name
            assert row.get("stand_in", "KRAS") in gene_names()


def test_what_is_offered_instead_works():
    """Every `kind = ...` in a remedy resolves, in a cell line that has what it names."""
    for rows in absent().values():
        for name, row in rows.items():
            for text in re.findall(r"`([a-z_]+ = .*?)`", row.get("instead", "")):
                arm = Perturbations.model_validate(tomllib.loads(text))
                resolve(assemble("MEF"), arm, {"fibronectin": "10 ug/ml"}, {}, name)
