"""Reagents go by the names that people write, and records keep one name for each."""

import tomllib

import pytest

from lamella.assays import ASSAYS
from lamella.assays.dose_response import agent_name
from lamella.assays.experiment import build_experiment
from lamella.assays.reading import Source
from lamella.errors import InputError
from lamella.networks import Perturbations, antibodies, assemble, drugs, factors, ligands, resolve
from lamella.networks.absent import absent
from lamella.networks.reagents import antibody_row, drug_row, factor_row
from lamella.networks.spelling import named, plain, spellings

FIBRONECTIN = {"fibronectin": "10 ug/ml"}
DOSES = {"inhibitor": "1 uM", "antibody": "10 ug/ml", "factor": "10 ng/ml", "gradient": "0 to 10 ng/ml",
         "pipette": "10 ng/ml at the front from 0 h"}


@pytest.mark.parametrize(("kind", "written", "name"), [
    ("inhibitor", "y27632", "Y-27632"), ("inhibitor", "EHT-1864", "EHT 1864"), ("inhibitor", "ly 294002", "LY294002"),
    ("inhibitor", "Gö6976", "Go6976"), ("inhibitor", "ZVAD-FMK", "z-VAD-fmk"), ("inhibitor", "Cisplatin", "cisplatin"),
    ("inhibitor", "FK506", "tacrolimus"), ("inhibitor", "CI 1040", "PD184352"),
    ("inhibitor", "licl", "lithium chloride"),
    ("antibody", "4b4", "4B4"), ("antibody", "m-200", "volociximab"), ("antibody", "aiib-2", "AIIB2"),
    ("antibody", "ts2-16", "TS2/16"), ("antibody", "gOH3", "GoH3"), ("antibody", "P5-D2", "P5D2"),
    ("factor", "egf", "EGF"), ("factor", "Igf-1", "IGF1"), ("factor", "FGF-2", "FGF2"), ("gradient", "hgf", "HGF"),
    ("pipette", "Egf", "EGF"),
])
def test_case_spaces_hyphens_and_slashes_make_no_other_reagent(kind, written, name):
    arms = [Perturbations.model_validate({kind: {one: DOSES[kind]}}) for one in (written, name)]
    assert arms[0] == arms[1]
    assert list(arms[0].model_dump()[kind]) == [name]
    treatments = [resolve(assemble("HeLa"), arm, FIBRONECTIN, {}) for arm in arms]
    assert treatments[0] == treatments[1] != resolve(assemble("HeLa"), Perturbations(), FIBRONECTIN, {})


def test_rows_are_found_by_every_spelling():
    assert drug_row("pf 573228") is drugs()["PF-573228"]
    assert factor_row("tnfsf-10") is factor_row("Apo2L") is factors()["TRAIL"]
    assert factor_row("basic FGF") is factors()["FGF2"]
    assert antibody_row("hp2 1") is antibodies()["HP2/1"]
    assert plain("TGF-β1") == plain("TGF beta 1")
    assert plain("- ") == ""
    assert named("- ", drugs()) is None


@pytest.mark.parametrize("given", [
    {"inhibitor": {"Y-27632": "1 uM", "Y27632": "2 uM"}}, {"factor": {"EGF": "1 ng/ml", "egf": "2 ng/ml"}},
    {"antibody": {"ts2/16": "1 ug/ml", "TS2/16": "1 ug/ml"}}, {"inhibitor": {"AZD6244": "1 uM", "selumetinib": "1 uM"}},
])
def test_two_names_of_one_reagent_are_refused(given):
    with pytest.raises(InputError, match="two names of") as caught:
        Perturbations(**given)
    assert "once" in caught.value.remedy


@pytest.mark.parametrize(("given", "what"), [
    ({"inhibitor": {"Y-27": "1 uM"}}, "unknown drug 'Y-27'"), ({"antibody": {"TS3": "1 ug/ml"}}, "unknown antibody"),
    ({"inhibitor": {"MG132": "1 uM"}}, "'MG-132' cannot"),
    ({"inhibitor": {"smac-mimetic": "1 uM"}}, "'Smac mimetic' cannot"), ({"factor": {"-": "1 nM"}}, "unknown"),
])
def test_what_has_another_name_altogether_is_refused(given, what):
    with pytest.raises(InputError, match=what):
        resolve(assemble("HeLa"), Perturbations(**given), FIBRONECTIN, {})


def test_a_spelling_stands_for_one_row():
    """Drugs, antibodies and factors among themselves too: an agent of a series of doses may be any of them."""
    tables = {"what is given": [*spellings(drugs()), *spellings(antibodies()), *spellings(factors())],
              "what is coated": list(spellings(ligands()))}
    for what, found in tables.items():
        rows = {}
        for written, name in found:
            rows.setdefault(plain(written), set()).add(name)
        assert not {spelling: names for spelling, names in rows.items() if len(names) > 1}, what
        assert all(rows), what
    known = {plain(written) for written, _ in tables["what is given"]}
    assert not {plain(name) for name in (*absent()["inhibitors"], *absent()["factors"])} & known
    for rows in (drugs(), antibodies(), factors()):
        for name, row in rows.items():
            written = [plain(one) for one in (name, *row.get("aliases", ()))]
            assert len(set(written)) == len(written), f"{name} has an alias that is no other name"


def test_files_and_series_of_doses_keep_the_name_of_the_row():
    text = '''cell = "hela"
    medium = { egf = "10 ng/ml" }
    arms.control = {}
    arms.drug = { inhibitor = { "u 0126" = "1 uM" } }
    assays.dose_response = { agent = "y27632", band = "MAPK1.p" }
    '''
    experiment = build_experiment(tomllib.loads(text), ASSAYS, Source("test", text))
    written = tomllib.loads(experiment.to_toml({}))
    assert written["medium"] == {"EGF": "10 ng/ml"}
    assert written["arms"]["drug"]["inhibitor"] == {"U0126": "1 uM"}
    assert written["assays"]["dose_response"]["agent"] == "Y-27632"
    assert agent_name("p5d2") == "P5D2"
    assert agent_name("tnf") == "TNF"
    with pytest.raises(InputError, match="unknown drug, factor or antibody 'U01'"):
        agent_name("U01")
