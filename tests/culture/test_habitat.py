"""Fields and matrix on the clock of a culture: books, places, axis, splits, threads; cells that divide and die."""

from itertools import pairwise

import numpy as np
import pytest

from lamella.assays import Setting
from lamella.assays.preparation import sites_per_cell, treated
from lamella.culture import Culture, Death, Division, Draw, Habitat, Protocol, cells_apart, constants, life_table, scale
from lamella.culture.cells import program
from lamella.culture.habitat import Coupling, habitat_table
from lamella.culture.life import Life
from lamella.culture.surroundings import substance, surrounding_constants
from lamella.networks import Perturbations
from lamella.random import generator
from lamella.solve import Population
from lamella.tissue.fields import Ligand

TABLE = surrounding_constants()
CONSTANTS = constants()
NANOMOLAR = 0.602214
CELLS = 6


def dish(habitat=None, *, life=None, protocol=None, cells=CELLS, spacing=1.6, **perturbations):
    where = Setting("HeLa", "control", Perturbations(**perturbations), {"fibronectin": "10 ug/ml"}, {"EGF": "10 ng/ml"})
    lengths = scale(CONSTANTS)
    layout = cells_apart(cells, sites_per_cell(where, lengths), spacing, 1, 0)
    network, treatment = treated(where)
    return Culture(network, treatment, Draw(1, 0, cells), layout, CONSTANTS, lengths, protocol, habitat, life)


def egf(initial=1.0, **options):
    return substance("EGF", "growth_factor", TABLE, initial=initial, **options)


def fibronectin(density=190.0):
    return Ligand("fibronectin", density, docked_rate=5e-9)


def same(one, two):
    assert one.keys() == two.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, two[name], err_msg=name)


def test_the_books_of_a_coupled_dish_balance_and_name_what_cells_took():
    culture = dish(Habitat((egf(),), (fibronectin(),), depth=2000.0))
    before = culture.coupling.around.fields["EGF"].total()
    culture.advance(1200)
    around = culture.coupling.around
    assert max(abs(share) for share in around.imbalance().values()) < 1e-9
    taken = -around.ledger.entries("EGF")["taken"]
    assert around.fields["EGF"].total() == pytest.approx(before - taken, rel=1e-9)
    clearance = culture.population.observe(("EGF_clearance",)).sum()
    mean = 0.5 * (before + before - taken) / float(around.medium.volume.sum())
    assert taken == pytest.approx(clearance * mean * 1200, rel=0.2)


def test_the_network_is_told_the_field_and_not_the_dose():
    even = dish(Habitat((egf(1.5 * NANOMOLAR, exchange=1.0, bath=1.5 * NANOMOLAR),)))
    even.advance(400)
    told = even.told()
    assert (told["EGF"] == 0.0).all()
    assert told["EGF_front"] == pytest.approx(np.full(CELLS, 1.5 * NANOMOLAR), rel=0.02)
    assert told["EGF_rear"] == pytest.approx(told["EGF_front"], rel=0.02)


def test_what_lies_in_front_activates_receptors_in_front():
    """A steep ramp along x: the half of a cell that is further up binds more, whichever way it faces."""
    culture = dish(Habitat((egf(0.0, held={(0, "low"): 0.0, (0, "high"): 2.0}),), periodic=(False, True)))
    culture.coupling.around.fields["EGF"].concentration = np.linspace(0, 2, culture.dish.shape[0])[:, None] * np.ones(
        culture.dish.shape[1])  # fmt: skip
    culture.dish.axis[1:] = np.array([[1.0, 0.0], [-1.0, 0.0]] * (CELLS // 2))
    culture._look()
    culture.population.advance(600.0, inputs=culture.told())
    active = culture.population.observe(("EGFR_active_front", "EGFR_active_rear"))
    area = culture.population.observe(("area_front", "area_rear"))
    density = active / area
    assert (density[::2, 0] > 1.05 * density[::2, 1]).all()
    assert (density[1::2, 1] > 1.05 * density[1::2, 0]).all()


def test_axes_turn_up_the_field_and_stay_without_receptors():
    climbed = {}
    for name, more in {"plain": {}, "blocked": {"inhibitor": {"erlotinib": "10 uM"}}}.items():
        ramp = Habitat((egf(0.6, held={(0, "low"): 0.05, (0, "high"): 1.2}),), periodic=(False, True))
        culture = dish(ramp, **more)
        culture.constants = CONSTANTS.changed(axis__rotational_diffusion=0.0)
        culture.coupling.around.advance(1e5, culture.coupling.occupancy)
        culture.dish.axis[1:] = [0.0, 1.0]
        culture.advance(4000)
        climbed[name] = culture.dish.axis[1:, 0].mean(), culture.dish.cells.sense_gradient[1:].mean()
    assert climbed["plain"][0] > 0.1 + climbed["blocked"][0]
    assert climbed["plain"][1] > 5.0 * climbed["blocked"][1]


def test_ligand_that_cells_cut_is_missed_by_lattice_and_network():
    table = {**habitat_table(), "surface": {"docked": "RAC1_gtp_{half}"}}
    culture = dish(Habitat((), (fibronectin(),)))
    made = program("HeLa")
    names = frozenset(made.observables) | frozenset(made.parameters) | frozenset(made.species)
    culture.coupling = Coupling(Habitat((), (fibronectin(),)), culture.dish, 2.0, 190.0, names, table)
    culture.advance(400)
    left = culture.coupling.around.matrix.density("fibronectin").copy()
    culture.advance(400)
    under = culture.dish.labels() > 0
    assert culture.dish.ligand[under].mean() < 0.9 < 0.99 < culture.dish.ligand[~under].max()
    told = culture.told()
    assert (told["fibronectin_front"] < 190.0).all()
    np.testing.assert_allclose(culture.dish.ligand, left / 190.0)


def test_a_medium_that_is_changed_changes_in_the_field():
    habitat = Habitat((egf(0.97, exchange=1e-3, bath=0.97),))
    culture = dish(habitat, factor={"EGF": "0 ng/ml from 10 min"})
    culture.advance(1200)
    assert culture.coupling.around.fields["EGF"].concentration.max() < 1e-6
    assert culture.coupling.around.fields["EGF"].substance.bath == 0.0
    assert culture.told()["EGF"].max() == 0.0


def test_a_checkpoint_at_any_exchange_goes_on_to_the_bit():
    """At the start, just after divisions and after deaths: cells are told what they would have been told."""
    life = (Division("MAPK1_p", 1.0, 800.0, 0.1), Death("RAC1_gtp", 3e5, 1200.0, 0.3))
    make = lambda: dish(Habitat((egf(),), (fibronectin(),), depth=20.0), life=life)
    whole = make()
    moments, living = [whole.checkpoint()], []
    for _ in range(6):
        whole.advance(400)
        moments.append(whole.checkpoint())
        living.append(len(whole.living))
    assert max(living) > CELLS
    assert whole.died > 0
    for before, after in pairwise(moments):
        split = make()
        split.restore(before)
        split.advance(400)
        same(split.checkpoint(), after)


def test_a_dish_whose_cells_have_all_died_goes_on():
    habitat = Habitat((egf(), substance("HGF", "growth_factor", TABLE, initial=1.0)))
    culture = dish(habitat, life=(None, Death("MAPK1_p", 1.0, 800.0, 0.3)))
    culture.advance(2000)
    assert culture.died == CELLS
    assert not culture.dish.labels().any()


def test_a_split_and_threaded_dish_is_the_same_to_the_bit():
    habitat = Habitat((egf(),), (fibronectin(),), depth=20.0)
    life = (Division("MAPK1_p", 1.0, 800.0, 0.1), Death("RAC1_gtp", 1e12, 800.0, 0.3))
    whole = dish(habitat, life=life)
    split = dish(habitat, life=life, protocol=Protocol(threads=2))
    whole.advance(800)
    saved = whole.checkpoint()
    whole.advance(800)
    assert len(whole.living) == 2 * CELLS
    split.restore(saved)
    split.advance(800)
    same(whole.checkpoint(), split.checkpoint())


def test_cells_double_and_divide_when_their_network_says_so():
    culture = dish(life=(Division("MAPK1_p", 1.0, 1200.0, 0.1), None))
    start = culture.population.states.copy()
    culture.advance(1200)
    assert len(culture.living) == CELLS
    grown = culture.population.states[:, culture.population.index("TLN1")].sum()
    culture.advance(400)
    assert len(culture.living) == culture.population.cells == 2 * CELLS
    talin = culture.population.observe(("TLN1",)).sum()
    assert talin > 1.5 * start[:, culture.population.index("TLN1")].sum()
    assert grown < talin * 1.5
    np.testing.assert_allclose(culture._life.size, 1.0, rtol=0.03)
    assert set(np.unique(culture.dish.labels())) == set(range(2 * CELLS + 1))


def test_cells_let_go_shrink_and_are_shed_when_their_network_says_so():
    culture = dish(life=(None, Death("MAPK1_p", 1.0, 1600.0, 0.3)))
    whole = culture.dish.cells.volume[1:].mean()
    culture.advance(1600)
    assert len(culture.living) == CELLS
    assert (culture.dish.cells.protrusion[1:] == 0.0).all()
    assert culture.dish.cells.volume[1:].mean() < 0.75 * whole
    culture.advance(800)
    assert (len(culture.living), culture.died) == (0, CELLS)
    assert not culture.dish.labels().any()
    culture.advance(400)


def test_a_network_without_the_observables_neither_divides_nor_dies():
    plain = dish()
    other = dish(life=(Division("nothing of the kind", 0.0, 800.0, 0.2), None))
    plain.advance(800)
    other.advance(800)
    same(plain.checkpoint(), other.checkpoint())


def test_a_division_turns_back_what_life_says_and_a_share_tells_death():
    reset = {"MAPK1_p": "MAPK1", "SHC1_p": ""}
    death = Death("RAC1_gtp", 0.99, 800.0, 0.3, "RAC1")
    culture = dish(life=(Division("MAPK1_p", 1.0, 800.0, 0.1, reset), death))
    culture.advance(1200)
    assert len(culture.living) == 2 * CELLS
    assert (culture.population.observe(("MAPK1_p", "SHC1_p")) == 0.0).all()
    assert np.isnan(culture._life.dying).all()
    low = dish(life=(None, Death("RAC1_gtp", 1e-4, 800.0, 0.3, "RAC1")))
    low.advance(400)
    assert np.isfinite(low._life.dying).all()


def test_the_cell_cycle_of_the_network_makes_cells_divide_and_a_cdk_inhibitor_does_not():
    """HeLa cells in growth medium are in S phase or near it; with CDK2 and CDK4 held no more of them divide."""
    spared = {"z-VAD-fmk": "100 uM"}  # cells that lose their hold would die, and hide divisions
    growing = dish(life=life_table(), spacing=2.5, inhibitor=spared)
    held = dish(life=life_table(), spacing=2.5, inhibitor=spared | {"roscovitine": "50 uM", "palbociclib": "5 uM"})
    for culture in (growing, held):
        culture.advance(26 * 3600.0)
    assert len(growing.living) > CELLS
    assert len(held.living) <= len(growing.living)
    assert growing.died == held.died == 0


def test_cells_in_cycle_begin_at_all_places_of_it():
    """Half of 400 cells in cycle: ages fall off as in a culture that grows, and sizes are 1 in the mean."""
    made, division = program("HeLa"), Division("MAPK1_p", 1.0, 1000.0, 0.1)
    rows = Population(made, np.tile(made.defaults, (400, 1)))
    rows.states[:200, rows.index("MAPK1_p")], rows.states[200:, rows.index("MAPK1_p")] = 1e6, 0.0
    before, life = rows.states.copy(), Life(400, division, None, frozenset(made.species))
    life.scatter(rows, generator(1, "dish", 0, "ages"))
    assert np.isnan(life.cycling[200:]).all()
    assert (life.size[200:] == 1.0).all()
    ages = life.cycling[:200] / 1000.0
    assert 0.0 <= ages.min() < 0.05
    assert 0.95 < ages.max() <= 1.0
    assert ages.mean() == pytest.approx(1.0 / np.log(2.0) - 1.0, abs=0.06)
    assert life.size[:200].mean() == pytest.approx(1.0, abs=0.05)
    amounts = np.array(made.model.divisible, bool)
    np.testing.assert_allclose(rows.states[:, amounts], before[:, amounts] * life.size[:, None])
    np.testing.assert_array_equal(rows.states[:, ~amounts], before[:, ~amounts])
