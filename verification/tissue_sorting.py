"""Sorting of two kinds in a round aggregate that medium surrounds, as in Durand 2021."""

from __future__ import annotations

import numpy as np

from lamella.tissue import Dish
from verification.tissue_cells import half_width

ACROSS, AREA, MARGIN = 54, 40, 20
"""Cells across the aggregate, sites of a cell, and sites of medium round it."""

CONTACT = ((0, 14, 6), (14, 4, 10), (6, 10, 4))
"""Energies between medium, the kind that goes inside and the kind that goes outside. Tensions are 6 between the kinds,
12 and 4 with medium: 12 > 6 + 4, so the second kind spreads over the first and domains of the first float in it."""

MIXTURES = {"50:50": (0.5, 20_000, 12), "25:75": (0.25, 100_000, 6)}
"""Share of the inner kind, how long the cells sort (MCS), and least number of dishes. Durand finds one exponent at any
ratio. Domains of the rarer kind are half as large after the same time, and the power of 1/4 is that of large domains:
the mixture with the smaller ones sorts until they are as large as those of the other at the beginning of its last
decade (area over border of the inner kind: 7 sites)."""

BAND = (0.85 * 0.25, 1.15 * 0.25)


def aggregate() -> np.ndarray:
    """A disc of cells that are squares of about `AREA` sites, in medium."""
    edge = AREA**0.5
    sites = round(ACROSS * edge) + 2 * MARGIN
    column = np.floor((np.arange(sites) - MARGIN) / edge).astype(int)
    x, y = np.meshgrid(column, column, indexing="ij")
    inside = np.hypot(x + 0.5 - ACROSS / 2, y + 0.5 - ACROSS / 2) < ACROSS / 2
    inside &= (x >= 0) & (y >= 0) & (x < ACROSS) & (y < ACROSS)
    labels = np.zeros((sites, sites), int)
    labels[inside] = 1 + np.unique((x * ACROSS + y)[inside], return_inverse=True)[1]
    return labels


def sorting_series(seed: int, share: float, mcs: int) -> tuple[np.ndarray, np.ndarray]:
    """Border between the kinds, in pairs of sites, over the MCS of a mixture.   returns [times] each"""
    labels = aggregate()
    cells = int(labels.max())
    inner = np.arange(cells) < round(share * cells)
    kinds = np.append(0, np.where(np.random.default_rng(seed).permutation(inner), 1, 2))
    dish = Dish(labels, kinds, CONTACT, temperature=10.0, key=seed, cell_keys=np.arange(cells + 1))
    dish.cells.target_volume, dish.cells.volume_stiffness = float(AREA), 1.0
    times = np.unique(np.geomspace(20, mcs, 24).astype(int))
    border = []
    for before, after in zip(np.r_[0, times], times):
        dish.advance(int(after - before))
        border.append(_border(kinds[dish.labels()]))
    return times, np.array(border)


def _border(kind: np.ndarray) -> int:
    """Pairs of a site of one kind beside one of the other; medium does not count."""
    pairs = [(kind[1:], kind[:-1]), (kind[:, 1:], kind[:, :-1])]
    return sum(int((one * other == 2).sum()) for one, other in pairs)


def growth(times: np.ndarray, border: np.ndarray, first: float) -> float:
    """Power with which area over border grows in the decade from `first` on."""
    decade = (times >= first) & (times <= 10 * first)
    return float(-np.polyfit(np.log(times[decade]), np.log(border[decade]), 1)[0])


def sorting_exponent(seeds: int) -> dict:
    """Power with which the size of domains grows in the last decade of sorting; and in each decade, for a power that
    still changes is none.
    """
    found = {}
    for name, (share, mcs, least) in MIXTURES.items():
        series = [sorting_series(seed, share, mcs) for seed in range(max(seeds, least))]
        times, borders = series[0][0], [border for _, border in series]
        slopes = np.array([[growth(times, row, mcs / 10**k) for k in (3, 2, 1)] for row in borders])
        found[name] = {"dishes": len(series), "mcs": times.tolist(),
                       "exponent": float(slopes[:, -1].mean()), "half_width": half_width(slopes[:, -1]),
                       "by_decade": slopes.mean(axis=0).tolist(),
                       "border": np.mean(borders, axis=0).tolist(),
                       "border_half_width": [half_width(row) for row in np.transpose(borders)]}  # fmt: skip
    met = all(BAND[0] <= mixture["exponent"] <= BAND[1] for mixture in found.values())
    return {"value": found, "met": met,
            "target": f"{BAND[0]:.4f} to {BAND[1]:.4f} for either mixture: 1/4 within 15 %, in medium and whatever the "
                      "ratio (Durand 2021, doi:10.1371/journal.pcbi.1008576, abstract)"}  # fmt: skip
