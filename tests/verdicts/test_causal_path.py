import json

import numpy as np
import pytest

from lamella.errors import InputError
from lamella.networks import Perturbations, assemble
from lamella.verdicts import causal_path

KNOCKDOWN = Perturbations(knockdown={"XIAP": 0.9, "BIRC2": 0.9})
ON_FIBRONECTIN = {"matrix": {"fibronectin": "10 ug/ml"}, "medium": {"EGF": "10 ng/ml"}, "cells": 4}


@pytest.fixture(scope="module")
def path():
    return causal_path("HeLa", KNOCKDOWN, Perturbations(), "RAC1.total", names=("knockdown", "control"),
                       **ON_FIBRONECTIN)


def test_the_ligases_carry_the_rise_of_rac1(path):
    assert path.effect > 1.1
    strongest = [carrier.reaction for carrier in path.strongest()]
    assert {"RAC1_ubiquitination_XIAP", "RAC1_ubiquitination_BIRC2"} <= set(strongest)
    assert "MAPK1_phosphorylation" not in strongest


def test_every_reaction_is_tried_once(path):
    assert sorted(carrier.reaction for carrier in path.carriers) == sorted(assemble("HeLa").evidence)


def test_carriers_come_with_their_evidence(path):
    xiap = next(carrier for carrier in path.carriers if carrier.reaction == "RAC1_ubiquitination_XIAP")
    assert "IAP-173" in xiap.claims or xiap.sources
    assert "XIAP" in xiap.law
    assert xiap.says.endswith(".")
    assert np.isclose(xiap.effect_without, path.effect ** (1.0 - xiap.share_lost))


def test_what_the_control_cannot_do_without_is_no_carrier(path):
    made = next(carrier for carrier in path.carriers if carrier.reaction == "RAC1_synthesis")
    assert not made.carries
    assert made not in path.strongest(0.0)


def test_the_path_is_plain_data_and_does_not_depend_on_threads(path):
    again = causal_path("HeLa", KNOCKDOWN, Perturbations(), "RAC1.total", names=("knockdown", "control"), threads=2,
                        **ON_FIBRONECTIN)
    text = json.dumps(path.to_dict(), allow_nan=False)
    assert json.dumps(again.to_dict(), allow_nan=False) == text


def test_a_quantity_of_front_and_rear_is_their_sum():
    sum_of_halves = causal_path("HeLa", KNOCKDOWN, Perturbations(), "WASF2.active", **ON_FIBRONECTIN)
    assert sum_of_halves.effect > 0.0


def test_a_reaction_that_is_off_stays_so_when_a_block_of_it_ends(path):
    """A pause of a second changes nothing; its end must not let Rac1 be made where the reaction is off."""
    pause = ("RAC1_synthesis from 0 h until 1 s",)
    paused = causal_path("HeLa", KNOCKDOWN.model_copy(update={"blocked": pause}), Perturbations(blocked=pause),
                         "RAC1.total", **ON_FIBRONECTIN)
    for carrier, same in zip(sorted(path.carriers, key=lambda c: c.reaction),
                             sorted(paused.carriers, key=lambda c: c.reaction)):
        assert same.control_without == pytest.approx(carrier.control_without, rel=1e-3), same.reaction


def test_no_effect_and_no_quantity_are_refused():
    with pytest.raises(InputError, match="same in both arms"):
        causal_path("HeLa", Perturbations(), Perturbations(), "RAC1.total", **ON_FIBRONECTIN)
    with pytest.raises(InputError, match="unknown quantity"):
        causal_path("HeLa", KNOCKDOWN, Perturbations(), "RAC9.total", **ON_FIBRONECTIN)
