"""Granule neurons: a layer of neurons at the rhombic lip, and how they leave it.

A section of the hindbrain, flat: on one side of the packed layer lies the fourth ventricle, liquid in which there is
nothing to hold, on the other the substrate on which neurons migrate out. That substrate is the matrix of the
experiment; it reaches under the layer. Neurons that polarise leave the layer over it; what does not polarise stays, or
rounds up towards the ventricle. An arm may give a gradient, whose high end lies on the substrate.

A neuron has left when it is a cell length beyond the layer. It is misplaced when its middle lies in the ventricle, and
clustered when it touches at least two others. Polarity is what the network gives the lattice: front minus rear over the
sum of what drives protrusion.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import xarray as xr
from pydantic import Field

from lamella.assays.chemotaxis import between_baths
from lamella.assays.clock import frame_times
from lamella.assays.film import Film
from lamella.assays.preparation import lengths_of, numbers, plated, sites_per_cell
from lamella.assays.protocol import Assay, PicturedConditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.assays.tracking import Recorder
from lamella.assays.walks import track_measures
from lamella.culture import Habitat, elongation, layer, neighbours, pooled
from lamella.networks import Treatment
from lamella.units import quantity

_CLUSTER = 2
"""Neighbours that make a cell one of a cluster."""


class GranuleNeuronsConditions(PicturedConditions):
    """Keys under [assays.granule_neurons].

    lip         thickness of the layer
    ventricle   width of the liquid behind it
    way         length of the substrate before it
    """

    duration: Annotated[str, written_in("s", above=0.0)] = "12 h"
    frame: Annotated[str, written_in("s", above=0.0)] = "20 min"
    cells: Annotated[int, Field(ge=8, le=2000)] = 40
    lip: Annotated[str, written_in("um", above=0.0)] = "36 um"
    ventricle: Annotated[str, written_in("um", above=0.0)] = "30 um"
    way: Annotated[str, written_in("um", above=0.0)] = "160 um"
    pictures: Annotated[int, Field(ge=2, le=50)] = 4


def run(setting: Setting, conditions: GranuleNeuronsConditions, progress: Progress) -> xr.Dataset:
    """One dish of one arm."""
    duration, frame = quantity(conditions.duration, "s"), quantity(conditions.frame, "s")
    exchange = numbers(setting)
    lengths = lengths_of(setting, exchange)
    ventricle, lip, way = (round(quantity(text, "um") / lengths.site)
                           for text in (conditions.ventricle, conditions.lip, conditions.way))  # fmt: skip
    size = sites_per_cell(setting, lengths)
    made = layer(conditions.cells, size, ventricle, lip, way, setting.seed, setting.replicate)

    def habitat(treatment: Treatment, shape: tuple[int, ...]) -> Habitat:
        return between_baths(treatment, shape, 1000.0)

    culture = plated(setting, conditions.cells, made, exchange, lengths, habitat=habitat, bare_walls=True)
    ligand = np.ones(culture.dish.shape)
    ligand[:ventricle] = 0.0
    culture.dish.ligand = ligand
    culture.reading = culture.dish.read()
    times = frame_times(duration, frame)
    film, recorder, courses = Film(setting, times, conditions.pictures, conditions.colour), Recorder(), []
    for i, time in enumerate(times):
        culture.advance(time - culture.seconds)
        recorder.take(culture)
        polarity = float(culture.dish.cells.polarity[culture.living].mean())
        courses.append([polarity, float(elongation(culture).mean())])
        film.take(i, culture)
        progress((i + 1) / len(times))
    paths, course = recorder.paths(), np.array(courses)
    each = track_measures(paths, times)
    beyond = (ventricle + lip) * lengths.site + 2.0 * float(np.sqrt(lengths.area(size) / np.pi))
    end, late = paths[-1, :, 0], len(course) // 2
    data: dict[str, Any] = {
        "displacement": ((), float((end - paths[0, :, 0]).mean()), {"units": "um"}),
        "straightness": ((), float(np.nanmean(each["straightness"])), {}),
        "speed": ((), float(each["track_speed"].mean()) * 3600.0, {"units": "um/h"}),
        "polarity": ((), float(course[late:, 0].mean()), {"long_name": "front minus rear over the sum"}),
        "elongation": ((), float(course[late:, 1].mean()), {"long_name": "aspect along the axis"}),
        "left": ((), float((end > beyond).mean()), {"long_name": "share of neurons that have left the layer"}),
        "misplaced": ((), float((end < ventricle * lengths.site).mean()), {"long_name": "share in the ventricle"}),
        "clustered": ((), float((neighbours(culture) >= _CLUSTER).mean()), {"long_name": "share in clusters"}),
        "polarity_course": ("times", course[:, 0], {"long_name": "front minus rear over the sum"}),
    }
    lysate = pooled(culture, ("RAC1_total", "RAC1_gtp"))
    data |= {name.lower(): ((), float(value), {"units": "molecules"}) for name, value in lysate.items()}
    attrs = {"assay": "granule_neurons", "site_um": lengths.site, "ventricle_um": ventricle * lengths.site,
             "lip_um": lip * lengths.site}  # fmt: skip
    return film.dataset(data, attrs, recorder.table())


GRANULE_NEURONS = Assay(
    name="granule_neurons",
    summary="A layer of neurons at the rhombic lip migrates out over a substrate.",
    conditions=GranuleNeuronsConditions,
    readouts={
        "displacement": "way out from the start, um",
        "straightness": "net distance over path",
        "speed": "path over time, um/h",
        "polarity": "front minus rear over the sum of what drives protrusion",
        "elongation": "aspect along the axis",
        "left": "share of neurons that have left the layer",
        "misplaced": "share of neurons in the ventricle",
        "clustered": "share of neurons that touch at least two others",
        "rac1_total": "Rac1, molecules per cell",
        "rac1_gtp": "Rac1-GTP, molecules per cell",
    },
    run=run,
    pictures=True,
)
