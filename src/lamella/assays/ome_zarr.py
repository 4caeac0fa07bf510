"""Pictures of a dish as OME-Zarr 0.5, which microscopists' programs open as label images.

One folder an arm: a multiscale image of one level, axes t, y, x, in which the value of a site is the number of its
cell, 0 where there is none. Moore et al. 2023, doi:10.1007/s00418-023-02209-1; ngff.openmicroscopy.org/0.5.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
import zarr
from numpy.typing import NDArray

from lamella.store import replacing

_SPACE = {"type": "space", "unit": "micrometer"}


def write_label_images(folder: Path, labels: xr.DataArray, site: float) -> None:
    """Write `ARM.ome.zarr` for every arm.

    labels   [arms, frames, x, y] whole numbers; the coordinate of `frames` in s
    site     side of a site [um]
    """
    times = np.asarray(labels["frames"].values, float)
    for arm in labels["arms"].values:
        image = labels.sel(arms=arm).transpose("frames", "y", "x").to_numpy()
        write_label_image(folder / f"{arm}.ome.zarr", image, times, site, name=str(arm))


def write_label_image(path: Path, image: NDArray[np.integer], times: NDArray[np.float64], site: float, *,
                      name: str) -> None:
    """One label image.

    image    [t, y, x]
    times    [t] s
    site     side of a site [um]
    """
    with replacing(path) as lent:
        group = zarr.open_group(lent, mode="w", zarr_format=3, attributes=_attributes(times, site, name))
        level = group.create_array("0", shape=image.shape, chunks=(1, *image.shape[1:]), dtype=image.dtype,
                                   dimension_names=("t", "y", "x"))
        level[...] = image


def _attributes(times: NDArray[np.float64], site: float, name: str) -> dict[str, Any]:
    """Attributes of the group. Frames that are not evenly apart have no unit that the format knows: `times_s` tells.

    The middle of the first site is at 0, as in the tracks.
    """
    steps = np.diff(times)
    even = steps.size == 0 or np.allclose(steps, steps[0])
    frame = float(steps[0]) if steps.size and even else 1.0
    time = {"name": "t", "type": "time", "unit": "second"} if even else {"name": "t", "type": "time"}
    moved = [{"type": "scale", "scale": [frame, site, site]}]
    if even:
        moved.append({"type": "translation", "translation": [float(times[0]), 0.0, 0.0]})
    level = {"path": "0", "coordinateTransformations": moved}
    axes = [time, {"name": "y", **_SPACE}, {"name": "x", **_SPACE}]
    return {
        "ome": {"version": "0.5", "multiscales": [{"name": name, "axes": axes, "datasets": [level]}],
                "image-label": {}},
        "times_s": [float(t) for t in times],
    }
