"""What idealised cells are told is what single cells of their line are told on the same coating."""

import numpy as np
import pytest

from lamella.assays import Setting
from lamella.assays.preparation import draw, numbers
from lamella.culture import alone, grown_population, idealised_inputs
from lamella.culture.alone import PULL, READ_OFF, told_alone
from lamella.culture.exchange import own_load
from lamella.networks import Perturbations, assemble, cell_lines, resolve


@pytest.fixture
def two_coatings(monkeypatch):
    """Rows of two coatings that differ a hundredfold."""
    rows = [{"cell": "HeLa", "density": {"fibronectin": density}, PULL: 10.0 * value, **dict.fromkeys(READ_OFF, value)}
            for density, value in ((100.0, 3.0), (1.0, 1.0))]  # fmt: skip
    alone._series.cache_clear()
    monkeypatch.setattr(alone.library, "read_toml", lambda path: {"alone": rows})
    yield
    alone._series.cache_clear()


@pytest.mark.parametrize(("density", "value"), [(1.0, 1.0), (10.0, 2.0), (100.0, 3.0), (0.1, 1.0), (1e4, 3.0)])
def test_between_two_coatings_lies_what_is_between_and_beyond_them_nothing_changes(two_coatings, density, value):
    told = {**dict.fromkeys(READ_OFF, value), "pull_floor": 0.0, "pull_slope": 0.1 / value}
    assert told_alone("HeLa", {"fibronectin": density}) == pytest.approx(told)


def test_of_a_mixture_that_was_not_read_the_most_abundant_ligand_that_was_counts(two_coatings):
    assert told_alone("HeLa", {"fibronectin": 10.0, "laminin": 50.0})["fresh_front"] == pytest.approx(2.0)
    assert told_alone("HeLa", {"laminin": 50.0}) == {} == told_alone("MEF", {"fibronectin": 10.0})
    assert told_alone("HeLa", {"fibronectin": 0.0}) == {}


def test_every_row_is_of_a_line_that_is_there_and_in_its_bounds():
    for line, series in alone._series().items():
        assert line in cell_lines()
        for total, columns in series.values():
            assert (np.diff(total) > 0).all()
            assert all(((columns[name] >= 0) & (columns[name] <= 1)).all() for name in READ_OFF if "fresh" in name)
            assert all((columns[name] >= 1).all() for name in READ_OFF if "load" in name)
            assert (columns[PULL] > 0).all()


def test_a_cell_on_its_coating_is_told_so_and_one_in_suspension_nothing():
    network = assemble("HeLa")
    told = idealised_inputs(network, resolve(network, Perturbations(), {"fibronectin": "10 ug/ml"}, {}))
    alone_there = told_alone("HeLa", {"fibronectin": told["fibronectin_front"]})
    assert {name: told[name] for name in alone_there} == alone_there
    off = idealised_inputs(network, resolve(network, Perturbations(suspended=True), {"fibronectin": "10 ug/ml"}, {}))
    assert off["fresh_front"] == 0.0
    assert off["load_rear"] == 1.0


def test_the_load_goes_with_the_pull_where_it_was_read_off_others_and_not_in_a_dish():
    """An idealised cell that stops pulling has no load; one in a dish is told its own, whatever it pulls with."""
    network = assemble("HeLa")
    setting = Setting("HeLa", "control", Perturbations(), {"fibronectin": "10 ug/ml"}, {}, 1, 0)
    ideal = idealised_inputs(network, resolve(network, Perturbations(), {"fibronectin": "10 ug/ml"}, {}))
    own = {name: float(values[0]) for name, values in own_load(1).items()}
    treatment = resolve(network, Perturbations(inhibitor={"blebbistatin": "200 uM"}), setting.matrix, {})
    slips = {}
    for name, inputs in {"others": ideal, "own": ideal | own}.items():
        cells = grown_population(network, treatment, draw(setting, 4), numbers(setting), inputs)
        cells.advance(600.0)
        slips[name] = cells.observe(("slip_rear",)).mean()
    assert slips["own"] == pytest.approx(ideal["load_rear"], rel=1e-12)
    assert slips["others"] < 1.0 + 0.05 * (ideal["load_rear"] - 1.0)
