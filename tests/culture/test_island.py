"""Adhesive islands: what a cell without a dish holds on to when it cannot spread."""

import pytest

from lamella.assays.migration import MIGRATION
from lamella.culture import Draw, constants, grown_population, idealised_inputs
from lamella.errors import InputError
from lamella.networks import Perturbations, assemble, resolve

BOUND = ("bound_front", "bound_rear")


def held(names, **arm):
    """Receptors of a mean fibroblast on fibronectin."""
    network = assemble("MEF")
    treatment = resolve(network, Perturbations(**arm), {"fibronectin": "10 ug/ml"}, {})
    cells = grown_population(network, treatment, Draw(1, 0, 4), constants(), idealised_inputs(network, treatment))
    return cells.observe(names).sum(axis=1).mean()


def test_a_cell_on_an_island_holds_what_is_under_it():
    free, small, middle = (held(BOUND, island=side) for side in ("", "15 um", "30 um"))
    assert small < middle < free
    assert small > 0.02 * free


def test_an_island_larger_than_the_cell_is_none():
    assert held(BOUND, island="1 mm") == held(BOUND)


def test_a_dish_has_no_islands():
    with pytest.raises(InputError, match="coating of a dish"):
        MIGRATION(cell="MEF", matrix={"fibronectin": "10 ug/ml"}, arms={"control": {"island": "20 um"}})


@pytest.mark.parametrize("side", ["20", "0 um", "20 s", "-3 um"])
def test_a_side_is_a_length_above_zero(side):
    with pytest.raises(InputError):
        resolve(assemble("MEF"), Perturbations(island=side), {}, {})
