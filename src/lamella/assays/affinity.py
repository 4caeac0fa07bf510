"""Affinity: how well receptors in suspension bind soluble, univalent ligand.

Cells are detached, rest in suspension and are stained on ice, which freezes the forms that the receptors have: bent or
extended. A series of doses is fitted with one class of sites and a line, B = Bmax L/(Kd + L) + N L, as saturation
binding is. The activation index is what is bound at the staining dose over what cells bind whose receptors are all
extended (Mn2+), the background being none. Clusters do not count: a univalent ligand sees single receptors.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field, model_validator
from scipy.optimize import least_squares

from lamella.assays.detached import Detached, chosen_integrins, detached
from lamella.assays.protocol import Assay, Conditions, Progress, Setting
from lamella.assays.quantities import one_of, written_in
from lamella.errors import InputError
from lamella.networks import Network, ligands, soluble_constants
from lamella.units import MOLECULES_PER_UM3_PER_UM, quantity


class AffinityConditions(Conditions):
    """Keys under [assays.affinity].

    rest       in suspension before time 0
    duration   of the time course; every point is stained
    dose       of ligand at every point; lowest to highest, in `doses` steps, at the end
    integrin   the only one that is looked at, as behind a blocking antibody against all others
    """

    ligand: Annotated[str, one_of("soluble ligand", ligands)] = "fibronectin"
    dose: Annotated[str, written_in("uM", above=0.0)] = "10 nM"
    lowest: Annotated[str, written_in("uM", above=0.0)] = "0.1 nM"
    highest: Annotated[str, written_in("uM", above=0.0)] = "1 uM"
    doses: Annotated[int, Field(ge=6, le=100)] = 13
    integrin: str | None = None
    rest: Annotated[str, written_in("s", minimum=0.0)] = "30 min"
    duration: Annotated[str, written_in("s", above=0.0)] = "30 min"
    points: Annotated[int, Field(ge=2, le=200)] = 7
    cells: Annotated[int, Field(ge=1, le=20000)] = 60

    @model_validator(mode="after")
    def _ordered(self) -> AffinityConditions:
        if quantity(self.lowest, "uM") >= quantity(self.highest, "uM"):
            raise InputError(f"lowest, {self.lowest}, is not below highest, {self.highest}")
        return self

    def require(self, network: Network) -> None:
        self.constants(network)

    def constants(self, network: Network) -> dict[str, tuple[float, float]]:
        """Constants of soluble ligand at the heterodimers that are looked at.   raises InputError: none binds it"""
        chosen = chosen_integrins(network, self.integrin, "integrin")
        found = {i: pair for i in chosen if (pair := soluble_constants(i, self.ligand)) is not None}
        if not found:
            raise InputError(f"none of {', '.join(chosen)} binds {self.ligand}", where="ligand",
                             remedy="Choose another ligand or integrin.")
        return found


def run(setting: Setting, conditions: AffinityConditions, progress: Progress) -> xr.Dataset:
    """The tubes of one arm and replicate."""
    cells = detached(setting, conditions.cells, quantity(conditions.rest, "s"))
    constants = conditions.constants(cells.network)
    dose = _dose(conditions.dose)
    times = np.linspace(0.0, quantity(conditions.duration, "s"), conditions.points)
    bound, extended = [], []
    for i, time in enumerate(times):
        if time > 0.0:
            cells.advance(time - cells.seconds)
        bound.append(float(_binding(cells, constants, np.array([dose]))[0]))
        extended.append(_extended_share(cells, tuple(constants)))
        progress((i + 1) / len(times))
    doses = np.geomspace(_dose(conditions.lowest), _dose(conditions.highest), conditions.doses)
    curve = _binding(cells, constants, doses)
    most, kd, _ = saturation_fit(doses, curve)
    receptors = sum(float(_all(cells, i).mean()) for i in constants)
    full = sum(float(_all(cells, i).mean()) * dose / (dose + kd_open) for i, (kd_open, _) in constants.items())
    scalars: dict[str, tuple[float, str]] = {
        "bound": (bound[-1], "molecules"), "activation_index": (bound[-1] / full if full > 0.0 else np.nan, ""),
        "extended": (extended[-1], ""), "kd": (kd / MOLECULES_PER_UM3_PER_UM * 1e3, "nM"),
        "bmax": (most, "molecules"), "surface": (receptors, "molecules"),
    }  # fmt: skip
    data: dict[str, Any] = {name: ((), float(value), {"units": unit}) for name, (value, unit) in scalars.items()}
    data |= {
        "bound_course": ("times", np.array(bound), {"units": "molecules", "long_name": "soluble ligand bound"}),
        "extended_course": ("times", np.array(extended), {"long_name": "extended share of the receptors"}),
        "binding": ("doses", curve, {"units": "molecules"}),
        "extended_of": ("integrins", np.array([_extended_share(cells, (i,)) for i in constants])),
    }
    at = {"times": times, "doses": doses / MOLECULES_PER_UM3_PER_UM * 1e3, "integrins": list(constants)}
    made = xr.Dataset(data, coords=at, attrs={"assay": "affinity", "ligand": conditions.ligand})
    made["doses"].attrs["units"] = "nM"
    return made


def _dose(text: str) -> float:
    return quantity(text, "uM") * MOLECULES_PER_UM3_PER_UM


def _all(cells: Detached, integrin: str) -> NDArray[np.float64]:
    return cells.receptors(integrin, "low", "high", "bound", "clustered")


def _binding(cells: Detached, constants: dict[str, tuple[float, float]],
             doses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Soluble ligand bound per cell, mean over cells.   doses [doses], molecules/um^3"""
    total = np.zeros(doses.size)
    for integrin, (extended, bent) in constants.items():
        bent_ones = float(cells.receptors(integrin, "low").mean())
        others = float(_all(cells, integrin).mean()) - bent_ones
        seen = others * doses / (doses + extended) + bent_ones * doses / (doses + bent)
        total += cells.free_share(integrin) * seen
    return total


def _extended_share(cells: Detached, integrins: tuple[str, ...]) -> float:
    """What an antibody against the extended form sees of what is there, mean over cells."""
    bent = np.sum([cells.receptors(i, "low") for i in integrins], axis=0)
    every = np.sum([_all(cells, i) for i in integrins], axis=0)
    shares = 1.0 - bent[every > 0.0] / every[every > 0.0]
    return float(shares.mean()) if shares.size else float("nan")


def saturation_fit(doses: NDArray[np.float64], bound: NDArray[np.float64]) -> tuple[float, float, float]:
    """Bmax, Kd and the slope of the line of B = Bmax L/(Kd + L) + N L, in the units given; NaN where nothing binds.

    doses, bound   [doses], doses above 0
    """
    if not (bound > 0.0).all():
        return float("nan"), float("nan"), float("nan")

    def residual(q: NDArray[np.float64]) -> NDArray[np.float64]:
        most, kd, slope = np.exp(q)
        return (most * doses / (kd + doses) + slope * doses) / bound - 1.0

    line = np.log(bound[-1] / doses[-1]) - 3.0
    starts = [(np.log(bound[-1]), np.log(middle), line) for middle in np.quantile(doses, [0.1, 0.5, 0.9])]
    best = min((least_squares(residual, start) for start in starts), key=lambda fit: fit.cost)
    most, kd, slope = np.exp(best.x)
    return float(most), float(kd), float(slope)


AFFINITY = Assay(
    name="affinity",
    tissue=False,
    summary="Soluble ligand on cells in suspension: affinity of the receptors.",
    conditions=AffinityConditions,
    readouts={
        "bound": "soluble ligand bound at the staining dose, molecules per cell",
        "activation_index": "what is bound over what Mn2+ would bind",
        "extended": "share of receptors that an antibody against the extended form sees",
        "kd": "dissociation constant of the fit, nM",
        "bmax": "sites of the fit, molecules per cell",
        "surface": "receptors of the ligand, molecules per cell",
    },
    run=run,
)
