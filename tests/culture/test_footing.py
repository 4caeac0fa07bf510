"""A matrix that yields and fibres that run one way: what reaches the cells, and that it is nothing where it is off."""

from dataclasses import replace

import numpy as np
import pytest

from lamella.assays import Setting
from lamella.assays.preparation import sites_per_cell, treated
from lamella.culture import (
    Culture,
    Draw,
    Habitat,
    cells_apart,
    collagen_fibres,
    constants,
    scale,
    surrounding_constants,
)
from lamella.culture.footing import turned
from lamella.networks import Perturbations

CONSTANTS = constants()
TABLE = surrounding_constants()
CELLS = 6
ALONG_X = np.diag([1.0, 0.0])


def law(substrate=1e6):
    return replace(collagen_fibres(TABLE, substrate), turning=0.0, relaxation=0.0)


def dish(habitat=None):
    where = Setting("HeLa", "control", Perturbations(), {"fibronectin": "10 ug/ml"}, {"EGF": "10 ng/ml"})
    lengths = scale(CONSTANTS)
    layout = cells_apart(CELLS, sites_per_cell(where, lengths), 1.6, 1, 0)
    made = habitat(layout.labels.shape) if callable(habitat) else habitat
    network, treatment = treated(where)
    return Culture(network, treatment, Draw(1, 0, CELLS), layout, CONSTANTS, lengths, None, made)


def unit(angles):
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def test_an_axis_turns_as_the_equation_says():
    """d theta/dt = -rate/2 * order * sin 2 theta, in small steps, against the closed form."""
    theta, order, rate = np.array([0.3, 1.2, 1.57, 2.8, -2.0]), 0.7, 1.3
    tensor = np.broadcast_to(0.5 * np.eye(2) + order * (ALONG_X - 0.5 * np.eye(2)), (5, 2, 2))
    found = turned(unit(theta), tensor, rate)
    for _ in range(20000):
        theta = theta - rate / 20000 * 0.5 * order * np.sin(2.0 * theta)
    np.testing.assert_allclose(found, unit(theta), atol=1e-4)


def test_an_axis_is_let_alone_without_a_direction_and_keeps_its_length():
    stream = np.random.default_rng(1)
    for dimensions in (2, 3):
        axis = stream.normal(size=(40, dimensions))
        axis /= np.linalg.norm(axis, axis=1, keepdims=True)
        even = np.broadcast_to(np.eye(dimensions) / dimensions, (40, dimensions, dimensions))
        np.testing.assert_allclose(turned(axis, even, 5.0), axis, atol=1e-12)
        one = np.zeros((40, dimensions, dimensions))
        one[:, 0, 0] = 1.0
        end = turned(axis, one, 40.0)
        np.testing.assert_allclose(np.linalg.norm(end, axis=1), 1.0)
        np.testing.assert_allclose(end[:, 0], np.sign(axis[:, 0]), atol=1e-6)


def test_a_gradient_of_stiffness_reaches_firm_and_the_load_of_both_halves():
    def rising(shape):
        return Habitat(fibres=law(np.linspace(0.2, 20.0, shape[0])[:, None] * np.ones(shape)))

    culture = dish(rising)
    plain = dish()
    told, before = culture.told(), plain.told()
    assert "firm" not in before
    labels, half = culture.dish.labels(), CONSTANTS["stiffness.half"]
    stiff = np.linspace(0.2, 20.0, labels.shape[0])[:, None] * np.ones(labels.shape)
    by_hand = [(stiff / (stiff + half))[labels == cell].mean() for cell in culture.living]
    np.testing.assert_allclose(told["firm"], by_hand)
    assert told["firm"].max() > 1.2 * told["firm"].min()
    culture.advance(800)
    told = culture.told()
    for end in ("front", "rear"):
        on_plastic = 1.0 + np.log(np.maximum(getattr(culture.reading, f"load_{end}")[culture.living], 1.0))
        assert (told[f"load_{end}"] <= on_plastic + 1e-12).all()
    assert (told["load_rear"] < on_plastic - 1e-6).any()
    soft = culture.population.observe(("adhesion_front",))[:, 0]
    assert np.isfinite(soft).all()


def test_axes_turn_to_the_fibres_and_not_without_them():
    lies = {}
    for name, direction in {"fibres": ALONG_X, "even": 0.5 * np.eye(2), "none": None}.items():
        culture = dish(Habitat(fibres=law(), direction=direction))
        culture.constants = culture.constants.changed(axis__rotational_diffusion=0.0)
        culture.dish.axis[1:] = unit(np.full(CELLS, 1.2))
        culture.advance(1600)
        lies[name] = np.abs(culture.dish.axis[1:, 0]).mean()
    assert lies["fibres"] > 0.9
    assert lies["even"] < 0.7
    assert lies["none"] == pytest.approx(lies["even"], abs=1e-6)


def test_plastic_without_fibres_gives_the_same_bytes_as_no_habitat():
    plain, empty = dish(), dish(Habitat())
    for culture in (plain, empty):
        culture.advance(800)
    one, two = plain.checkpoint(), empty.checkpoint()
    for name, array in one.items():
        np.testing.assert_array_equal(array, two[name], err_msg=name)


def test_a_dish_of_fibres_goes_on_from_a_checkpoint_to_the_bit():
    habitat = Habitat(fibres=law(3.0), direction=ALONG_X)
    culture, other = dish(habitat), dish(habitat)
    culture.advance(800)
    other.restore({name: array.copy() for name, array in culture.checkpoint().items()})
    for each in (culture, other):
        each.advance(800)
    one, two = culture.checkpoint(), other.checkpoint()
    for name, array in one.items():
        np.testing.assert_array_equal(array, two[name], err_msg=name)
