"""Cohort: virtual patients under one regimen, and which markers at diagnosis go with how their tumours fare.

Every patient has a tumour of the line. From patient to patient the levels of its proteins differ log-normally
(cohort.toml says by how much, and where that was measured), within a tumour its cells differ as in any other well. All
have grown under the arm's genetics and the medium; at diagnosis, time 0, markers are read and the arm's drugs go in.
What becomes of a tumour, its network decides: how many of its cells replicate at diagnosis, how many live after the
regimen, and how many of the same cells live if they come off the matrix instead, as those that leave for other places
do. Between a marker and an outcome there is the rank correlation over the patients (Spearman) and nothing else. What
had died before the diagnosis does not count, and who has nothing left then is no patient. A replicate is a cohort of
its own patients, the same ones in all arms.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib.resources import files
from typing import Annotated, Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field
from scipy.stats import spearmanr

from lamella.assays.cycle import in_s_phase
from lamella.assays.death import LIMIT, cut_share
from lamella.assays.preparation import draw, numbers, treated
from lamella.assays.protocol import Assay, Conditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.assays.well import Well, telling
from lamella.culture import drawn_parameters, grown, program, tell
from lamella.errors import InputError, unknown
from lamella.networks import Network
from lamella.random import generator
from lamella.solve import Population
from lamella.units import quantity

_TABLE = tomllib.loads((files("lamella.assays") / "cohort.toml").read_text(encoding="utf-8"))

MARKERS: dict[str, tuple[str, ...]] = {name: tuple(parts) for name, parts in _TABLE["markers"].items()}
"""Marker -> observables that its blot adds up; none: the total that the cell was given."""

OUTCOMES = {
    "surviving": "share of its cells alive after the regimen",
    "growing": "share of its cells in S phase at diagnosis",
    "afloat": "share of its cells alive off the matrix",
}
"""What is read of every tumour."""

_CARRIER = "_expression"
_KEPT = 0.5
"""Share of its cells above which a tumour has not answered to a regimen."""


class CohortConditions(Conditions):
    """Keys under [assays.cohort].

    patients   in a cohort;   cells   of a tumour
    after      time under the regimen
    off        time off the matrix
    spread     coefficient of variation of a protein's level between patients
    varied     proteins and heterodimers that differ between patients; all that the network has where none is named
    """

    patients: Annotated[int, Field(ge=4, le=5000)] = 100
    cells: Annotated[int, Field(ge=1, le=1000)] = 6
    after: Annotated[str, written_in("s", above=0.0)] = "48 h"
    off: Annotated[str, written_in("s", above=0.0)] = "24 h"
    spread: Annotated[float, Field(gt=0.0, le=3.0)] = _TABLE["spread"]["value"]
    varied: tuple[str, ...] = ()

    def require(self, network: Network) -> None:
        carried = _carried(program(network.cell.name).parameters)
        for name in self.varied:
            if name not in carried:
                raise unknown("protein", name, carried, "varied")


class _Tumours(NamedTuple):
    """What is read of the patients of a cohort.

    levels     of every marker at diagnosis, mean over the cells that lived   [patients, MARKERS]
    outcomes   [patients, OUTCOMES]
    there      whether the patient had a tumour at all   [patients]
    """

    levels: NDArray[np.float64]
    outcomes: NDArray[np.float64]
    there: NDArray[np.bool_]


def run(setting: Setting, conditions: CohortConditions, progress: Progress) -> xr.Dataset:
    """The cohort of one arm and replicate."""
    tumours = _followed(setting, conditions, progress)
    data: dict[str, Any] = {name: ((), value, {"long_name": READOUTS[name]}) for name, value in _read(tumours).items()}
    seen = np.where(tumours.there[:, None], 1.0, np.nan)
    data["marker_levels"] = (("patients", "markers"), tumours.levels * seen, {"units": "molecules"})
    data["fates"] = (("patients", "outcomes"), tumours.outcomes * seen, {"long_name": "share of the cells"})
    return xr.Dataset(data, coords={"markers": [*MARKERS], "outcomes": [*OUTCOMES]}, attrs={"assay": "cohort"})


def _followed(setting: Setting, conditions: CohortConditions, progress: Progress) -> _Tumours:
    """Markers and outcomes of the patients.   raises InputError: the arm takes cells off the matrix by itself"""
    cells = _cohort(setting, conditions)
    population = cells.population
    if cells.treatment.suspended or any(change.suspended is not None for change in cells.treatment.changes):
        raise InputError("the protocol of this assay says when cells are suspended", where=cells.where,
                         remedy="Drop 'suspended' from the arm.")
    size = (conditions.patients, conditions.cells)
    living = _alive(cells).reshape(size)
    there = np.asarray(living.any(axis=1))

    def by_tumour(values: NDArray[Any]) -> NDArray[np.float64]:
        """Mean over what lived at diagnosis; 0 of a tumour of which nothing did."""
        return (values.reshape(size) * living).sum(axis=1) / np.maximum(living.sum(axis=1), 1)

    diagnosis = population.checkpoint()
    levels = np.stack([by_tumour(level(population, name)) for name in MARKERS], axis=1)
    growing = by_tumour(in_s_phase(population))
    alive = []
    for off, time in ((False, conditions.after), (True, conditions.off)):
        population.restore(diagnosis)
        tell(population, cells.told(off))
        cells.follow(np.array([0.0, quantity(time, "s")]), lambda all_: all_.status,
                     lambda share, half=off: progress(0.5 * (half + share)))  # fmt: skip
        alive.append(by_tumour(_alive(cells)))
    return _Tumours(levels, np.stack([alive[0], growing, alive[1]], axis=1), there)


def _alive(cells: Well) -> NDArray[np.bool_]:
    """Which cells live.   [cells]   raises SolverError"""
    return cut_share(cells.population, cells.where) <= LIMIT


def _cohort(setting: Setting, conditions: CohortConditions) -> Well:
    """The cells of all tumours, patient by patient."""
    network, treatment = treated(setting)
    conditions.require(network)
    constants = numbers(setting)
    drawn = drawn_parameters(network, treatment, draw(setting, conditions.patients * conditions.cells), constants)
    made = _between_patients(drawn, program(network.cell.name).parameters, setting, conditions)
    told = telling(setting, network, treatment)
    population = grown(network, treatment, made, constants, told(None))
    return Well(network, treatment, population, told, f"arms.{setting.arm}")


def _between_patients(drawn: NDArray[np.float64], names: Sequence[str], setting: Setting,
                      conditions: CohortConditions) -> NDArray[np.float64]:  # fmt: skip
    """Parameters of the cells with what differs between patients.   [cells, parameters], written to"""
    carried = _carried(names)
    for name in conditions.varied or carried:
        factors = patient_factors(setting.seed, setting.replicate, name, conditions.patients, conditions.spread)
        drawn[:, carried[name]] *= np.repeat(factors, conditions.cells)
    return drawn


def _carried(names: Sequence[str]) -> dict[str, int]:
    """Protein or heterodimer -> column of the parameter that scales it.   names   of the parameters, in order"""
    return {name.removesuffix(_CARRIER): column for column, name in enumerate(names) if name.endswith(_CARRIER)}


def patient_factors(seed: int, replicate: int, protein: str, patients: int, spread: float) -> NDArray[np.float64]:
    """Factor on a protein in the tumour of each patient, of median 1; the stream of a protein is its own.   [patients]

    spread   coefficient of variation
    """
    stream = generator(seed, "cohort", replicate, "expression", protein)
    return np.exp(np.sqrt(np.log1p(spread**2)) * stream.standard_normal(patients))


def level(population: Population, marker: str) -> NDArray[np.float64]:
    """Molecules of a marker; NaN where the line has no such protein.   [cells]"""
    if MARKERS[marker]:
        return population.observe(MARKERS[marker]).sum(axis=1)
    column = {name: place for place, name in enumerate(population.program.parameters)}
    if f"{marker}_copies" not in column:
        return np.full(population.cells, np.nan)
    return population.parameters[:, [column[f"{marker}_copies"], column[f"{marker}{_CARRIER}"]]].prod(axis=1)


def rank_correlation(levels: NDArray[np.float64], outcome: NDArray[np.float64]) -> float:
    """Spearman's rho over the patients; NaN where one of the two is the same in all, or is not known.   [patients]"""
    if not (levels.size and np.ptp(levels) > 0.0 and np.ptp(outcome) > 0.0):
        return float("nan")
    return float(np.asarray(spearmanr(levels, outcome))[0])


def _read(tumours: _Tumours) -> dict[str, float]:
    """Read-outs of a cohort; NaN where nobody has a tumour."""
    levels, outcomes = tumours.levels[tumours.there], tumours.outcomes[tumours.there]
    mean = lambda values: float(values.mean()) if len(values) else np.nan
    found = {name: mean(outcomes[:, place]) for place, name in enumerate(OUTCOMES)}
    found |= {"resistant": mean(outcomes[:, 0] > _KEPT), "diagnosed": float(len(levels))}
    return found | {association(outcome, marker): rank_correlation(levels[:, m], outcomes[:, o])
                    for o, outcome in enumerate(OUTCOMES) for m, marker in enumerate(MARKERS)}


def association(outcome: str, marker: str) -> str:
    """Name of the read-out: 'surviving_by_xiap'."""
    return f"{outcome}_by_{marker.lower()}"


READOUTS = {
    **{name: f"of a tumour, {what}: mean over the patients" for name, what in OUTCOMES.items()},
    "diagnosed": "patients whose tumour lived to the diagnosis",
    "resistant": "share of the patients whose tumour keeps more than half of its cells",
    **{association(outcome, marker): f"rank correlation of {marker} at diagnosis with the {what}"
       for outcome, what in OUTCOMES.items() for marker in MARKERS},
}  # fmt: skip

COHORT = Assay(
    name="cohort",
    tissue=False,
    summary="Virtual patients under one regimen: which markers at diagnosis go with the outcome.",
    conditions=CohortConditions,
    readouts=READOUTS,
    run=run,
)
