"""What a dish refuses, each with a reason."""

import numpy as np
import pytest
from dishes import all_on, blocks

from lamella.errors import InputError
from lamella.tissue import Dish

LABELS = blocks((20, 20), (2, 2), 6, 2)


def make(labels=LABELS, kinds=(0, 1, 1, 1, 1), energy=((0.0, 2.0), (2.0, 4.0)), **options):
    options = {"temperature": 20.0, "key": 1, "cell_keys": np.arange(len(kinds)), **options}
    return Dish(labels, kinds, energy, **options)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"labels": np.where(LABELS == 3, 0, LABELS)}, "cell 3 has no site"),
        ({"kinds": (0, 1, 1)}, "every label needs a kind"),
        ({"labels": LABELS.astype(float)}, "array of integers"),
        ({"labels": LABELS[0]}, "two or three"),
        ({"labels": LABELS[:3]}, "at least 4 sites"),
        ({"kinds": (0, 1, 1, 1, 2)}, "row of contact_energy"),
        ({"kinds": (0, 1, 1, 0, 1)}, "row of contact_energy"),
        ({"capacity": 3}, "do not fit"),
        ({"capacity": 2**20}, "ids end at"),
        ({"energy": ((0.0, 2.0), (1.0, 4.0))}, "symmetric"),
        ({"energy": ((0.0, np.nan), (np.nan, 4.0))}, "symmetric"),
        ({"energy": np.zeros((16, 16))}, "kinds"),
        ({"temperature": 0.0}, "positive"),
        ({"temperature": np.nan}, "positive"),
        ({"focus_exponent": 2.5}, "whole number"),
        ({"bonds_every": 0}, "whole number"),
        ({"periodic": (True,)}, "axes"),
        ({"cell_keys": np.arange(3)}, "cell_keys"),
        ({"wall_energy": (0.0,)}, "one value a kind"),
        ({"obstacles": LABELS > 0}, "lie in medium"),
    ],
)
def test_refused_at_the_door(arguments, reason):
    with pytest.raises(InputError) as refusal:
        make(**arguments)
    assert reason in str(refusal.value)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("protrusion", np.nan, "finite"),
        ("volume_stiffness", -1.0, "from 0"),
        ("polarity", 1.2, "to 1"),
        ("act_memory", 5000.0, "to 4095"),
        ("target_volume", 401.0, "the dish has 400 sites"),
        ("turning_time", 0.5, "rad in one step"),
        ("rotational_diffusion", 0.4, "rad in one step"),
    ],
)
def test_refused_before_a_step(column, value, reason):
    dish = all_on(LABELS)
    getattr(dish.cells, column)[2] = value
    before = dish.labels()
    with pytest.raises(InputError) as refusal:
        dish.advance(3)
    assert reason in str(refusal.value)
    assert "cell 2" in str(refusal.value)
    assert dish.mcs == 0
    assert np.array_equal(dish.labels(), before)


@pytest.mark.parametrize("name", ["ligand", "attractant", "fibres"])
@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (np.nan, "nan at 1 site(s)\n  a density is finite and not negative"),
        (np.where(LABELS == 3, np.inf, 1.0), "inf at 36 site(s)"),
        (-1.0, "-1.0 at 1 site(s)\n  a density is finite and not negative"),
        (np.zeros((3, 3)), "has shape (3, 3), the dish (20, 20)"),
    ],
)
def test_refused_fields(name, field, reason):
    dish = make()
    setattr(dish, name, 0.5)
    with pytest.raises(InputError) as refusal:
        setattr(dish, name, field)
    assert f"{name} " in str(refusal.value)
    assert reason in str(refusal.value)
    assert (getattr(dish, name) == 0.5).all()  # and what was there stays


def test_unknown_column_names_the_nearest():
    dish = make()
    with pytest.raises(InputError, match="protrusion"):
        dish.cells.protrusoin = 3.0
    with pytest.raises(InputError, match="volume"):
        _ = dish.cells.volum
    with pytest.raises(InputError, match="cannot be set"):
        dish.cells.volume = 3.0
    with pytest.raises(ValueError, match="read-only"):
        dish.cells.volume[1] = 3.0


def test_negative_or_broken_steps():
    for mcs in (-1, 1.5):
        with pytest.raises(InputError):
            make().advance(mcs)


def test_medium_has_no_parameters():
    """Writing a whole column also writes row 0; the kernel must not feel it."""
    one, two = all_on(LABELS), all_on(LABELS)
    for name in ("volume_stiffness", "protrusion", "dissipation", "contraction", "mobility"):
        getattr(two.cells, name)[0] = 0.5
    one.advance(20)
    two.advance(20)
    assert np.array_equal(one.labels(), two.labels())


def test_a_dish_without_cells_keeps_still():
    dish = Dish(np.zeros((5, 5), int), [0], [[0.0]], temperature=1.0, key=1, cell_keys=[0])
    dish.advance(5)
    assert dish.mcs == 5
    assert not dish.labels().any()


@pytest.mark.parametrize(("kinds", "told"), [((0, 1), "kinds has shape"), ((0, 1, 1, 1, 2), "row of contact_energy"),
                                             ((0, 1, 0, 1, 1), "not 0"), ((1, 1, 1, 1, 1), "medium, which is 0"),
                                             ((0, 1, 1, 1, 1.5), "kinds")])
def test_kinds_that_no_dish_can_have_are_refused(kinds, told):
    dish = make()
    with pytest.raises(InputError, match=told):
        dish.kinds = kinds
    assert dish.kinds.tolist() == [0, 1, 1, 1, 1]
