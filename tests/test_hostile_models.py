"""A fixed sample of the files of `verification.hostile_models`, and what the guards refuse."""

import time
from pathlib import Path

import pytest
from verification import hostile_sbml
from verification.hostile_models import ANSWERS, SECONDS, attempt, hostile_file, originals
from verification.memory import Readers, most_held

from lamella.errors import ModelError
from lamella.networks import sbml_of_file, to_sbml_guarded
from lamella.reactions import read_sbml


@pytest.fixture(name="models", scope="module")
def _models():
    models = originals()
    assert attempt(".xml", hostile_sbml.BASE.encode()) == "simulated"  # compiles what is not compiled yet
    return models


@pytest.mark.parametrize("part", range(6))
def test_hostile_files_end_in_an_answer(models, part):
    for k in range(10 * part, 10 * (part + 1)):
        suffix, content = hostile_file(f"sample/{k}", models)
        begun = time.monotonic()
        assert attempt(suffix, content) in ANSWERS, k
        assert time.monotonic() - begun < SECONDS, k


def test_the_originals_themselves_run(models):
    assert {attempt(suffix, text.encode()) for suffix, text in models} == {"simulated"}


def test_every_kind_of_answer_is_in_the_sample(models):
    answers = {attempt(*hostile_file(f"sample/{k}", models)) for k in range(12)}
    assert {"simulated", "refused"} <= answers


@pytest.mark.parametrize(("text", "message"), [
    ('import "/etc/passwd"\nmodel m\n x = 1\nend', "imports another file"),
    ('model m\n S is "http://x"; import "/dev/zero"\nend', "imports another file"),
    ("model m\n x := " + "(" * 600 + "1" + ")" * 600 + "\nend", "nested more than 500 deep"),
    ("model m\x00\nend", "NUL"), (" \n", "no model in the text"), ("// model m\n# x = 1\n", "no model in the text"),
    ("model é\n x = 1 +\nend", "not valid Antimony"),
    ("model a()\n x: b()\nend\nmodel b()\n y: a()\nend", "not valid Antimony|cannot be read"),
    ("".join(f"model m{k}()\n a: m{k + 1}(); b: m{k + 1}()\nend\n" for k in range(24)) + "model m24()\n x = 1\nend\n",
     "not valid Antimony|cannot be read"),
])  # fmt: skip
def test_what_the_guard_of_antimony_refuses(text, message):
    with pytest.raises(ModelError, match=message):
        to_sbml_guarded(text)


def test_a_device_is_no_model():
    with pytest.raises(ModelError, match="larger than 20 MB"):
        sbml_of_file(Path("/dev/zero"))
    with pytest.raises(ModelError, match="cannot be read"):
        sbml_of_file(Path("/"))


def test_an_import_in_a_comment_is_a_comment():
    assert "<sbml" in to_sbml_guarded('// import "x"\nmodel m\n x = 1 # import "y"\nend')


def test_an_error_of_antimony_is_short_and_names_the_line():
    with pytest.raises(ModelError) as caught:
        to_sbml_guarded("model m\n x = 1\n y = " + "2^" * 5000 + "1\nend", "mine.ant")
    assert caught.value.where == "mine.ant:3"
    assert len(str(caught.value)) < 1000


def test_a_wide_formula_in_a_hierarchical_model_is_given_up():
    wide = "<apply><times/>" + "<ci> k </ci>" * 40_000 + "</apply>"
    text = hostile_sbml.COMPOSED.replace("<apply><times/><ci> k </ci><ci> S </ci></apply>", wide)
    begun = time.monotonic()
    with pytest.raises(ModelError, match=r"cannot be flattened|nested more than"):
        read_sbml(text)
    assert time.monotonic() - begun < SECONDS


def test_a_million_events_are_a_failure_with_a_reason():
    assert attempt(".ant", b"x = 0; x' = 1e6; at x > 1: x = 0\n") == "failed"


def test_what_a_reader_held_is_its_own():
    """Not that of the process which started it, which it is a copy of for a moment."""
    with Readers() as readers:
        assert attempt(".ant", b"model m() S = 1; S -> ; k*S; k = 0.1; end") == "simulated"
    assert 0 < readers.most < most_held("self")
