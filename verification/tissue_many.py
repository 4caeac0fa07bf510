"""What many cells do: statistics against the independent sampler and without tiles, cells in one piece."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from bench.tissue import SORTING_2D, SORTING_3D, big2d, big3d, blocks, case_a, case_b, case_c, sheet, two_kinds
from scipy import ndimage

from lamella.tissue import Dish
from lamella.tissue.tiles import tile_lengths
from verification.tissue_cells import ROUND, half_width
from verification.tissue_sampler import sample


def stationary(seeds: int) -> dict:
    """Energy and volumes of three touching cells against the independent sampler, periodic and closed."""
    labels = np.zeros((24, 24), np.int64)
    labels[6:12, 6:12], labels[12:18, 6:12], labels[6:18, 12:18] = 1, 2, 3
    kinds, contact = np.array([0, 1, 1, 2]), np.array([[0.0, 4, 3], [4, 2, 6], [3, 6, 2]])
    columns = {"target_volume": 60, "volume_stiffness": 1, "target_perimeter": 130, "perimeter_stiffness": 0.05,
               "protrusion": 30, "act_memory": 10}  # fmt: skip
    worst, found = 0.0, {}
    for wraps in (True, False):
        series = [
            sample(labels.copy(), kinds, contact, 60.0, 1.0, 130.0, 0.05, 30.0, 10, 10.0, wraps, 4000, s)[0][500:]
            for s in range(2)
        ]
        mine = []
        for s in range(seeds):
            dish = Dish(labels, kinds, contact, temperature=10.0, key=s, cell_keys=np.arange(4), connectivity=False,
                        periodic=(wraps, wraps))  # fmt: skip
            for name, value in columns.items():
                setattr(dish.cells, name, value)
            dish.advance(500)
            for _ in range(4000):
                dish.advance(1)
                mine.append(dish.cells.volume[1:].copy())
        brute = np.concatenate(series)
        mine = np.array(mine)
        key = "periodic" if wraps else "closed"
        found[key] = [
            float(mine.sum(axis=1).mean() / brute[:, 1].mean()),
            float(mine[:, 0].mean() / brute[:, 2].mean()),
        ]
        worst = max(worst, *(abs(r - 1) for r in found[key]))
    return {"value": found, "target": "volumes within 2 % of the sampler's", "met": worst < 0.02}


PIECES = {"A": (case_a, 500), "B": (case_b, 100), "C": (case_c, 50), "big2d": (big2d, 50), "big3d": (big3d, 20)}
"""Cases of the bench, and the MCS after which their cells are looked at."""


def fragmented(seeds: int) -> dict:
    """Share of cells in more than one face-connected piece in the bench cases as they are timed: with the rule of
    connectivity, as dishes have it by default. What they do without stands beside, for the other kernel has none.
    """
    timed, bare = {"sheet": in_pieces(sheet(), 500)}, {}
    for name, (made, mcs) in PIECES.items():
        timed[name] = in_pieces(made(connectivity=True), mcs)
        bare[name] = in_pieces(made(), mcs)
    met = max(timed.values()) < 0.001
    value = {"as_timed": timed, "without_the_rule": bare}
    return {"value": value, "target": "under 0.001 in each", "met": met, "seeds": 1}


def in_pieces(dish: Dish, mcs: int) -> float:
    """Share of the cells that are not whole after some MCS."""
    dish.advance(mcs)
    labels, broken = dish.labels(), 0
    boxes = ndimage.find_objects(labels)
    for cell, box in enumerate(boxes, start=1):
        # a cell that lies across a periodic border is looked at with that border moved away
        across = [d for d, cut in enumerate(box) if cut == slice(0, labels.shape[d])]
        shift = [labels.shape[d] // 2 for d in across]
        mask = np.roll(labels == cell, shift, across) if across else labels[box] == cell
        broken += ndimage.label(mask)[1] > 1
    return broken / len(boxes)


def _crowd(seed: int, tile: tuple[int, int] | None) -> list[float]:
    """Case A of the bench: cells that crawl.   returns what `_watched` does"""
    dish = Dish(
        blocks(500, 10, 22, 2, 50), np.append(0, np.ones(100, int)), ((0, 20), (20, 0)), temperature=20.0, key=seed,
        cell_keys=np.arange(101), connectivity=False, tile=tile,
    )  # fmt: skip
    for name, value in ACT.items():
        setattr(dish.cells, name, value)
    return _watched(dish, 1500)


def _mixture(seed: int, tile: tuple[int, int] | None) -> list[float]:
    """Cells of two kinds that sort, as in case B of the bench; nothing drives them, and tiles have fewer rounds."""
    dish = Dish(blocks(320, 12, 25, 2), two_kinds(144), SORTING_2D, temperature=15.0, key=seed,
                cell_keys=np.arange(145), connectivity=False, tile=tile)  # fmt: skip
    dish.cells.target_volume, dish.cells.volume_stiffness = 625.0, 2.0
    return _watched(dish, 500)


def _large(seed: int, tile: tuple[int, int] | None) -> list[float]:
    """The same in a dish so large that it has tiles of its own accord: 1,849 cells."""
    dish = Dish(blocks(1088, 43, 25, 2), two_kinds(1849), SORTING_2D, temperature=15.0, key=seed,
                cell_keys=np.arange(1850), connectivity=False, tile=tile)  # fmt: skip
    dish.cells.target_volume, dish.cells.volume_stiffness = 625.0, 2.0
    return _watched(dish, 200, settle=100)


def _deep(seed: int, tile: tuple[int, int, int] | None) -> list[float]:
    """The same in three dimensions: 512 cells in a dish of two tiles along each axis."""
    dish = Dish(blocks(128, 8, 14, 3), two_kinds(512), SORTING_3D, temperature=20.0, key=seed,
                cell_keys=np.arange(513), connectivity=False, tile=tile)  # fmt: skip
    dish.cells.target_volume, dish.cells.volume_stiffness = 2744.0, 1.0
    return _watched(dish, 100, settle=50)


def _watched(dish: Dish, mcs: int, every: int = 25, settle: int = 300) -> list[float]:
    """After `settle` MCS, over `mcs`: share of attempts that are accepted, sites of a cell, distance per MCS."""
    dish.advance(settle)
    before, places, volumes = dish.counts, [dish.position[1:]], []
    for _ in range(mcs // every):
        dish.advance(every)
        places.append(dish.position[1:])
        volumes.append(dish.cells.volume[1:].mean())
    share = (dish.counts["accepted"] - before["accepted"]) / (dish.counts["tried"] - before["tried"])
    steps = np.linalg.norm(np.diff(places, axis=0), axis=2)
    return [share, float(np.mean(volumes)), float(steps.mean() / every)]


ACT = {"target_volume": 500, "volume_stiffness": 50, "target_perimeter": 340, "perimeter_stiffness": 2,
       "protrusion": 200, "act_memory": 80}  # fmt: skip
"""Cells that crawl by Act alone."""


@cache
def _tiled_and_whole(what: Callable[..., list[float]], tiles: tuple[tuple[int, ...], ...], seeds: int):
    """[seeds, 3] each: a dish in tiles, and without any; other seeds, so that errors are independent."""
    return [np.array([what(2 * s + n, tile) for s in range(seeds)]) for n, tile in enumerate(tiles)]


def _of_tiles(which: int, seeds: int) -> dict:
    value = {}
    for name, made in (
        ("crawling", (_crowd, ((64, 64), (500, 500)), seeds)),
        # cells that nothing drives hardly move: it takes more dishes to say how far
        ("passive", (_mixture, ((40, 40), (320, 320)), 4 * seeds)),
        ("passive, tiles as by default", (_large, (tile_lengths((1088, 1088)), (1088, 1088)), seeds)),
        ("passive, 3d, tiles as by default", (_deep, (tile_lengths((128, 128, 128)), (128, 128, 128)), 3 * seeds)),
    ):
        tiled, whole = (found[:, which] for found in _tiled_and_whole(*made))
        error = float(np.hypot(half_width(tiled), half_width(whole)) / whole.mean())
        value[name] = {"ratio": float(tiled.mean() / whole.mean()), "half_width": error, "untiled": float(whole.mean())}
    met = all(abs(found["ratio"] - 1) < 0.02 for found in value.values())
    return {"value": value, "target": "within 2 % of the dish without tiles", "met": met}


def acceptance(seeds: int) -> dict:
    """Share of attempts that become copies, of cells that crawl and of cells that sort, in tiles over those without."""
    return _of_tiles(0, seeds)


def volume(seeds: int) -> dict:
    """Sites of a cell: tiles against none, and against the independent sampler at rest, periodic and closed."""
    tiles, rest = _of_tiles(1, seeds), stationary(seeds)
    return {"value": tiles["value"] | {"against_sampler": rest["value"]},
            "target": "within 2 % without tiles, and of the independent sampler",
            "met": tiles["met"] and rest["met"]}  # fmt: skip


def single_speed(seeds: int) -> dict:
    """Distance per MCS, over 25 MCS, of cells in tiles over that without."""
    return _of_tiles(2, seeds)


SITE_UM, STEP_S = 2.0, 40.0
"""A site and a step of cells that crawl on a flat dish, as in `culture`."""

EDGE_SPEEDS = (7.5, 30.0)
"""um/h: twofold about the 15 um/h at which a free border of MDCK cells goes. The abstract of Poujade et al. 2007
(doi:10.1073/pnas.0705062104), which was read, names no speed: the number is from memory, and the width of the band is
a choice, not their scatter."""


def _gap(labels: np.ndarray) -> float:
    """Width of the gap of `bench.tissue.sheet`: the free way from its middle to either side, mean over rows."""
    middle = 170
    left = np.argmax(labels[middle::-1] > 0, axis=0)
    right = np.argmax(labels[middle:] > 0, axis=0)
    return float((left + right).mean())


def sheet_edge(seeds: int) -> dict:
    """Advance of the two free edges of a sheet, row by row; cells may leave room between them.

    240 cells of the kind that crawls alone in the other checks, a quarter smaller, round a gap of 150 um.
    """
    speeds = []
    columns = {**ROUND, "target_volume": 375, "target_perimeter": 295, "integrins": 1875, "rotational_diffusion": 0.004}
    for seed in range(seeds):
        dish = Dish(
            sheet().labels(), np.append(0, np.ones(240, int)), ((0, 20), (20, 40)), temperature=20.0, key=seed,
            cell_keys=1000 * seed + np.arange(241), focus_exponent=2,
        )  # fmt: skip
        for name, value in columns.items():
            setattr(dish.cells, name, value)
        dish.ligand = 1.28
        dish.advance(90)  # an hour in which cells polarise
        before = _gap(dish.labels())
        dish.advance(180)
        hours = 180 * STEP_S / 3600
        speeds.append((before - _gap(dish.labels())) / 2 * SITE_UM / hours)
    mean, width = float(np.mean(speeds)), half_width(speeds)
    low, high = EDGE_SPEEDS
    return {"value": {"um_per_h": mean, "half_width": width},
            "target": f"interval within {low:g} to {high:g} um/h: twofold about 15 um/h, a number from memory that the "
                      "abstract of Poujade 2007 (doi:10.1073/pnas.0705062104) does not have",
            "met": low <= mean - width and mean + width <= high}  # fmt: skip
