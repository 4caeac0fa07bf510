"""The exchange between dish and cells, the scale, the draws: pure functions, checked one by one."""

import numpy as np
import pytest

from lamella.culture import Draw, constants, grown_population, idealised_inputs, scale
from lamella.culture.embedded import Place, placed
from lamella.culture.exchange import (
    READ_STATES,
    binding_rate,
    means_of_halves,
    mechanics,
    resting_mechanics,
    turnover_rate,
    wandering_rate,
)
from lamella.culture.variation import cell_keys, expression_factors
from lamella.errors import InputError
from lamella.networks import Perturbations, assemble, resolve

CONSTANTS = constants()


def states(**changed):
    base = dict.fromkeys(READ_STATES, 1.0e4) | {"elongation": 1.0, "tensed": 0.4}
    return {name: np.array([float(value)]) for name, value in (base | changed).items()}


def test_a_symmetric_cell_has_no_polarity_and_no_rear():
    columns = mechanics(states(), CONSTANTS)
    assert columns["polarity"] == 0.0
    assert columns["rear_focus"] == 0.0


def test_tension_makes_sites_last_and_hold_and_lamellae_keep_young_ones():
    most = CONSTANTS["protrusion.wasf2_half"] * CONSTANTS["adhesion.flow"] / (1.0 - CONSTANTS["adhesion.flow"])
    lamella = {"WASF2_engaged_front": most, "WASF2_engaged_rear": 0.0}
    tense, slack, neither = (
        mechanics(states(**(lamella if flow else dict.fromkeys(lamella, 0.0)), tensed=share), CONSTANTS, turnover=1.0)
        for flow, share in ((True, CONSTANTS["adhesion.tensed"]), (True, 0.0), (False, 0.0))
    )
    assert tense["unbind_rate"] == pytest.approx(1.0)
    assert tense["traction_half"] == pytest.approx(CONSTANTS["adhesion.traction_half"])
    for name in ("unbind_rate", "traction_half"):
        assert slack[name] == pytest.approx(tense[name] / CONSTANTS["adhesion.young"])
        assert 50.0 * tense[name] < neither[name] < 1e3 * tense[name]


def test_polarity_follows_wave2_in_full_and_cdc42_in_part():
    ahead = mechanics(states(WASF2_engaged_front=2.0e4), CONSTANTS)["polarity"][0]
    behind = mechanics(states(WASF2_engaged_rear=2.0e4), CONSTANTS)["polarity"][0]
    spikes = mechanics(states(CDC42_gtp_front=2.0e5), CONSTANTS)["polarity"][0]
    assert ahead > 0.3
    assert behind == 0.0
    assert 0.0 < spikes < CONSTANTS["protrusion.cdc42_focus"]


def test_protrusion_needs_rac_effectors_or_cdc42_and_saturates():
    nothing = mechanics(states(**dict.fromkeys(READ_STATES[:4], 0.0)), CONSTANTS)["protrusion"][0]
    some, more = (mechanics(states(WASF2_engaged_front=x), CONSTANTS)["protrusion"][0] for x in (1e4, 2e4))
    huge = mechanics(states(WASF2_engaged_front=1e12), CONSTANTS)["protrusion"][0]
    assert nothing == 0.0
    assert some < more < huge <= CONSTANTS["protrusion.strength"]


def test_filaments_that_grow_faster_push_more_and_do_not_turn_the_cell():
    slow, fast = (mechanics(states(WASF2_engaged_front=2.0e4, elongation=x), CONSTANTS) for x in (1.0, 3.0))
    assert fast["protrusion"] > 1.5 * slow["protrusion"]
    assert fast["polarity"] == slow["polarity"]


def test_a_cell_with_little_flow_forgets_its_axis_sooner():
    cells = [mechanics(states(WASF2_engaged_front=x), CONSTANTS) for x in (1e4, 3e4, 1e6)]
    rate, polarity = ([float(cell[name][0]) for cell in cells] for name in ("rotational_diffusion", "polarity"))
    assert rate[0] > rate[1] > rate[2]
    slope = np.diff(np.log(rate)) / np.diff(polarity)
    np.testing.assert_allclose(slope, -CONSTANTS["axis.flow_gain"])
    lengths = scale(CONSTANTS)
    least = mechanics(states(), CONSTANTS, wandering=wandering_rate(CONSTANTS, lengths))["rotational_diffusion"][0]
    assert 600.0 < lengths.step / least < 1500.0


def test_means_of_halves_keeps_everything_else():
    out = means_of_halves({"fresh_front": 0.2, "fresh_rear": 0.0, "EGF": 3.0})
    assert out == {"fresh_front": 0.1, "fresh_rear": 0.1, "EGF": 3.0}


def test_a_finer_step_halves_rates_and_mobility():
    coarse, fine = scale(CONSTANTS), scale(CONSTANTS, finer_step=2)
    a, b = (
        resting_mechanics(1500.0, CONSTANTS, lengths)
        | {"bind_rate": binding_rate(190.0, CONSTANTS, lengths), "unbind_rate": turnover_rate(CONSTANTS, lengths),
           "wandering": wandering_rate(CONSTANTS, lengths)}
        for lengths in (coarse, fine)
    )
    assert coarse.mobility == 1.0
    assert fine.mobility == 0.5
    for rate in ("bind_rate", "unbind_rate", "wandering"):
        assert b[rate] == pytest.approx(a[rate] / 2)
    for time in ("act_memory", "turning_time"):
        assert b[time] == pytest.approx(a[time] * 2)
    for still in ("target_volume", "dissipation", "load"):
        assert b[still] == a[still]


def test_a_finer_site_needs_a_finer_step():
    with pytest.raises(InputError, match="too long"):
        scale(CONSTANTS, finer_site=2.0)
    assert scale(CONSTANTS, finer_site=2.0, finer_step=2.0).mobility == 1.0


def test_a_line_with_fast_edges_has_short_steps_and_a_small_one_small_sites():
    slow, fast = (scale(CONSTANTS, assemble(cell).cell.body) for cell in ("HeLa", "neutrophil"))
    assert (slow.site, slow.step, slow.pace) == (2.0, 40.0, 1.0)
    assert fast.site == 1.0
    assert fast.pace > 10.0
    assert fast.step == pytest.approx(20.0 / fast.pace)
    assert fast.mobility == slow.mobility == pytest.approx(1.0)
    a, b = (resting_mechanics(150.0, CONSTANTS, lengths) for lengths in (slow, fast))
    for time in ("act_memory", "turning_time"):
        assert b[time] * fast.step == pytest.approx(a[time] * slow.step / fast.pace, rel=0.05)
    lives = [1.0 / turnover_rate(CONSTANTS, lengths) for lengths in (slow, fast)]
    assert lives[1] == pytest.approx(2.0 * lives[0]), "a site lives as many steps, of half the size"


def test_a_matrix_that_yields_lowers_the_phosphorylation_of_myosin():
    network = assemble("MCF-10A")
    treatment = resolve(network, Perturbations(), {"laminin": "20 ug/ml"}, {})
    told = idealised_inputs(network, treatment)
    seen = []
    for firm in (0.1, 1.0):
        one = np.ones(1)
        soft = placed(told, treatment.density, Place((one, one), (one, one)), firm)
        given = {name: float(values[0]) for name, values in soft.items()}
        cells = grown_population(network, treatment, Draw(1, 0, 2), CONSTANTS, given)
        seen.append(cells.observe(("MYL9_p_front", "MYL9_p_rear", "adhesion_front")).mean(axis=0))
    assert 1.1 * seen[0][:2].sum() < seen[1][:2].sum()
    assert 1.1 * seen[0][2] < seen[1][2]


def test_protein_totals_are_log_normal_with_the_cited_spread():
    genes = tuple(f"G{i}" for i in range(40))
    factors = expression_factors(1, 0, 2000, genes, CONSTANTS)
    logs = np.log(factors)
    wanted = np.sqrt(np.log1p(CONSTANTS["variation.cv"] ** 2))
    assert logs.std(axis=0).mean() == pytest.approx(wanted, rel=0.03)
    correlation = np.corrcoef(logs.T)
    assert correlation[np.triu_indices(40, 1)].mean() == pytest.approx(CONSTANTS["variation.shared"], abs=0.05)


def test_a_gene_is_drawn_alike_whatever_else_is_drawn():
    few = expression_factors(3, 1, 20, ("XIAP",), CONSTANTS)
    many = expression_factors(3, 1, 20, ("RAC1", "XIAP"), CONSTANTS)
    assert (few[:, 0] == many[:, 1]).all()
    assert (expression_factors(3, 2, 20, ("XIAP",), CONSTANTS) != few).any()
    assert len(set(cell_keys(1, 0, 500).tolist()) | set(cell_keys(1, 1, 500).tolist())) == 1002


def test_a_suspended_cell_has_no_matrix():
    network = assemble("HeLa")
    treatment = resolve(network, Perturbations(suspended=True), {"fibronectin": "10 ug/ml"}, {})
    inputs = idealised_inputs(network, treatment)
    assert inputs["fibronectin_front"] == inputs["fibronectin_rear"] == 0.0
    even = idealised_inputs(network, resolve(network, Perturbations(), {}, {}), front_equals_rear=True)
    assert even["load_front"] == even["load_rear"] > 1.0


def test_a_fitted_constant_says_what_it_was_fitted_to():
    fitted = [CONSTANTS.row(name) for name in CONSTANTS if CONSTANTS.row(name).grade == "fitted"]
    assert fitted
    assert [row.name for row in fitted if not row.fitted_to] == []


def hold(cell, matrix, **perturbations):
    """Receptors that find ligand, and their rate of binding, mean over cells."""
    network = assemble(cell)
    treatment = resolve(network, Perturbations(**perturbations), matrix, {})
    cells = grown_population(network, treatment, Draw(1, 0, 6), CONSTANTS, idealised_inputs(network, treatment))
    binding = binding_rate(sum(treatment.density.values()), CONSTANTS, scale(CONSTANTS))
    columns = mechanics(dict(zip(READ_STATES, cells.observe(READ_STATES).T)), CONSTANTS, binding)
    return columns["integrins"].mean(), columns["bind_rate"].mean()


FIBRONECTIN, VITRONECTIN = {"fibronectin": "10 ug/ml"}, {"vitronectin": "10 ug/ml"}


def test_receptors_that_do_not_bind_the_coating_give_no_traction():
    left = {"knockout": ("ITGB1",)}
    assert hold("HeLa", FIBRONECTIN, **left)[0] == 0.0
    assert hold("HeLa", VITRONECTIN, **left)[0] > 100.0
    assert hold("HeLa", FIBRONECTIN, suspended=True) == (0.0, 0.0)


def test_a_coating_that_receptors_do_not_see_adds_nothing():
    left = {"knockout": ("ITGAV",)}
    count, rate = hold("CHO", FIBRONECTIN, **left)
    with_more, rate_with_more = hold("CHO", FIBRONECTIN | VITRONECTIN, **left)
    assert with_more == pytest.approx(count)
    assert rate_with_more == pytest.approx(rate, rel=1e-3)
    assert rate > 0.0


def test_a_receptor_of_low_affinity_binds_more_slowly():
    best = hold("HeLa", FIBRONECTIN, knockout=("ITGAV",))[1]
    worse = hold("HeLa", FIBRONECTIN, knockout=("ITGA5",))[1]
    assert worse == pytest.approx(0.5 * best, rel=1e-3)
