"""Zymography: pro- and active forms of proteases in conditioned medium and on the cells.

Cells have grown under the arm's genetics; at time 0 they get fresh medium, with the arm's drugs, and after a while the
medium and the cells are read. In a gel of gelatin or casein SDS takes inhibitors off, so that a band is all of its
form, whatever TIMPs or drugs hold; what the protease could do in the well, with its inhibitors, is read as net
activity. The cells' own way of cutting matrix beneath them is read as the share of collagen cut per hour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field

from lamella.assays.protocol import Assay, Conditions, Progress, Readings, Setting
from lamella.assays.quantities import written_in
from lamella.assays.well import means_of, well
from lamella.units import quantity

BANDS = {
    "mmp1_pro": ("MMP1_pro_total",), "mmp1_active": ("MMP1_active",),
    "mmp2_pro": ("MMP2_pro_total",), "mmp2_active": ("MMP2_active_total",),
    "mmp7_pro": ("MMP7",), "mmp7_active": ("MMP7_active",),
    "mmp9_pro": ("MMP9",), "mmp9_active": ("MMP9_active",),
    "mmp13_pro": ("MMP13",), "mmp13_active": ("MMP13_active",),
}  # fmt: skip
"""Bands of the gel -> states of the network; forms on the surface run with those in the medium."""

_OTHERS = {
    "mmp14": ("MMP14_total", "molecules", "MMP-14 on the surface, all forms"),
    "mmp2_docked": ("MMP2_docked", "molecules", "active MMP-2 on avb3"),
    "mmp1_docked": ("MMP1_docked", "molecules", "pro-MMP-1 on a2b1"),
    "mmp2_net": ("MMP2_net_total", "molecules", "active MMP-2 that no inhibitor holds"),
    "mmp9_net": ("MMP9_net_total", "molecules", "active MMP-9 that no inhibitor holds"),
    "timp1": ("TIMP1", "molecules", "TIMP-1 in the medium"),
    "timp2": ("TIMP2", "molecules", "TIMP-2 in the medium"),
}
_MMPS = (1, 2, 7, 9, 13)
_CUT = {"cut_under_cell": "proteolysis_under_cell", "cut_by_mmp2": "proteolysis_MMP2"}
_MEDIUM = ("TIMP1", "TIMP2", *(f"MMP{n}{form}" for n in _MMPS for form in ("", "_active")))
"""States that a change of medium takes away."""

_NAMES = tuple(dict.fromkeys((*(s for parts in BANDS.values() for s in parts),
                              *(row[0] for row in _OTHERS.values()), *_CUT.values())))  # fmt: skip
_UNITS: dict[str, dict[str, str]] = {
    **{name: {"units": "molecules"} for name in BANDS}, **{f"mmp{n}_active_share": {} for n in _MMPS},
    **{name: {"units": unit} for name, (_, unit, _) in _OTHERS.items()}, **{name: {"units": "1/h"} for name in _CUT},
}  # fmt: skip


class ZymographyConditions(Conditions):
    """Keys under [assays.zymography].

    fresh      whether cells get fresh medium at time 0; else it is the medium they have grown in
    duration   for which the medium is conditioned
    """

    fresh: bool = True
    duration: Annotated[str, written_in("s", above=0.0)] = "24 h"
    points: Annotated[int, Field(ge=2, le=200)] = 7
    cells: Annotated[int, Field(ge=1, le=20000)] = 60


def run(setting: Setting, conditions: ZymographyConditions, progress: Progress) -> xr.Dataset:
    """The well of one arm and replicate."""
    (read,) = batch((setting,), conditions, progress)
    data: dict[str, Any] = {name: ((), value, _UNITS[name]) for name, value in read.scalars.items()}
    data |= {name: ("times", values, {"units": "molecules"}) for name, values in read.courses.items()}
    return xr.Dataset(data, coords={"times": read.times}, attrs={"assay": "zymography"})


def batch(settings: Sequence[Setting], conditions: ZymographyConditions, progress: Progress) -> list[Readings]:
    """Wells of one arm."""
    cells = well(settings[0], conditions.cells, *settings[1:])
    population = cells.population
    if conditions.fresh:
        place = {name: i for i, name in enumerate(population.program.species)}
        population.states[:, [place[name] for name in _MEDIUM]] = 0.0
        population.refresh()
    times = np.linspace(0.0, quantity(conditions.duration, "s"), conditions.points)
    read = cells.follow(times, means_of(_NAMES, cells.dishes), progress)
    return [_counted(times, dict(zip(_NAMES, read[:, dish].T))) for dish in range(cells.dishes)]


def _counted(times: NDArray[np.float64], read: Mapping[str, NDArray[np.float64]]) -> Readings:
    """Read-outs of a well.   read   state -> [times]"""
    courses = {name: np.sum([read[part] for part in parts], axis=0) for name, parts in BANDS.items()}
    scalars = {name: float(values[-1]) for name, values in courses.items()}
    for n in _MMPS:
        pro, active = courses[f"mmp{n}_pro"][-1], courses[f"mmp{n}_active"][-1]
        scalars[f"mmp{n}_active_share"] = float(active / (pro + active)) if pro + active > 0.0 else np.nan
    scalars |= {name: float(read[state][-1]) for name, (state, _, _) in _OTHERS.items()}
    scalars |= {name: float(read[state][-1] * 3600.0) for name, state in _CUT.items()}
    return Readings(times, {f"{name}_course": values for name, values in courses.items()}, scalars)


def _readouts() -> dict[str, str]:
    forms = {"pro": "pro-form", "active": "active form"}
    bands = {name: f"{forms[name.split('_')[1]]} of MMP-{name.split('_')[0][3:]}, molecules per cell" for name in BANDS}
    shares = {f"mmp{n}_active_share": f"active share of MMP-{n}" for n in _MMPS}
    others = {name: f"{title}, {unit} per cell" for name, (_, unit, title) in _OTHERS.items()}
    return bands | shares | others | {
        "cut_under_cell": "share of the collagen under a cell that is cut per hour",
        "cut_by_mmp2": "the same by MMP-2 alone",
    }  # fmt: skip


ZYMOGRAPHY = Assay(
    name="zymography",
    tissue=False,
    summary="Pro- and active forms of MMPs in conditioned medium and on cells.",
    conditions=ZymographyConditions,
    readouts=_readouts(),
    run=run,
    batch=batch,
    means=frozenset(_readouts()),
)
