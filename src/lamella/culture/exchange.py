"""The two pure functions between dish and cells: what the dish tells a cell, what a cell's state does to the dish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from lamella.culture.constants import Constants
from lamella.culture.scale import Scale
from lamella.tissue import Reading

_HALVES = ("front", "rear")

Columns = dict[str, NDArray[np.float64]]

READ_STATES = (
    "WASF2_engaged_front",
    "WASF2_engaged_rear",
    "CDC42_gtp_front",
    "CDC42_gtp_rear",
    "MYL9_active_rear",
    "holders_front",
    "holders_rear",
    "gripping_front",
    "gripping_rear",
    "tensed",
    "elongation",
)
"""States and observables that mechanics are made of."""

ROUND_PERIMETER = 3.07 * 2.0 * np.sqrt(np.pi)
"""Neighbour pairs across the edge of a digital disc, per root of its sites: 3.07 per unit length (mean over angles)."""


def cell_inputs(
    reading: Reading, density: Mapping[str, float], suspended: bool, scale: Scale, *, front_equals_rear: bool = False,
    cells: NDArray[np.int64] | slice = slice(1, None),
) -> Columns:  # fmt: skip
    """What each cell's network is told.   [cells]

    cells              which cells of the dish, in which order; by default all but the medium
    load_*             1 + ln of the mean slip factor of load-bearing bonds: single receptors hold as catch bonds, so
                       that load speeds their breaking far less than that of a torn site (Kong 2009)
    density            coating under the dish [molecules/um^2] by ligand; the lattice carries its relative pattern
    front_equals_rear  both halves get the mean: the control in which the network cannot polarise
    """
    inputs: Columns = {}
    for half in ("front", "rear"):
        inputs[f"fresh_{half}"] = getattr(reading, f"fresh_{half}")[cells]
        inputs[f"load_{half}"] = 1.0 + np.log(np.maximum(getattr(reading, f"load_{half}")[cells], 1.0))
        inputs[f"free_{half}"] = 1.0 - getattr(reading, f"contact_{half}")[cells]
        inputs[f"area_{half}"] = np.maximum(scale.area(getattr(reading, f"sites_{half}")[cells]), scale.site**2)
        pattern = getattr(reading, f"ligand_{half}")[cells] * (0.0 if suspended else 1.0)
        for ligand, amount in density.items():
            inputs[f"{ligand}_{half}"] = pattern * amount
    inputs |= own_load(len(inputs["load_rear"]))
    return means_of_halves(inputs) if front_equals_rear else inputs


def own_load(cells: int) -> Columns:
    """Says that the load that cells are told is their own, and goes with their pull already.   [cells]"""
    return {"pull_floor": np.ones(cells), "pull_slope": np.zeros(cells)}


_LEAST_MATURE = 0.01
"""Of sites without lamella and tension: they live a dozen seconds, less than a step of the dish."""

Values = TypeVar("Values", float, NDArray[np.float64])


def means_of_halves(inputs: dict[str, Values]) -> dict[str, Values]:
    """The same inputs with front and rear replaced by their mean."""
    out = dict(inputs)
    for name in [n for n in inputs if n.endswith("_front")]:
        stem = name.removesuffix("_front")
        mean = 0.5 * (inputs[name] + inputs[f"{stem}_rear"])
        out[name], out[f"{stem}_rear"] = mean, mean
    return out


def mechanics(
    states: Mapping[Any, NDArray[np.float64]], constants: Constants, binding: float = 1.0, wandering: float = 1.0,
    turnover: float = 1.0,
) -> Columns:  # fmt: skip
    """Columns of the tissue from the states of the cells.   [cells]

    binding      rate at which receptors of full affinity bind the coating of the dish (per MCS)
    wandering    rotational diffusion of the axis of a polarised cell (rad^2 per MCS)
    turnover     rate at which sites under the tension of the reference let go (per MCS)

    protrusion   saturating in engaged WAVE2 plus active Cdc42 of both halves, times how fast filaments grow (energy)
    polarity     share of protrusion that follows the axis: front minus rear over the sum; WAVE2 counts in full,
                 Cdc42 (filopodia, all around the cell) in part; 0 to 1
    contraction  phosphorylated light chain of the rear (energy); rear_focus, its share behind the centroid, saturates
                 in the polarity: actin that flows back from the front carries myosin with it
    integrins    extended receptors that find a ligand of theirs, in load-bearing units
    bind_rate    `binding` times their mean affinity for what is coated
    unbind_rate  `turnover` over the maturity of sites
    traction_half  the more bonds are needed for a hold, the less mature they are
    rotational_diffusion  falls exponentially with the polarity: actin that flows back from the front carries with it
                 what marks the rear, so that a cell with little flow forgets its axis (Maiuri 2015)
    """
    holders = states["holders_front"] + states["holders_rear"]
    gripping = states["gripping_front"] + states["gripping_rear"]
    lamella = {half: states[f"WASF2_engaged_{half}"] / constants["protrusion.wasf2_half"] for half in _HALVES}
    spikes = {half: states[f"CDC42_gtp_{half}"] / constants["protrusion.cdc42_half"] for half in _HALVES}
    total = lamella["front"] + lamella["rear"] + spikes["front"] + spikes["rear"]
    ahead = (
        lamella["front"] - lamella["rear"] + constants["protrusion.cdc42_focus"] * (spikes["front"] - spikes["rear"])
    )
    polarity = np.clip(ahead / np.maximum(total, 1e-12), 0.0, 1.0)
    pushing = states["elongation"] * total
    mature = maturity(states, constants)
    return {
        "protrusion": constants["protrusion.strength"] * pushing / (pushing + constants["protrusion.half_activity"]),
        "polarity": polarity,
        "contraction": 2.0 * states["MYL9_active_rear"] / constants["contraction.myl9_half"],
        "rear_focus": constants["contraction.rear_focus"]
        * polarity
        / (polarity + constants["contraction.polarity_half"]),
        "integrins": holders / constants["adhesion.receptors_per_bond"],
        "bind_rate": binding * gripping / np.maximum(holders, 1e-300),
        "unbind_rate": turnover / mature,
        "traction_half": constants["adhesion.traction_half"] / mature,
        "rotational_diffusion": wandering
        * np.exp(constants["axis.flow_gain"] * (constants["axis.polarised"] - polarity)),
    }


def maturity(states: Mapping[Any, NDArray[np.float64]], constants: Constants) -> NDArray[np.float64]:
    """How long a cell's sites live and how well they hold, over those of the reference.   [cells]

    Sites form under lamellae, whose flow of actin holds them (Alexandrova 2008), and without myosin; tension makes them
    last and ties them to actin (Choi 2008, Gupton 2006).
    """
    young = constants["adhesion.young"]
    lamella = (states["WASF2_engaged_front"] + states["WASF2_engaged_rear"]) / constants["protrusion.wasf2_half"]
    flow = lamella / (1.0 + lamella) / constants["adhesion.flow"]
    mature = young * flow + (1.0 - young) * states["tensed"] / constants["adhesion.tensed"]
    return np.maximum(mature, _LEAST_MATURE)


def wandering_rate(constants: Constants, scale: Scale) -> float:
    """Rotational diffusion of the axis of a polarised cell [rad^2 per MCS]."""
    return scale.per_step(constants["axis.rotational_diffusion"]) * scale.pace


def binding_rate(density: float, constants: Constants, scale: Scale) -> float:
    """Rate per MCS at which receptors of full affinity bind a dish.

    density   of all ligands [molecules/um^2]; the lattice field is relative to it
    """
    return scale.per_step(constants["adhesion.bind_rate"]) * scale.pace * density


def turnover_rate(constants: Constants, scale: Scale) -> float:
    """Rate per MCS at which sites of the reference's tension let go."""
    return scale.per_step(constants["adhesion.unbind_rate"]) * scale.pace


def resting_mechanics(spread_area: float, constants: Constants, scale: Scale) -> dict[str, float]:
    """Columns of the tissue that no state changes.

    spread_area  of the cell line [um^2]
    """
    return standing_mechanics(spread_area, constants, scale) | {
        "act_memory": float(scale.steps(scale.paced(constants["protrusion.memory"]))),
        "contact_gain": constants["protrusion.contact_gain"],
        "bind_floor": constants["adhesion.bind_floor"],
        "dissipation": constants["adhesion.dissipation"],
        "traction_floor": constants["adhesion.traction_floor"],
        "load": constants["adhesion.load"],
        "turning_time": scale.paced(constants["axis.turning_time"]) / scale.step,
        "sense_act": constants["axis.sense_act"],
        "sense_contact": constants["axis.sense_contact"],
    }


def standing_mechanics(area: float, constants: Constants, scale: Scale) -> dict[str, float]:
    """Those of a cell that neither pushes nor holds on.   area: its own [um^2]"""
    sites, finer = scale.sites(area), scale.site / scale.reference_site
    return {
        "target_volume": sites,
        "volume_stiffness": constants["shape.volume_stiffness"] * finer**2,
        "target_perimeter": constants["shape.perimeter_slack"] * ROUND_PERIMETER * float(np.sqrt(sites)),
        "perimeter_stiffness": constants["shape.perimeter_stiffness"],
        "mobility": scale.mobility,
    }
