"""Cells and fields: shares, exact exchange, readings, reactions between fields."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from dishes import all_on, blocks
from scipy.integrate import solve_ivp

from lamella.tissue.fields import (
    Acts,
    Behaviour,
    FibreLaw,
    Field,
    Ledger,
    Ligand,
    Reaction,
    Substance,
    Surroundings,
    advance_fields,
    gradients,
    make_medium,
    occupy,
    on_sites,
    site_means,
    voxel_means,
)


def periodic_of(dish):
    return tuple(bool(wraps) for wraps in dish.checkpoint()["periodic"])


def medium_of(dish, coarsening=4, site=2.0):
    depth = 10.0 if len(dish.shape) == 2 else None
    labels = dish.labels()
    return make_medium(
        dish.shape, site, coarsening=coarsening, depth=depth, periodic=periodic_of(dish), obstacles=labels < 0
    )


def occupancy_of(dish, medium):
    return occupy(medium, dish.labels(), dish.centroid, dish.axis)


def test_shares_and_halves_are_those_of_the_dish(dish):
    """Against the dish's own reading and a plain count."""
    dish.advance(30)
    medium = medium_of(dish, 3)
    occupancy = occupancy_of(dish, medium)
    reading = dish.read()
    np.testing.assert_array_equal(occupancy.sites[0::2], reading.sites_front)
    np.testing.assert_array_equal(occupancy.sites[1::2], reading.sites_rear)
    labels = dish.labels()
    voxel = np.indices(labels.shape)
    for axis, number in enumerate(medium.voxel_of[3 - labels.ndim :]):
        voxel[axis] = number[voxel[axis]]
    counted: dict[tuple[int, int], int] = {}
    for v, cell in zip(np.ravel_multi_index(tuple(voxel), medium.voxels).ravel(), labels.ravel()):
        if cell > 0:
            counted[v, cell] = counted.get((v, cell), 0) + 1
    found: dict[tuple[int, int], int] = {}
    for v in range(medium.volume.size):
        for e in range(occupancy.start[v], occupancy.start[v + 1]):
            key = v, int(occupancy.owner[e]) >> 1
            found[key] = found.get(key, 0) + int(occupancy.count[e])
    assert found == counted
    ligand = np.random.default_rng(3).random(labels.shape)
    dish.ligand = ligand
    reading = dish.read()
    means = site_means(ligand, occupancy)
    np.testing.assert_allclose(means.front, reading.ligand_front, rtol=1e-12)
    np.testing.assert_allclose(means.rear, reading.ligand_rear, rtol=1e-12)
    fine = medium_of(dish, 1)
    same = occupancy_of(dish, fine)
    np.testing.assert_allclose(voxel_means(fine.boxed(ligand, "ligand"), same).whole, means.whole, rtol=1e-12)


def test_the_rim(dish):
    dish.advance(10)
    medium = medium_of(dish)
    rim = occupancy_of(dish, medium).rim().reshape(dish.shape)
    labels = dish.labels()
    edge = np.zeros(labels.shape, bool)
    for axis in range(labels.ndim):
        for step in (-1, 1):
            near = np.roll(labels, -step, axis)
            if not periodic_of(dish)[axis]:
                end = -1 if step == 1 else 0
                place = (slice(None),) * axis + (end,)
                near[place] = labels[place]
            edge |= near != labels
    np.testing.assert_array_equal(rim >= 0, edge & (labels > 0))


def slab(periodic=(False, False), coarsening=4, shape=(60, 40)):
    """A dish in two halves: cell 1 on the left third, cell 2 on the right third."""
    medium = make_medium(shape, 2.0, coarsening=coarsening, depth=5.0, periodic=periodic)
    labels = np.zeros(shape, np.int32)
    labels[: shape[0] // 3] = 1
    labels[-(shape[0] // 3) :] = 2
    middle = [(np.argwhere(labels == c).mean(axis=0)) for c in (0, 1, 2)]
    axis = np.array([[1.0, 0.0]] * 3)
    return medium, occupy(medium, labels, middle, axis)


def test_a_source_and_a_sink_at_steady_state():
    """All that one cell gives the other takes; between them the profile is a straight line of slope J / (D A)."""
    medium, occupancy = slab()
    signal = Field(Substance("EGF", 20.0), medium, Ledger())
    acts = Acts(secretion=np.array([0.0, 50.0, 0.0]), clearance=np.array([0.0, 0.0, 400.0]))
    for _ in range(4):
        signal.advance(1e8, occupancy, acts)
    moved = signal.advance(30.0, occupancy, acts)
    assert moved.secreted[1].sum() == pytest.approx(1500.0, rel=1e-12)
    assert moved.taken[2].sum() == pytest.approx(1500.0, rel=1e-4)
    assert moved.taken[[0, 1]].sum() == 0.0
    slope = np.diff(signal.concentration[6:9, 0]) / 8.0
    np.testing.assert_allclose(slope, -50.0 / (20.0 * 80.0 * 5.0), rtol=1e-4)
    assert gradients(signal.box, occupancy)[2, 0] < 0.0
    assert signal.imbalance() < 1e-12


def test_secretion_by_the_half_and_saturating_uptake():
    medium, occupancy = slab()
    signal = Field(Substance("EGF", 0.0), medium, Ledger())
    moved = signal.advance(10.0, occupancy, Acts(secretion=np.array([[0.0, 0.0], [0.0, 7.0], [2.0, 1.0]])))
    np.testing.assert_allclose(moved.secreted, [[0, 0], [0, 70], [20, 10]], rtol=1e-12)
    means = voxel_means(signal.box, occupancy)
    assert means.front[1] < 0.2 * means.rear[1]
    assert means.front[2] > 1.5 * means.rear[2]
    # no diffusion: each voxel of cell 1 obeys dc/dt = -a c / (h + c)
    quiet = Field(Substance("EGF", 0.0, initial=1.0), medium, Ledger())
    per_um3 = 4000.0 / (20 * 40 * 4.0 * 5.0)
    for _ in range(100):
        quiet.advance(0.01, occupancy, Acts(capacity=np.array([0.0, 4000.0, 0.0]), half=0.5))
    exact = solve_ivp(lambda _, c: -per_um3 * c / (0.5 + c), (0, 1), [1.0], rtol=1e-9).y[0, -1]
    assert voxel_means(quiet.box, occupancy).whole[1] == pytest.approx(exact, rel=2e-3)
    assert quiet.imbalance() < 1e-13


@pytest.mark.parametrize("periodic", [False, True])
def test_a_field_on_sites_and_its_gradient(periodic):
    medium, occupancy = slab((periodic, periodic), shape=(62, 41))
    x, y = medium.centres(0), medium.centres(1)
    if periodic:
        ramp = np.sin(2 * np.pi * x / 124.0)[:, None] + 0 * y
        exact = np.sin(2 * np.pi * (np.arange(62) + 0.5) / 62)
        np.testing.assert_allclose(on_sites(ramp.reshape(medium.box), medium)[:, 7], exact, atol=0.03)
        return
    ramp = 3.0 + 0.25 * x[:, None] - 0.5 * y
    sites = on_sites(ramp.reshape(medium.box), medium)
    assert sites.shape == (62, 41)
    inner = sites[4:-4, 4:-4]
    expected = 3.0 + 0.5 * (np.arange(62) + 0.5)[:, None] - 1.0 * (np.arange(41) + 0.5)
    np.testing.assert_allclose(inner, expected[4:-4, 4:-4], rtol=1e-12)
    np.testing.assert_allclose(gradients(ramp.reshape(medium.box), occupancy)[1:], [[0.25, -0.5]] * 2, rtol=1e-9)


def three(medium, a=2.0, b=3.0, diffusion=0.0):
    ledger = Ledger()
    return {n: Field(Substance(n, diffusion, initial=c), medium, ledger) for n, c in (("A", a), ("B", b), ("AB", 0.0))}


def test_binding_follows_its_equation():
    """A + B <-> AB with mass action; the error halves with the step."""
    medium = make_medium((8, 8), 1.0, coarsening=4, depth=1.0)
    on, off = 0.05, 0.02
    exact = solve_ivp(lambda _, x: on * (2 - x) * (3 - x) - off * x, (0, 20), [0.0], rtol=1e-10, atol=1e-12).y[0, -1]
    errors = []
    for steps in (200, 400):
        fields = three(medium)
        for _ in range(steps):
            advance_fields(fields, [Reaction("A", on, "B", product="AB", reverse=off)], 20.0 / steps, None, {})
        errors.append(abs(fields["AB"].concentration[0, 0] - exact))
        assert fields["A"].concentration[0, 0] + fields["AB"].concentration[0, 0] == pytest.approx(2.0, rel=1e-13)
        assert fields["B"].concentration[0, 0] + fields["AB"].concentration[0, 0] == pytest.approx(3.0, rel=1e-13)
    assert errors[0] < 0.01 * exact
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=0.1)


@pytest.mark.parametrize("seconds", [1.0, 60.0, 1e4])
def test_the_balance_of_binding_is_exact_for_any_step(seconds):
    fields = three(make_medium((8, 8), 1.0, coarsening=4, depth=1.0), diffusion=1.0)
    for _ in range(600):
        advance_fields(fields, [Reaction("A", 0.05, "B", product="AB", reverse=0.02)], seconds, None, {})
    a, b, ab = (fields[name].concentration[0, 0] for name in ("A", "B", "AB"))
    assert a * b / ab == pytest.approx(0.02 / 0.05, rel=1e-6)


@pytest.mark.parametrize(("a", "b"), [(2.0, 3.0), (3.0, 2.0), (2.0, 2.0)])
def test_one_long_step_of_binding_makes_nothing_up(a, b):
    rng = np.random.default_rng(1)
    medium = make_medium((24, 24), 1.0, coarsening=4, depth=1.0)
    fields = three(medium, a * rng.random((6, 6)), b * rng.random((6, 6)), 0.01)
    start = {name: piece.total() for name, piece in fields.items()}
    for _ in range(5):
        advance_fields(fields, [Reaction("A", 5.0, "B", product="AB")], 1e4, None, {})
    end = {name: piece.total() for name, piece in fields.items()}
    assert end["A"] + end["AB"] == pytest.approx(start["A"], rel=1e-13)
    assert end["B"] + end["AB"] == pytest.approx(start["B"], rel=1e-13)
    assert min(piece.concentration.min() for piece in fields.values()) >= 0.0
    assert max(piece.imbalance() for piece in fields.values()) < 1e-13


def test_conversion_and_catalysis():
    """pro -> active by a catalyst, active -> gone."""
    medium = make_medium((8, 8), 1.0, coarsening=4, depth=1.0)
    ledger = Ledger()
    fields = {n: Field(Substance(n, 1.0, initial=c), medium, ledger)
              for n, c in (("active", 0.0), ("pro", 4.0), ("E", 0.5))}  # fmt: skip
    chain = [Reaction("pro", 0.2, "E", catalyst=True, product="active"), Reaction("active", 0.05)]
    for _ in range(400):
        advance_fields(fields, chain, 0.05, None, {})
    pro, active = 4.0 * np.exp(-0.1 * 20), 4.0 * 0.1 / (0.1 - 0.05) * (np.exp(-0.05 * 20) - np.exp(-0.1 * 20))
    assert fields["pro"].concentration[0, 0] == pytest.approx(pro, rel=0.01)
    assert fields["active"].concentration[0, 0] == pytest.approx(active, rel=0.01)
    assert fields["E"].concentration[0, 0] == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize("seconds", [2.0, 60.0])
def test_an_inhibited_protease_keeps_its_reach_for_any_step(seconds):
    """Reach sqrt(D / (k I)) of a protease from a wall amid an inhibitor that is hardly used up."""
    medium = make_medium((100, 8), 1.0, coarsening=2, depth=1.0, periodic=(False, True))
    ledger = Ledger()
    rate, inhibitor = 0.01, 100.0
    fields = {
        "MMP": Field(Substance("MMP", 100.0, held={(0, "low"): 1e-3}), medium, ledger),
        "TIMP": Field(Substance("TIMP", 100.0, initial=inhibitor), medium, ledger),
        "dead": Field(Substance("dead", 100.0), medium, ledger),
    }
    for _ in range(int(600 / seconds)):
        advance_fields(fields, [Reaction("MMP", rate, "TIMP", product="dead")], seconds, None, {})
    c = fields["MMP"].concentration[:, 0]
    x = medium.centres(0)
    reach = np.sqrt(100.0 / (rate * inhibitor))
    np.testing.assert_allclose(c[:20] / 1e-3, np.exp(-x[:20] / reach), rtol=0.03)


LAW = FibreLaw(1.0, 2.0, -0.5, 20.0, 0.1, 2.0, substrate=1.0, turning=1e-3, relaxation=1e-4)


def busy(dish):
    """Surroundings with everything on, and what the cells do."""
    medium = medium_of(dish)
    wall = {next(iter(medium.walls)): 0.02} if medium.walls else {}
    substances = [
        Substance("MMP2", 60.0, decay=1e-4),
        Substance("TIMP2", 80.0, initial=0.05, exchange=1e-4, bath=0.05),
        Substance("bound", 60.0),
        Substance("EGF", 100.0, initial=0.01, held=wall),
        Substance("fragment", 90.0, decay=1e-3),
    ]
    ligands = [
        Ligand("collagen", 800.0, cut_by={"MMP2": 0.05}, docked_rate=1e-5, exposes="cryptic", fragments=2.0),
        Ligand("cryptic"),
        Ligand("fibronectin", 300.0, cut_by={"MMP2": 0.1}, docked_rate=2e-5, releases="fragment", fragments=3.0),
    ]
    reactions = [Reaction("MMP2", 0.05, "TIMP2", product="bound", reverse=1e-3)]
    made = Surroundings(medium, substances, ligands, reactions, fibres=LAW, longest=20.0)
    rows = len(dish.centroid)
    rng = np.random.default_rng(2)
    does = Behaviour(
        acts={"MMP2": Acts(secretion=rng.random((rows, 2))), "TIMP2": Acts(secretion=0.4),
              "EGF": Acts(clearance=100.0 * rng.random(rows)), "fragment": Acts(capacity=5.0, half=0.01)},
        docked=rng.random((rows, 2)) * 50.0, deposition={"fibronectin": rng.random(rows)},
        axis=dish.axis, traction=rng.random(rows),
    )  # fmt: skip
    return made, does


def test_nothing_is_lost_with_everything_on(dish):
    surroundings, does = busy(dish)
    given, got = 0.0, 0.0
    for _ in range(100):
        dish.advance(1)
        exchanged = surroundings.advance(40.0, occupancy_of(dish, surroundings.medium), does)
        given += exchanged.secreted["MMP2"].sum()
        got += exchanged.taken["EGF"].sum()
    assert max(surroundings.imbalance().values()) < 1e-12
    books = surroundings.ledger
    assert books.entries("MMP2")["secreted"] == pytest.approx(given, rel=1e-12)
    assert -books.entries("EGF")["taken"] == pytest.approx(got, rel=1e-12)
    assert -books.entries("MMP2")["converted"] == pytest.approx(books.entries("bound")["converted"], rel=1e-9)
    assert books.entries("cryptic")["released"] == pytest.approx(-2 * books.entries("collagen")["cleaved"], rel=1e-12)
    assert books.entries("fragment")["released"] == pytest.approx(
        -3 * books.entries("fibronectin")["cleaved"], rel=1e-12
    )
    assert surroundings.seconds == 4000.0


def state_after(dish, steps, resume_at=None):
    surroundings, does = busy(dish)
    for step in range(steps):
        if step == resume_at:
            state = {key: value.copy() for key, value in surroundings.checkpoint().items()}
            surroundings, _ = busy(dish)
            surroundings.restore(state)
        surroundings.advance(40.0, occupancy_of(dish, surroundings.medium), does)
    return surroundings.checkpoint()


def test_a_checkpoint_continues_bit_for_bit_and_threads_change_nothing(dish):
    whole = state_after(dish, 6)
    for other in (state_after(dish, 6, resume_at=3), *ThreadPoolExecutor(3).map(lambda _: state_after(dish, 6), "abc")):
        assert whole.keys() == other.keys()
        for key in whole:
            assert np.array_equal(whole[key], other[key]), key


def test_coarse_voxels_see_what_fine_ones_see():
    """A cell's own secretion, read by itself and by its neighbours: voxels of 8 um against sites of 2 um."""
    dish = all_on(blocks((80, 80), (2, 2), 20, 20))
    seen = []
    for coarsening in (1, 2, 4):
        medium = medium_of(dish, coarsening)
        signal = Field(Substance("EGF", 50.0, decay=1e-2), medium, Ledger())
        signal.advance(1e7, occupancy_of(dish, medium), Acts(secretion=np.array([0.0, 100.0, 0.0, 0.0, 0.0])))
        seen.append(voxel_means(signal.box, occupancy_of(dish, medium)).whole[1:])
    np.testing.assert_allclose(seen[2], seen[0], rtol=0.02)
    assert np.abs(seen[1] - seen[0]).max() < 0.5 * np.abs(seen[2] - seen[0]).max()
