"""Which figures an assay gets: decided by the shapes and names of its variables, so that any assay gets some."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from lamella.report.blots import blots_picture, is_blot
from lamella.report.curves import curves_picture
from lamella.report.dots import dots_picture
from lamella.report.picture import Picture, embedded
from lamella.report.record import values_table
from lamella.report.series import series_of, series_picture
from lamella.report.shapes import shapes_picture
from lamella.report.style import Look
from lamella.report.tracks import tracks_picture
from lamella.report.wound import closeup_picture, wound_picture

_SHAPES = ("elongation", "aspect", "area", "lamellipodia", "filopodia", "lamellae", "narrow_protrusions", "tails",
           "protruding", "longest_protrusion", "convexity")
_TRACK_COLUMNS = {"arm", "replicate", "cell", "time_s", "x_um", "y_um"}
_PER_FIGURE = 6
_MOST = 48
"""Variables of one kind that are drawn; the others are in the data."""


@dataclass(frozen=True)
class Scene:
    """What all figures of a report share.

    cell     names of the cell lines
    looks    arm -> Look
    control  arm that others are compared with; None where there is one arm only
    order    names of read-outs in the order in which they are shown; others follow
    """

    cell: str
    looks: Mapping[str, Look]
    control: str | None
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A heading of an assay and what stands under it, as HTML."""

    key: str
    title: str
    body: str


def scalars(dataset: xr.Dataset) -> dict[str, xr.DataArray]:
    """Read-outs: numbers with the axes replicates and arms."""
    return _with_axes(dataset, ("replicates", "arms"))


def courses(dataset: xr.Dataset) -> dict[str, xr.DataArray]:
    """Time courses: numbers with the axes replicates, arms and times."""
    found = _with_axes(dataset, ("replicates", "arms", "times"))
    return found if dataset.sizes.get("times", 0) > 1 else {}


def pictures(dataset: xr.Dataset) -> dict[str, xr.DataArray]:
    """Arm -> labels [frames, x, y] of its first dish, with the side of a site if the assay tells it."""
    if "labels" not in dataset or dataset["labels"].sizes.get("frames", 0) == 0:
        return {}
    labels = dataset["labels"].transpose("arms", "frames", "x", "y")
    if "site_um" in dataset.attrs:
        labels = labels.assign_attrs(site_um=dataset.attrs["site_um"])
    return {str(arm): labels.sel(arms=arm) for arm in dataset["arms"].values}


def closed_share(dataset: xr.Dataset) -> dict[str, xr.DataArray]:
    """Arm -> closed share [times] of its first dish; empty where no course is a share that closes."""
    for name, course in courses(dataset).items():
        if "clos" in name and np.nanmax(np.abs(course.values), initial=0.0) <= 1.5:
            return {str(arm): course.sel(arms=arm).isel(replicates=0) for arm in course["arms"].values}
    return {}


def assay_sections(assay: str, dataset: xr.Dataset, table: pd.DataFrame | None, scene: Scene) -> list[Section]:
    """All sections of one assay, those without data left out. Call inside `style.drawing()`."""
    place = {name.removeprefix(f"{assay}."): number for number, name in reversed(list(enumerate(scene.order)))}
    found, over_time = scalars(dataset), courses(dataset)
    numbers = {name: found[name] for name in sorted(found, key=lambda name: place.get(name, len(place)))}
    seen = pictures(dataset)
    plain = {name: v for name, v in numbers.items() if not is_blot(name) and name not in _SHAPES}
    shapes = {name: v for name, v in numbers.items() if name in _SHAPES}
    blots = {name: v for name, v in numbers.items() if is_blot(name)}
    blots |= {name: v.isel(times=-1) for name, v in over_time.items() if is_blot(name) and name not in blots}
    paths = table if table is not None and set(table.columns) >= _TRACK_COLUMNS else None

    def built() -> Iterator[tuple[str, str, Sequence[Picture | None]]]:
        yield "pictures", "Pictures over time", [
            draw(seen, scene.looks, scene.cell, closed_share(dataset))
            for draw in (wound_picture, closeup_picture)] if seen else []
        yield "courses", "Over time", _curves({n: v for n, v in over_time.items() if not is_blot(n)}, scene)
        yield "series", "Over dose, force or lag", _in_parts(
            series_of(dataset), lambda part: series_picture(part, scene.looks))
        yield "readouts", "Read-outs, dish by dish", _dots(plain, scene)
        yield "tracks", "Tracks", [] if paths is None else [
            tracks_picture(paths, scene.looks, scene.cell)]
        yield "shapes", "Shapes", [shapes_picture(seen, paths, scene.looks) if seen else None,
                                   *_dots(shapes, scene)]
        yield "blots", "Blots", [*_in_parts(blots, lambda part: blots_picture(part, scene.looks, scene.control)),
                                 *_dots(blots, scene),
                                 *_curves({n: v for n, v in over_time.items() if is_blot(n)}, scene)]

    sections = []
    for key, title, drawn in built():
        figures = [embedded(picture, f"{slug(assay)}-{key}-{number}")
                   for number, picture in enumerate((p for p in drawn if p is not None), start=1)]
        if figures:
            sections.append(Section(key, title, "".join(figures)))
    left_out = max(len(numbers), len(over_time)) - _MOST
    notes = f"<p>{left_out} further variables are in the data of the run.</p>" if left_out > 0 else ""
    if numbers:
        sections.append(Section("numbers", "Numbers", notes + values_table(assay, numbers)))
    return sections


def _with_axes(dataset: xr.Dataset, axes: tuple[str, ...]) -> dict[str, xr.DataArray]:
    return {str(name): variable.transpose(*axes) for name, variable in dataset.data_vars.items()
            if set(variable.dims) == set(axes) and variable.dtype.kind in "fiub"}


def _curves(found: Mapping[str, xr.DataArray], scene: Scene) -> list[Picture]:
    """The closing of the wound gets a figure of its own, the others share."""
    main = next((name for name in found if "clos" in name), None)
    first = [curves_picture({main: found[main]}, scene.looks)] if main else []
    rest = {name: course for name, course in found.items() if name != main}
    return first + _in_parts(rest, lambda part: curves_picture(part, scene.looks))


def _dots(found: Mapping[str, xr.DataArray], scene: Scene) -> list[Picture]:
    return _in_parts(found, lambda part: dots_picture(part, scene.looks, scene.control))


def _in_parts(found: Mapping[str, xr.DataArray],
              draw: Callable[[dict[str, xr.DataArray]], Picture]) -> list[Picture]:
    """Figures of at most six variables each."""
    names = list(found)[:_MOST]
    return [draw({name: found[name] for name in names[start:start + _PER_FIGURE]})
            for start in range(0, len(names), _PER_FIGURE)]


def slug(name: str) -> str:
    """A name as part of an id: letters, digits and dashes."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower()) or "assay"
