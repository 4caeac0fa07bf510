"""A fixed sample of the hostile models of `verification.hostile_models`, and what the guard of Antimony refuses."""

import random
import time

import pytest
from verification.hostile_antimony import BASE, mutate_antimony
from verification.hostile_models import DEFAULT, SECONDS, attempt, mutate

from lamella.errors import ModelError
from lamella.networks import to_sbml_guarded


@pytest.mark.parametrize("part", range(4))
def test_mutated_sbml_ends_in_an_answer(part):
    text = DEFAULT.read_text()
    for k in range(15 * part, 15 * (part + 1)):
        begun = time.monotonic()
        assert attempt(mutate(text, random.Random(f"sample/{k}"))) in ("simulated", "failed", "refused")
        assert time.monotonic() - begun < SECONDS


@pytest.mark.parametrize("part", range(4))
def test_mutated_antimony_ends_in_an_answer(part):
    for k in range(6 * part, 6 * (part + 1)):
        assert attempt(mutate_antimony(BASE, random.Random(f"sample/{k}"))) in ("simulated", "failed", "refused")


def test_the_base_itself_runs():
    assert attempt(BASE) == "simulated"


@pytest.mark.parametrize(("text", "message"), [
    ('import "/etc/passwd"\nmodel m\n x = 1\nend', "imports another file"),
    ("model m\n x := " + "(" * 600 + "1" + ")" * 600 + "\nend", "nested more than 500 deep"),
    ("model m\x00\nend", "NUL"),
    ("model é\n x = 1 +\nend", "not valid Antimony"),
    ("model a()\n x: b()\nend\nmodel b()\n y: a()\nend", "not valid Antimony|cannot be read"),
    ("".join(f"model m{k}()\n a: m{k + 1}(); b: m{k + 1}()\nend\n" for k in range(24)) + "model m24()\n x = 1\nend\n",
     "not valid Antimony|cannot be read"),
])  # fmt: skip
def test_what_the_guard_refuses(text, message):
    with pytest.raises(ModelError, match=message):
        to_sbml_guarded(text)


def test_an_import_in_a_comment_is_a_comment():
    assert "<sbml" in to_sbml_guarded('// import "x"\nmodel m\n x = 1 # import "y"\nend')
