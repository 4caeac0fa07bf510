"""The pull on a cell against an independent integration of the integrin's equations, with a load that never lags."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lamella.assays.detached import detached
from lamella.assays.protocol import Setting
from lamella.assays.pull import bonds, edge_share, load_factor, pull
from lamella.culture import idealised_inputs, own_load
from lamella.networks import Perturbations, bond_law

HOLD = 10.0
UNREGULATED = {"inside_out_PIP3": 0.0, "inside_out_RAP1A": 0.0, "K_suppression": 1e12, "K_FERMT2": 1e-9,
               "a5b1_k_activation": 1.0 / (2.0 * 2.0), "K_FLNA": 1e12, "tension_floor": 2.5,
               "k_release_load": 0.0, "alpha_floor": 5, "k_release_CAPN1": 0.0, "k_uptake": 0.0}  # fmt: skip
"""Factors that make inside-out signals those of the rest, and what regulates a bare beta-1 tail and its alpha tail,
encounters and tension 1 at all times: kindlin in excess and no ICAP-1 each double the rate of activation; tethers hold,
no uptake."""
SETTING = Setting(cell="HeLa", arm="a",
                  perturbations=Perturbations(knockout=("ITGAV", "ITGA1", "ITGA2", "ITGA3", "ITGA6", "ITGB1BP1")),
                  matrix={"fibronectin": "10 ug/ml"}, scaled=UNREGULATED)  # fmt: skip
"""Cells with a5b1 alone and nothing that regulates it, so that its equations are all there is to adhesion."""


def equations(p, told, load):
    """d/dt of low, high, bound, clustered at the front and at the rear, of closed talin, and of open talin at the front
    and at the rear, as integrin.ant and integrin_regulation.ant have them.

    load   (bonds) -> factor on unbinding
    """
    area = told["area_front"] + told["area_rear"]

    def slope(_, y):
        low, high, bound, clustered = y[:8].reshape(4, 2)
        factor = load(bound.sum() + clustered.sum())
        d = np.zeros((4, 2))
        talin = np.zeros(3)
        for h, half in enumerate(("front", "rear")):
            fresh, slack, a = (told[f"{what}_{half}"] for what in ("fresh", "load", "area"))
            reach = p["binding_floor"] + (1 - p["binding_floor"]) * fresh / (p["K_fresh"] + fresh)
            opened = p["k_activation"] * low[h] * y[9 + h] / a - p["k_inactivation"] * high[h]
            unfolded = p["k_TLN1_opening"] * p["inside_out_basal"] * y[8] * a / area - p["k_TLN1_closing"] * y[9 + h]
            held = (p["k_binding"] * told[f"fibronectin_{half}"] * reach * high[h]
                    - p["k_unbinding"] * slack * factor * bound[h])
            packed = (p["k_clustering"] * bound[h] * (bound[h] + clustered[h]) / a
                      - p["k_dispersal"] * slack * factor * clustered[h])
            d[:, h] = -opened, opened - held, held - packed, packed
            talin[0] -= unfolded
            talin[1 + h] += unfolded - opened
        d[0, 0] += p["k_replacement"] * (p["receptors"] - y[:8].sum())
        for form in (0, 1):
            pool = y[2 * form : 2 * form + 2]
            flow = p["k_mixing"] * (pool[0] * told["area_rear"] - pool[1] * told["area_front"]) / area
            d[form] += -flow, flow
        return np.concatenate([d.ravel(), talin])

    return slope


@pytest.fixture(scope="module")
def cells():
    """Cells that bear the load that they are told, whatever they pull with: the equations below know no myosin."""
    own = {name: float(values[0]) for name, values in own_load(1).items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lamella.assays.detached.idealised_inputs", lambda *a, **k: idealised_inputs(*a, **k) | own)
        made = detached(SETTING, 3, 1800.0)
        made.put(False)
        made.advance(3600.0)
        yield made


def integrated(cells, cell):
    """The same history of one cell, integrated here: its state before the pull, and its parameters."""
    network, names = cells.network, list(cells.population.program.parameters)
    own = dict(zip(names, cells.population.parameters[cell]))
    p = {name: network.parameters[f"a5b1_{name}"].value for name in
         ("k_activation", "k_inactivation", "k_binding", "binding_floor", "K_fresh", "k_unbinding", "k_clustering",
          "k_dispersal", "k_mixing", "k_replacement")}  # fmt: skip
    p |= {name: network.parameters[name].value for name in ("k_TLN1_opening", "k_TLN1_closing", "inside_out_basal")}
    receptors = own["a5b1_copies"] * own["a5b1_expression"]
    p["receptors"] = receptors
    talin = own["TLN1_available"] * own["TLN1_copies"] * own["TLN1_expression"]
    state = np.array([receptors / 2, receptors / 2, 0, 0, 0, 0, 0, 0, talin, 0, 0])
    for off, seconds in ((False, 345600.0), (True, 1800.0), (False, 3600.0)):
        slope = equations(p, cells.told(off), lambda _: 1.0)
        state = solve_ivp(slope, (0.0, seconds), state, method="LSODA", rtol=1e-8, atol=1e-3).y[:, -1]
    return p, state


def test_bonds_before_the_pull_are_those_of_the_equations(cells):
    for cell in range(3):
        assert integrated(cells, cell)[1][4:8].sum() == pytest.approx(bonds(cells)[cell], rel=2e-3)


def test_cells_come_off_at_the_force_of_the_equations(cells):
    law, rim, forces = bond_law("a5b1"), edge_share(cells), np.geomspace(1e3, 6e4, 140)  # 3 % apart
    expected = []
    for cell in range(3):
        p, state = integrated(cells, cell)
        for force in forces:
            load = lambda n, force=force: min(float(law.load(min(force / max(rim * n, 1.0), 1e3))), 1e6)
            found = solve_ivp(equations(p, cells.told(False), load), (0.0, HOLD), state, method="LSODA", rtol=1e-6,
                              atol=1e-3)  # fmt: skip
            state = found.y[:, -1]
            if state[4:8].sum() < 1.0:
                break
        expected.append(force)
    before, on, came_off = cells.population.checkpoint(), np.ones(3, bool), np.full(3, np.nan)
    for force in forces:
        still = pull(cells, force, HOLD, 0.2, on)
        came_off[on & ~still] = force
        on = still
    cells.population.restore(before)
    assert not on.any()
    assert came_off == pytest.approx(expected, rel=0.05)


def test_the_factor_is_1_below_the_optimum_and_that_of_the_law_above(cells):
    law, held = bond_law("a5b1"), edge_share(cells) * bonds(cells)
    assert load_factor(cells, 0.5 * law.optimum * held.min()) == pytest.approx(1.0)
    force = 1.5 * law.optimum * held.max()
    assert load_factor(cells, force) == pytest.approx(law.load(force / held), rel=1e-9)


def test_a_large_cell_holds_by_its_rim_and_a_small_one_by_all_of_its_contact():
    def share(area):
        body = {"spread_area": SimpleNamespace(value=area)}
        return edge_share(SimpleNamespace(network=SimpleNamespace(cell=SimpleNamespace(body=body)),
                                          constants={"adhesion.edge": 2.0}))

    small, large = share(np.pi * 1.5**2), share(np.pi * 20.0**2)
    assert small == 1.0
    assert large == pytest.approx(1.0 - 0.9**2)
