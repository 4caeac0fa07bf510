"""Acini: colonies of epithelium from single cells, in a soft gel that is rich in laminin, or on a dish.

A colony is described by two cells of its clone, one of its rim and one of its inside, which share their protein totals.
In a gel a colony is a ball: its outer layer, a cell thick, faces the matrix with its front half first, the more of it
the smaller the ball; the cells inside face none, and if they die there is a lumen. On a dish a colony is a patch that
faces the coating everywhere. Geometry and the stiffness of the matrix say what the cells are told
(`lamella.culture.embedded`); whether they divide or die, their networks say, by the marks of culture/life.toml.

Experiments add the laminin as `matrix`. A replicate is a well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field, model_validator

from lamella.assays.clock import frame_times
from lamella.assays.cycle import as_just_divided, in_s_phase
from lamella.assays.death import LIMIT, cut_share
from lamella.assays.preparation import draw, numbers, treated
from lamella.assays.protocol import Assay, Conditions, Progress, Setting
from lamella.assays.quantities import in_parts, written_in
from lamella.culture import (
    Place,
    drawn_parameters,
    firmness,
    grown,
    halves,
    idealised_inputs,
    life_table,
    make,
    pieces,
    placed,
    surrounding_constants,
)
from lamella.errors import InputError
from lamella.solve import Population
from lamella.units import quantity

Array = NDArray[np.float64]

_DAY = 86400.0


class AciniConditions(Conditions):
    """Keys under [assays.acini].

    dimension   '3D': in a gel; '2D': on a dish
    stiffness   of the gel
    look        time between two looks at which cells have divided or died
    """

    dimension: Literal["3D", "2D"] = "3D"
    stiffness: Annotated[str, written_in("kPa", above=0.0)] = "0.17 kPa"
    duration: Annotated[str, written_in("s", above=0.0)] = "144 h"
    look: Annotated[str, written_in("s", above=0.0)] = "3 h"
    colonies: Annotated[int, Field(ge=4, le=5000)] = 40

    @model_validator(mode="after")
    def _countable_looks(self) -> AciniConditions:
        in_parts(self.duration, self.look)
        return self


@dataclass
class Colonies:
    """Cells of each colony.   [colonies] each; `lumen` is the room that inner cells have left, in cells."""

    ball: bool
    outer: Array
    inner: Array = field(init=False)
    lumen: Array = field(init=False)

    def __post_init__(self) -> None:
        self.inner, self.lumen = np.zeros_like(self.outer), np.zeros_like(self.outer)

    @property
    def cells(self) -> Array:
        return self.outer + self.inner

    @property
    def room(self) -> Array:
        """What the colony takes up, its lumen included, in cells."""
        return self.cells + self.lumen

    def diameter(self, volume: float, area: float) -> Array:
        """um.   volume, area: of a cell [um^3, um^2]"""
        if self.ball:
            return 2.0 * (0.75 * self.room * volume / np.pi) ** (1.0 / 3.0)
        return 2.0 * np.sqrt(self.room * area / np.pi)

    def settle(self) -> None:
        """Cells for which the outer layer of a ball has no room go inside."""
        if self.ball:
            core = np.maximum(np.cbrt(self.room) - 2.0, 0.0) ** 3  # radii in those of a cell; the layer is 2 thick
            over = np.clip(self.outer - (self.room - core), 0.0, None)
            self.outer -= over
            self.inner += over

    def place(self) -> Place:
        """Where the outer cells are, then where the inner cells are; these are with the outer ones until there are
        any.   [2*colonies]"""
        alone = np.maximum(self.outer, 1.0)
        facing = np.minimum(np.maximum(self.room, 1.0) ** (2.0 / 3.0) / alone, 1.0) if self.ball else alone**-0.5
        inside = np.where(self.inner > 0.0, 0.0, facing)
        free = halves(np.concatenate([facing, inside]))
        return Place(free if self.ball else (np.ones_like(free[0]), np.ones_like(free[1])), free)


def run(setting: Setting, conditions: AciniConditions, progress: Progress) -> xr.Dataset:
    """The well of one arm and replicate.   raises InputError: the arm takes cells off the matrix"""
    network, treatment = treated(setting)
    where = f"arms.{setting.arm}"
    if treatment.suspended or any(change.suspended is not None for change in treatment.changes):
        raise InputError("colonies grow in or on a matrix", where=where, remedy="Drop 'suspended' from the arm.")
    ball, many = conditions.dimension == "3D", conditions.colonies
    under = quantity(conditions.stiffness, "kPa") if ball else surrounding_constants()["dish.stiffness"]
    firm = firmness(under, numbers(setting))
    told = idealised_inputs(network, treatment, front_equals_rear=setting.front_equals_rear)
    colonies = Colonies(ball, np.ones(many))
    where_now = lambda: placed(told, treatment.density, colonies.place(), firm)
    start = {name: float(values[0]) for name, values in where_now().items()}
    one = drawn_parameters(network, treatment, draw(setting, many), numbers(setting))
    population = grown(network, treatment, np.vstack([one, one]), numbers(setting), start)
    as_just_divided(population)
    duration, look = quantity(conditions.duration, "s"), quantity(conditions.look, "s")
    times = frame_times(duration, look)
    clock, entered = np.full(2 * many, np.nan), np.full(many, -np.inf)
    course, died = [float(colonies.cells.mean())], np.zeros(many)
    for i, span in enumerate(np.diff(times)):
        for change, part in pieces(treatment, times[i], span):
            if change is not None:
                make(change, population)
            if part > 0.0:
                population.advance(part, inputs=where_now())
        died += _die(colonies, cut_share(population, where) > LIMIT)
        divided = _divide(colonies, population, clock, span)
        entered = np.where(clock[:many] == 0.0, times[i + 1], entered)
        if divided:
            colonies.settle()
        course.append(float(colonies.cells.mean()))
        progress((i + 1) / (len(times) - 1))
    body, alive = network.cell.body, colonies.outer > 0.0
    pull = ("MYL9_active_front", "MYL9_active_rear")
    names = ("adhesion_front", "adhesion_rear", "CDH1", "MAPK1_p", "EGFR_active", *pull)
    seen = dict(zip(names, population.observe(names)[:many][alive].T)) if alive.any() else {}
    mean = lambda values: float(np.mean(values)) if len(values) else 0.0
    basal, apical = seen.get("adhesion_front", np.zeros(0)), seen.get("adhesion_rear", np.zeros(0))
    across = colonies.diameter(body["volume"].value, body["spread_area"].value)
    data: dict[str, Any] = {
        "cells": ((), float(colonies.cells.mean()), {"long_name": "cells of a colony"}),
        "diameter": ((), float(across.mean()), {"units": "um"}),
        "growing": ((), float((alive & (entered > duration - _DAY)).mean()), {}),
        "hollow": ((), float(((colonies.lumen > 0.0) & alive & (colonies.inner == 0.0)).mean()), {}),
        "filled": ((), float((colonies.inner > 0.0).mean()), {}),
        "died": ((), float(died.sum() / (died.sum() + colonies.cells.sum())), {}),
        "polarity": ((), mean((basal - apical) / np.maximum(basal + apical, 1e-12)), {}),
        "junctions": ((), mean(seen.get("CDH1", np.zeros(0))), {"units": "molecules"}),
        "erk": ((), mean(seen.get("MAPK1_p", np.zeros(0))), {"units": "molecules"}),
        "egfr": ((), mean(seen.get("EGFR_active", np.zeros(0))), {"units": "molecules"}),
        "integrins": ((), mean(basal + apical), {"units": "molecules"}),
        "tension": ((), mean(sum(seen.get(name, np.zeros(0)) for name in pull)),
                    {"units": "molecules"}),
        "cells_course": ("times", np.array(course), {"long_name": "cells of a colony"}),
        "diameters": ("colonies", across, {"units": "um", "long_name": "diameter of each colony"}),
        "inner": ("colonies", colonies.inner.copy(), {"long_name": "cells inside each colony"}),
        "lumina": ("colonies", colonies.lumen.copy(), {"long_name": "lumen of each colony, in cells"}),
    }  # fmt: skip
    attrs = {"assay": "acini", "dimension": conditions.dimension}
    return xr.Dataset(data, coords={"times": times, "colonies": np.arange(many)}, attrs=attrs)


def _die(colonies: Colonies, dead: NDArray[np.bool_]) -> Array:
    """Take the dead out; the room of those inside becomes lumen.   dead [2*colonies]; returns cells lost [colonies]"""
    outer, inner = np.split(dead, 2)
    lost = np.where(outer, colonies.outer, 0.0) + np.where(inner, colonies.inner, 0.0)
    colonies.lumen += np.where(inner, colonies.inner, 0.0)
    colonies.inner = np.where(inner, 0.0, colonies.inner)
    colonies.outer = np.where(outer, 0.0, colonies.outer)
    colonies.lumen = np.where(colonies.outer > 0.0, colonies.lumen, 0.0)
    return lost


def _divide(colonies: Colonies, population: Population, clock: Array, span: float) -> bool:
    """Let cells in cycle go on for `span` s and those that are due divide; whether any did.   clock [2*colonies]: s
    since S phase began, NaN before; written to"""
    division, many = life_table()[0], len(colonies.outer)
    clock += span
    due = np.flatnonzero(clock >= division.time - 1e-6)
    for row in due:
        part = colonies.outer if row < many else colonies.inner
        part[row % many] *= 2.0
        clock[row] = np.nan
    if due.size:
        as_just_divided(population, due)
    clock[np.isnan(clock) & in_s_phase(population)] = 0.0
    return bool(due.size)


ACINI = Assay(
    name="acini",
    tissue=False,
    summary="Colonies of epithelium in a soft gel or on a dish: size, arrest, lumen, polarity.",
    conditions=AciniConditions,
    readouts={
        "cells": "cells of a colony, mean",
        "diameter": "diameter of a colony, its lumen included, um",
        "growing": "share of colonies whose rim entered S phase in the last day",
        "hollow": "share of colonies with a lumen and nothing else inside",
        "filled": "share of colonies with living cells inside",
        "died": "share of all cells that have died",
        "polarity": "clustered integrins at the front less the rear, over both: 1 if all face the matrix",
        "junctions": "E-cadherin, molecules per cell",
        "erk": "active Erk, molecules per cell",
        "egfr": "active EGF receptor, molecules per cell",
        "integrins": "clustered integrins, molecules per cell",
        "tension": "phosphorylated light chain of myosin, molecules per cell",
    },
    run=run,
    by_arm=frozenset({"dimension", "stiffness"}),
)
