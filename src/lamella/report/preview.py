"""A quick picture while a run goes on: the first dish of every arm that has one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from lamella.report import words
from lamella.report.curves import curves_figure
from lamella.report.dots import dots_figure
from lamella.report.page import control_of
from lamella.report.picture import png_bytes
from lamella.report.sections import closed_share, courses, pictures, scalars
from lamella.report.style import INK, drawing, figure, looks
from lamella.report.wound import wound_figure
from lamella.store import replacing

if TYPE_CHECKING:
    from lamella.assays.experiment import Experiment

NAME = "preview.png"
_FRAMES = 3
_DPI = 130


def write_preview(out_dir: Path, experiment: Experiment, assay_name: str, datasets: Mapping[str, xr.Dataset]) -> Path:
    """Write preview.png into `out_dir`, whole or not at all.

    datasets   arm -> Dataset of one dish as its assay returns it; arms may be missing
    returns    path of the picture
    """
    chosen = looks(list(experiment.arms), control_of(experiment))
    with drawing():
        drawn = _drawn(_side_by_side(datasets), chosen)
        heading = f"{experiment.title or assay_name}: first dish of {words.plural(len(datasets), 'arm')}, {assay_name}"
        drawn.suptitle(heading if len(heading) <= 110 else heading[:107] + "...", fontsize=9.5, color=INK, x=0.01,
                       y=1 - 0.06 / drawn.get_size_inches()[1], ha="left", va="top")
        data = png_bytes(drawn, dpi=_DPI)
    path = Path(out_dir) / NAME
    with replacing(path) as lent:
        lent.write_bytes(data)
    return path


def _side_by_side(datasets: Mapping[str, xr.Dataset]) -> xr.Dataset:
    """Single dishes as one Dataset with the axes replicates (one) and arms; only variables that all dishes share."""
    arms = list(datasets)
    first = datasets[arms[0]]
    variables = {}
    for name, sample in first.data_vars.items():
        if all(name in d and d[name].shape == sample.shape for d in datasets.values()) and "points" not in sample.dims:
            values = np.stack([datasets[arm][name].values for arm in arms])
            axes = ("arms", *sample.dims)
            variables[name] = (axes, values, sample.attrs) if name == "labels" \
                else (("replicates", *axes), values[None], sample.attrs)
    kept = {axis for dims, *_ in variables.values() for axis in dims}
    along = {name: c.variable for name, c in first.coords.items() if c.dims and set(c.dims) <= kept}
    return xr.Dataset(variables, attrs=first.attrs).assign_coords({**along, "arms": np.asarray(arms, dtype=str)})


def _drawn(dataset: xr.Dataset, chosen: Mapping) -> Figure:
    """Pictures where there are some, else time courses, else read-outs."""
    seen = pictures(dataset)
    if seen:
        return wound_figure(seen, chosen, closed_share(dataset), most_frames=_FRAMES, wide=5.4, head=0.55)
    over_time = courses(dataset)
    if over_time:
        return curves_figure(dict(list(over_time.items())[:4]), chosen)
    numbers = scalars(dataset)
    if numbers:
        return dots_figure(dict(list(numbers.items())[:6]), chosen, None)
    empty = figure(5, 1)
    empty.text(0.5, 0.4, "this assay has nothing to draw", ha="center", va="center", color=INK)
    return empty
