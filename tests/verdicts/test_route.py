import pytest

from lamella.findings import get
from lamella.networks import Perturbations
from lamella.report import told, write_explanation
from lamella.verdicts import explain, route
from lamella.verdicts.route import protein_of, treated_differently

FINDING = get("iap-sirna-makes-hela-protrude")
CLAIMS = {"IAP-172": "In mammals XIAP and cIAP1 are direct ubiquitin ligases of Rac1"}


@pytest.fixture(scope="module")
def explained():
    path = next(p for p in explain(FINDING, cells=2) if p.quantity == "WASF2.active")
    arms = [Perturbations.model_validate(FINDING.arms[arm]) for arm in (path.arm, path.against)]
    return path, route(path, *arms, matrix=FINDING.matrix, medium=FINDING.medium)


def step(way, source, target):
    return next(s for s in way.steps if (s.source, s.target) == (source, target))


def test_arrows_lead_from_what_was_done_to_what_was_read(explained):
    _, way = explained
    assert way.starts == ("BIRC2", "XIAP")
    assert way.ends == ("WASF2",)
    assert step(way, "XIAP", "RAC1").what == "ubiquitination XIAP"
    reached = set(way.starts)
    for _ in way.steps:
        reached |= {s.target for s in way.steps if s.source in reached}
    assert "WASF2" in reached


def test_signs_are_those_of_the_rate_laws(explained):
    _, way = explained
    assert not step(way, "XIAP", "RAC1").raises, "a ligase takes its substrate away"
    assert step(way, "RAC1", "WASF2").raises, "active Rac1 engages the complex"
    assert not step(way, "BIRC2", "RAC1").raises, "a ligase takes its substrate away"
    assert step(way, "XIAP", "XIAP").raises, "synthesis, which the siRNA takes away"
    assert not step(way, "RAC1", "RAC1").raises, "its own loss"


def test_what_only_sets_the_stage_is_told_apart(explained):
    path, way = explained
    assert step(way, "XIAP", "RAC1").carries
    assert not step(way, "RAC1", "WASF2").carries
    assert "WASF2_engagement" in {carrier.reaction for carrier in path.stage()}


def test_front_and_rear_are_one_reaction(explained):
    path, way = explained
    names = [carrier.reaction for carrier in path.carriers]
    assert len(names) == len(set(names))
    assert not [name for name in names if name.endswith(("_front", "_rear"))]
    assert len({(s.source, s.target, s.what) for s in way.steps}) == len(way.steps)


def test_the_words_name_the_way_and_the_evidence(explained):
    text = told(*explained, CLAIMS)
    assert "XIAP lowers RAC1 (ubiquitination XIAP), which raises WASF2 (engagement)" in text
    assert "IAP-172: In mammals XIAP" in text
    assert "doi:10." in text


@pytest.mark.parametrize(("name", "starts"), [
    ("why.svg", b"<?xml"), ("why.png", b"\x89PNG"), ("why.html", b"<!DOCTYPE")])
def test_the_way_is_drawn(explained, tmp_path, name, starts):
    write_explanation(tmp_path / name, "why", [explained], CLAIMS)
    first = (tmp_path / name).read_bytes()
    assert first.startswith(starts)
    write_explanation(tmp_path / name, "why", [explained], CLAIMS)
    assert (tmp_path / name).read_bytes() == first


def test_a_reaction_that_is_stopped_is_where_the_path_starts(explained):
    path, _ = explained
    stops = Perturbations(blocked=("RAC1_ubiquitination_* from 2 h",))
    way = route(path, stops, Perturbations(), matrix=FINDING.matrix, medium=FINDING.medium)
    assert way.starts == ("RAC1",)
    assert step(way, "RAC1", "WASF2").raises
    assert route(path, stops, stops, matrix=FINDING.matrix, medium=FINDING.medium).starts == ()


@pytest.mark.parametrize(("arm", "against", "expected"), [
    ({"knockdown": {"XIAP": 0.9}}, {}, ["XIAP"]), ({"knockout": ("PTK2",)}, {"knockout": ("PTK2", "SRC")}, ["SRC"]),
    ({"inhibitor": {"U0126": "10 uM"}}, {}, ["MAP2K1"]), ({"suspended": True}, {}, ["matrix"]),
    ({"coating": {"fibronectin": "1 ug/ml"}}, {}, ["matrix"]), ({"factor": {"EGF": "1 nM"}}, {}, ["medium"]),
    ({"knockdown": {"XIAP": 0.9}, "inhibitor": {"U0126": "10 uM"}}, {"knockdown": {"XIAP": 0.9}}, ["MAP2K1"]),
    ({"shear": "1.5 Pa"}, {}, ["medium"]), ({"stretch": "10 %"}, {"stretch": "5 %"}, ["matrix"]),
    ({"island": "20 um"}, {}, ["matrix"]), ({"bead": {"fibronectin": "1 ug/ml at the rear"}}, {}, ["matrix"]),
    ({"pipette": {"EGF": "1 nM at the front"}}, {}, ["medium"]), ({"gradient": {"EGF": "0 to 1 nM"}}, {}, ["medium"]),
    ({"shear": "1.5 Pa"}, {"shear": "1.5 Pa"}, [])])
def test_what_two_arms_treat_differently(arm, against, expected):
    assert treated_differently(Perturbations(**arm), Perturbations(**against)) == expected


@pytest.mark.parametrize(("species", "protein"), [
    ("RAC1_gtp_front", "RAC1"), ("RAC1", "RAC1"), ("a5b1_high_rear", "a5b1"), ("PIP3_front", "PIP3"),
    ("PTK2_p397_rear", "PTK2"), ("unheard_of_rear", "unheard_of")])
def test_species_belong_to_proteins(species, protein):
    assert protein_of(species) == protein
