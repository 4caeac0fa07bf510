"""What fields and matrix refuse, each with a reason."""

import numpy as np
import pytest

from lamella.errors import InputError
from lamella.tissue.fields import (
    Acts,
    Behaviour,
    FibreLaw,
    Fibres,
    Ligand,
    Reaction,
    Substance,
    Surroundings,
    make_medium,
    occupy,
)


def medium(**options):
    return make_medium((12, 12), 2.0, **{"depth": 5.0, "periodic": (False, True), **options})


LABELS = np.zeros((12, 12), int)
LABELS[2:6, 2:6] = 1


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"depth": None}, "depth"),
        ({"depth": np.nan}, "depth"),
        ({"coarsening": 0}, "coarsening"),
        ({"coarsening": 2.5}, "whole number"),
        ({"periodic": (True,)}, "axes"),
        ({"obstacles": np.ones((12, 12), bool)}, "no open site"),
        ({"obstacles": np.ones((3, 3), bool)}, "shape"),
    ],
)
def test_refused_media(options, reason):
    with pytest.raises(InputError, match=reason):
        medium(**options)


def test_refused_dishes():
    for shape, site, more in (((12,), 2.0, {}), ((12, 12), -1.0, {"depth": 1.0}), ((9, 9, 9), 1.0, {"depth": 1.0}),
                              ((2**15, 2**16), 1.0, {"depth": 1.0})):  # fmt: skip
        with pytest.raises(InputError):
            make_medium(shape, site, **more)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"diffusion": -1.0}, "diffusion is -1"),
        ({"diffusion": np.nan}, "finite"),
        ({"diffusion": "fast"}, "diffusion"),
        ({"decay": -0.1}, "decay"),
        ({"initial": np.nan}, "initial is nan"),
        ({"initial": -np.ones((3, 3))}, "at 9 place"),
        ({"initial": np.ones((5, 3))}, "shape"),
        ({"held": {(0, "low"): np.inf}}, "held"),
        ({"held": {(1, "low"): 1.0}}, "not periodic"),
        ({"exchange": np.inf}, "exchange"),
        ({"hindrance": 2.0}, "share"),
        ({"name": "a/b"}, "books"),
    ],
)
def test_refused_substances(options, reason):
    with pytest.raises(InputError, match=reason):
        Surroundings(medium(), [Substance(**{"name": "EGF", "diffusion": 1.0, **options})])


@pytest.mark.parametrize(
    ("reaction", "reason"),
    [
        (Reaction("A", 1.0, "C"), "unknown field 'C'"),
        (Reaction("A", -1.0, "B"), "rate"),
        (Reaction("A", np.nan), "rate"),
        (Reaction("A", 1.0, "A"), "itself"),
        (Reaction("A", 1.0, "B", product="B"), "product"),
        (Reaction("A", 1.0, catalyst=True), "catalyst"),
        (Reaction("A", 1.0, "B", reverse=1.0), "come back"),
    ],
)
def test_refused_reactions(reaction, reason):
    with pytest.raises(InputError, match=reason):
        Surroundings(medium(), [Substance("A", 1.0), Substance("B", 1.0)], reactions=[reaction])


@pytest.mark.parametrize(
    ("ligand", "reason"),
    [
        (Ligand("L", np.nan), "density is nan"),
        (Ligand("L", np.ones((3, 3))), "shape"),
        (Ligand("L", 1.0, cut_by={"MMP": 1.0}), "unknown field"),
        (Ligand("L", 1.0, docked_rate=-1.0), "docked_rate"),
        (Ligand("L", 1.0, exposes="L"), "other ligand"),
        (Ligand("L", 1.0, releases="X"), "unknown field"),
        (Ligand("A", 1.0), "taken"),
    ],
)
def test_refused_ligands(ligand, reason):
    with pytest.raises(InputError, match=reason):
        Surroundings(medium(), [Substance("A", 1.0)], [ligand])


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (Behaviour(acts={"B": Acts()}), "unknown field"),
        (Behaviour(acts={"A": Acts(secretion=np.array([0.0, np.nan]))}), "secretion of A of cell 1"),
        (Behaviour(acts={"A": Acts(secretion=np.ones(5))}), "row for each of the 2 cells"),
        (Behaviour(acts={"A": Acts(clearance=-1.0)}), "clearance"),
        (Behaviour(acts={"A": Acts(capacity=1.0, half=0.0)}), "half"),
        (Behaviour(docked=np.array([0.0, -2.0])), "docked"),
        (Behaviour(deposition={"M": 1.0}), "unknown ligand"),
        (Behaviour(traction=1.0), "no axis"),
    ],
)
def test_refused_behaviour(behaviour, reason):
    law = FibreLaw(1.0, 1.0, -0.5, 9.0, 1.0, 2.0)
    made = Surroundings(medium(), [Substance("A", 1.0)], [Ligand("L", 1.0)], fibres=law)
    with pytest.raises(InputError, match=reason):
        made.advance(10.0, occupy(made.medium, LABELS), behaviour)


def test_refused_pictures_and_steps():
    dish = medium()
    made = Surroundings(dish, [Substance("A", 1.0), Substance("B", 1.0)])
    here = occupy(dish, LABELS)
    for labels, more in ((LABELS.astype(float), {}), (LABELS[:5], {}), (LABELS, {"cells": 1}),
                         (LABELS, {"centroid": np.full((2, 2), np.nan), "axis": np.ones((2, 2))})):  # fmt: skip
        with pytest.raises(InputError):
            occupy(dish, labels, **more)
    for seconds in (-1.0, np.nan, np.inf, 1e9):
        with pytest.raises(InputError):
            made.advance(seconds, here)
    for seconds in (0.0, np.nan):
        with pytest.raises(InputError, match="advance"):
            made.fields["A"].advance(seconds)
    with pytest.raises(InputError, match="another medium"):
        made.advance(1.0, occupy(medium(), LABELS))
    with pytest.raises(InputError, match="where they are"):
        made.fields["A"].advance(1.0, None, Acts(secretion=1.0))
    for name in ("C", "fibronectin"):
        with pytest.raises(InputError, match="unknown"):
            made.read(name, here)
    with pytest.raises(InputError, match="two fields"):
        Surroundings(dish, [Substance("A", 1.0), Substance("A", 2.0)])
    with pytest.raises(InputError, match="longest"):
        Surroundings(dish, longest=0.0)
    state = made.checkpoint()
    with pytest.raises(InputError, match="does not fit"):
        Surroundings(dish, [Substance("A", 1.0)]).restore(state)
    with pytest.raises(InputError, match="nan"):
        made.restore(state | {"field/A": np.full(dish.voxels, np.nan)})


@pytest.mark.parametrize("change", [{"reference": 0.0}, {"pore": np.nan}, {"pore_exponent": 0.5}, {"substrate": -1.0}])
def test_refused_fibre_laws(change):
    good = {"reference": 1.0, "pore": 1.0, "pore_exponent": -0.5, "widest": 9.0, "stiffness": 1.0,
            "stiffness_exponent": 2.0}  # fmt: skip
    with pytest.raises(InputError):
        Fibres(FibreLaw(**(good | change)), medium())


@pytest.mark.parametrize("tensor", [np.ones(2), -np.eye(2), [[1.0, 0.5], [0.0, 1.0]], [[1.0, 3.0], [3.0, 1.0]]])
def test_refused_fibre_directions(tensor):
    with pytest.raises(InputError):
        Fibres(FibreLaw(1.0, 1.0, -0.5, 9.0, 1.0, 2.0), medium(), tensor)
