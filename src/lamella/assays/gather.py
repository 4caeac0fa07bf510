"""Dishes laid side by side: the Datasets of single runs become one Dataset per assay, and one table of tracks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from lamella.shapes import ARMS, REPLICATES

POINTS = "points"
"""Dimension of the variables that form the table of tracks."""

_TRACK = "track_"
"""Start of the names of those variables; the columns of the table have the rest."""

PICTURES, SHADES = "labels", "shades"
"""The variables that are kept for replicate 0 only: pictures, and a state of the cells in them."""

Runs = Mapping[tuple[str, int], xr.Dataset]
"""(arm, replicate) -> Dataset of one dish."""


def thinned(dataset: xr.Dataset, replicate: int) -> xr.Dataset:
    """A dish's Dataset without what is kept of replicate 0 only."""
    if replicate == 0 or PICTURES not in dataset:
        return dataset
    rest = dataset.drop_vars([PICTURES, SHADES], errors="ignore")
    axes = {dim for array in rest.data_vars.values() for dim in array.dims}
    return rest.drop_vars([name for name in rest.coords if not set(rest[name].dims) <= axes])


def gathered(runs: Runs, arms: Sequence[str], replicates: int) -> xr.Dataset:
    """One Dataset with the dims replicates and arms first; `labels` has arms only; without the tracks.

    What arms of several cell lines have not in common is left out and named in the attribute `left_out`: pictures of
    lattices of their own, what is told heterodimer by heterodimer.

    runs   one Dataset for every arm and replicate; those of an arm have the same variables, shapes and coordinates
    """
    dishes = [runs[arm, 0] for arm in arms]
    first = dishes[0]
    variables: dict[str, tuple] = {}
    left_out = []
    for name in sorted(map(str, first.data_vars)):
        sample = first[name]
        if POINTS in sample.dims:
            continue
        if not _in_common(name, dishes):
            left_out.append(name)
            continue
        if name in (PICTURES, SHADES):
            values = np.stack(_alike([runs[arm, 0][name].values for arm in arms]))
            variables[name] = ((ARMS, *sample.dims), values, sample.attrs)
        else:
            values = np.stack([np.stack([runs[arm, replicate][name].values for arm in arms])
                               for replicate in range(replicates)])
            variables[name] = ((REPLICATES, ARMS, *sample.dims), values, sample.attrs)
    kept = {dim for dims, *_ in variables.values() for dim in dims}
    coordinates = {name: first[name].variable for name in first.coords
                   if POINTS not in first[name].dims and name not in (ARMS, REPLICATES)
                   and (not left_out or set(first[name].dims) <= kept)}
    attrs = {name: value for name, value in first.attrs.items()
             if all(dish.attrs.get(name) == value for dish in dishes)}
    return xr.Dataset(variables, attrs=attrs | ({"left_out": left_out} if left_out else {})).assign_coords(
        {REPLICATES: np.arange(replicates), ARMS: np.asarray(arms, dtype=str), **coordinates})


def _in_common(name: str, dishes: Sequence[xr.Dataset]) -> bool:
    """Whether a variable means the same in one dish of every arm: the same axes, and pictures with the same sites.

    Numbers of cells, the last axis of `shades`, may differ.
    """
    first = dishes[0]
    if name in (PICTURES, SHADES):
        return all(name in dish and dish.attrs.get("site_um") == first.attrs.get("site_um")
                   and dish[PICTURES].shape == first[PICTURES].shape for dish in dishes)
    return all(name in dish and dish[name].dims == first[name].dims and dish[name].shape == first[name].shape
               and all(np.array_equal(dish[axis], first[axis]) for axis in first[name].coords) for dish in dishes)


def _alike(arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Arrays of one shape: cells that divide make more numbers in one arm than in another, and these are NaN there."""
    most = max(array.shape[-1] for array in arrays)
    room = lambda array: [(0, 0)] * (array.ndim - 1) + [(0, most - array.shape[-1])]
    return [array if array.shape[-1] == most else np.pad(array, room(array), constant_values=np.nan)
            for array in arrays]


def tracks(runs: Runs, arms: Sequence[str], replicates: int) -> pd.DataFrame | None:
    """One row per point of every track, with its arm and replicate first; None where the assay has no tracks."""
    pieces = []
    for number, arm in enumerate(arms):
        for replicate in range(replicates):
            dataset = runs[arm, replicate]
            columns = {str(name).removeprefix(_TRACK): dataset[name].values for name in dataset.variables
                       if dataset[name].dims == (POINTS,)}
            if columns:
                length = dataset.sizes[POINTS]
                codes = np.full(length, number)
                pieces.append(pd.DataFrame({"arm": pd.Categorical.from_codes(codes, list(arms)),
                                            "replicate": np.full(length, replicate, dtype=np.int32), **columns}))
    return pd.concat(pieces, ignore_index=True) if pieces else None
