"""The per-cell record: one row of float64 per cell, row 0 is medium.

Columns stand in the order in which a copy attempt wants them, so that most
attempts are refused after one or two cache lines.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamella.errors import InputError, unknown

# fmt: off
(VOLUME, PERIMETER, TARGET_VOLUME, VOLUME_STIFFNESS, TARGET_PERIMETER, PERIMETER_STIFFNESS, RELUCTANCE, STRONGEST_PUSH,
 MOMENT, _MOMENT_Y, _MOMENT_Z, AXIS, _AXIS_Y, _AXIS_Z, ACT_MEMORY, TOTAL_BONDS,
 PROTRUSION, POLARITY, CONTACT_GAIN, CONTRACTION, REAR_FOCUS, DISSIPATION, MEAN_TRACTION, TRACTION_HALF,
 TRACTION_FLOOR, CENTROID, _CENTROID_Y, _CENTROID_Z, LOAD, BIND_FLOOR, UNBIND_RATE, MOBILITY,
 INTEGRINS, BIND_RATE, TURNING_TIME, ROTATIONAL_DIFFUSION, SENSE_ACT, SENSE_GRADIENT, SENSE_CONTACT, KEPT,
 OFFERED, FILLED, IMAGE, _IMAGE_Y, _IMAGE_Z, NUCLEUS_SITES, NUCLEUS_EDGE, _FREE,
 CHEMOTAXIS, FORCE, _FORCE_Y, _FORCE_Z, LINK, NUCLEUS_PLACE, _NUCLEUS_PLACE_Y, _NUCLEUS_PLACE_Z,
 NUCLEUS_MOMENT, _NUCLEUS_MOMENT_Y, _NUCLEUS_MOMENT_Z, NUCLEUS_VOLUME, NUCLEUS_STIFFNESS, NUCLEUS_PERIMETER,
 NUCLEUS_RIGIDITY) = range(63)
# fmt: on
WIDTH = 72
"""Nine cache lines of eight columns. The first is all that most attempts look at, the second what a copy changes. Nine,
not eight: with a power of two the first lines of all cells would crowd into few places of the cache."""
LINE = 64


class Column(NamedTuple):
    """Place, neutral value and range of one parameter column."""

    index: int
    neutral: float
    low: float
    high: float


_INF = float("inf")
LONGEST_ACT = 4095.0

PARAMETERS: dict[str, Column] = {
    "target_volume": Column(TARGET_VOLUME, 0.0, 0.0, _INF),
    "volume_stiffness": Column(VOLUME_STIFFNESS, 0.0, 0.0, _INF),
    "target_perimeter": Column(TARGET_PERIMETER, 0.0, 0.0, _INF),
    "perimeter_stiffness": Column(PERIMETER_STIFFNESS, 0.0, 0.0, _INF),
    "protrusion": Column(PROTRUSION, 0.0, 0.0, _INF),
    "act_memory": Column(ACT_MEMORY, 1.0, 1.0, LONGEST_ACT),
    "polarity": Column(POLARITY, 0.0, 0.0, 1.0),
    "contraction": Column(CONTRACTION, 0.0, 0.0, _INF),
    "rear_focus": Column(REAR_FOCUS, 1.0, 0.0, 1.0),
    "dissipation": Column(DISSIPATION, 0.0, 0.0, _INF),
    "traction_half": Column(TRACTION_HALF, 1.0, 1e-12, _INF),
    "traction_floor": Column(TRACTION_FLOOR, 1.0, 0.0, 1.0),
    "integrins": Column(INTEGRINS, 0.0, 0.0, _INF),
    "bind_rate": Column(BIND_RATE, 0.0, 0.0, _INF),
    "unbind_rate": Column(UNBIND_RATE, 0.0, 0.0, _INF),
    "bind_floor": Column(BIND_FLOOR, 1.0, 0.0, 1.0),
    "load": Column(LOAD, 0.0, 0.0, _INF),
    "turning_time": Column(TURNING_TIME, 1.0, 1e-12, _INF),
    "rotational_diffusion": Column(ROTATIONAL_DIFFUSION, 0.0, 0.0, _INF),
    "sense_act": Column(SENSE_ACT, 0.0, -_INF, _INF),
    "sense_gradient": Column(SENSE_GRADIENT, 0.0, -_INF, _INF),
    "sense_contact": Column(SENSE_CONTACT, 0.0, -_INF, _INF),
    "contact_gain": Column(CONTACT_GAIN, 1.0, 0.0, 1.0),
    "mobility": Column(MOBILITY, 1.0, 0.0, 1.0),
    "chemotaxis": Column(CHEMOTAXIS, 0.0, -_INF, _INF),
    "nucleus_volume": Column(NUCLEUS_VOLUME, 0.0, 0.0, _INF),
    "nucleus_stiffness": Column(NUCLEUS_STIFFNESS, 0.0, 0.0, _INF),
    "nucleus_perimeter": Column(NUCLEUS_PERIMETER, 0.0, 0.0, _INF),
    "nucleus_rigidity": Column(NUCLEUS_RIGIDITY, 0.0, 0.0, _INF),
    "nucleus_link": Column(LINK, 0.0, 0.0, _INF),
}
"""What the user may set. The neutral value switches the term off."""

MAINTAINED = {"volume": VOLUME, "perimeter": PERIMETER, "nucleus": NUCLEUS_SITES, "nucleus_edge": NUCLEUS_EDGE}
"""What the kernel keeps up to date; read-only outside."""


def aligned(record: NDArray) -> NDArray:
    """A copy whose rows begin with a cache line.   record [..., columns that fill lines]"""
    room = np.empty(record.nbytes + LINE, np.uint8)
    start = -room.ctypes.data % LINE
    copy = room[start : start + record.nbytes].view(record.dtype).reshape(record.shape)
    copy[...] = record
    return copy


def empty_record(rows: int) -> NDArray[np.float64]:
    """A record in which every term is off.   returns [rows, WIDTH]"""
    record = aligned(np.zeros((rows, WIDTH)))
    for column in PARAMETERS.values():
        record[:, column.index] = column.neutral
    clear_medium(record)
    return record


def clear_medium(record: NDArray[np.float64]) -> None:
    """Medium has no stiffness, no protrusion and free mobility, whatever was written into row 0."""
    record[0] = 0.0
    record[0, MOBILITY] = 1.0
    record[0, ACT_MEMORY] = 1.0


def check_record(record: NDArray[np.float64], cells: int) -> None:
    """Refuse parameters outside their range.

    record   [rows, WIDTH]
    cells    rows 1 to `cells` are looked at
    raises   InputError naming column and cell
    """
    for name, column in PARAMETERS.items():
        values = record[1 : cells + 1, column.index]
        wrong = ~((values >= column.low) & (values <= column.high) & (values < _INF))
        if wrong.any():
            cell = int(np.argmax(wrong)) + 1
            raise InputError(
                f"{name} of cell {cell} is {values[cell - 1]:g}",
                where="tissue.Dish.cells",
                why=f"it must be a finite number from {column.low:g} to {column.high:g}",
                remedy="check what was written into this column before advance()",
            )


class CellTable:
    """Named columns of the per-cell record, each a view [cells]; row 0 is medium and is ignored.

    Energies are those of `temperature`; lengths are sites, times Monte Carlo steps (MCS).

    volume, perimeter        maintained, read-only                     (sites; site-neighbour pairs)
    nucleus, nucleus_edge    the same of the nucleus, maintained, read-only
    target_volume, volume_stiffness, target_perimeter, perimeter_stiffness
    protrusion               strength of the Act term                  (energy)
    act_memory               how long a site stays active, whole MCS
    polarity                 share of the protrusion weight that follows the axis, 0 to 1
    contraction, rear_focus  strength at the rear (energy); its share that follows the axis, 0 to 1
    dissipation              energy lost per bond that breaks
    traction_half            bonds per site at half traction
    traction_floor           traction without any bond, 0 to 1
    integrins                binding places of a cell
    bind_rate, unbind_rate   per unit of ligand and MCS; per MCS
    bind_floor               binding away from active sites relative to active ones, 0 to 1
    load                     exponent of unbinding per contraction and bond
    turning_time             time in which the axis follows its input, MCS
    rotational_diffusion     of the axis, rad^2 per MCS
    sense_act, sense_gradient, sense_contact    weights of the axis inputs
    contact_gain             protrusion into other cells relative to that into medium, 0 to 1
    mobility                 share of copy attempts that are made at all, 0 to 1
    chemotaxis               energy per site and unit of `Dish.attractant`
    nucleus_volume           sites that the nucleus would have; 0: the cell has none
    nucleus_stiffness        of its volume
    nucleus_perimeter, nucleus_rigidity    perimeter that it would have, and stiffness of that
    nucleus_link             spring between the centroids of cell and nucleus (energy per site^2)
    """

    __slots__ = ("_record",)
    _record: NDArray[np.float64]

    def __init__(self, record: NDArray[np.float64]):
        object.__setattr__(self, "_record", record)

    def __getattr__(self, name: str) -> NDArray[np.float64]:
        if name in PARAMETERS:
            return self._record[:, PARAMETERS[name].index]
        if name in MAINTAINED:
            view = self._record[:, MAINTAINED[name]]
            view.flags.writeable = False
            return view
        if name.startswith("_"):
            raise AttributeError(name)
        raise unknown("column", name, [*PARAMETERS, *MAINTAINED], where="tissue.Dish.cells")

    def __setattr__(self, name: str, value: Any) -> None:
        if name in MAINTAINED:
            raise InputError(f"column '{name}' cannot be set", where="tissue.Dish.cells", why="the lattice owns it")
        if name not in PARAMETERS:
            raise unknown("column", name, PARAMETERS, where="tissue.Dish.cells")
        self._record[:, PARAMETERS[name].index] = value

    def __dir__(self) -> list[str]:
        return [*PARAMETERS, *MAINTAINED]

    def __len__(self) -> int:
        return self._record.shape[0]
