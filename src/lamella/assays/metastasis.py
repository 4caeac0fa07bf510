"""Metastasis: cells leave a primary mass, float, stop in an organ, go through the wall and grow there.

Every stage is what another assay does, and no stage knows the arm but by its network:

    exit        cells at the border of the primary mass go into the stroma, as in 'invasion'; those that reach a vessel
                get away. The experiment's matrix is that of the primary; a grafted cell starts in the 'vein' instead
    survival    they float under shear, without matrix, as in 'anoikis'; those that die of it are gone
    arrest      in the organ they are wedged in a vessel and hold on to its wall; then the flow drags at them, with the
                force on a sphere at a wall, as in 'adhesion'
    crossing    they wait on the wall, and die or go through it, as in 'extravasation'
    outgrowth   behind it they enter S phase in the matrix and the medium of the organ, or do not, or die

Survival, arrest, waiting and outgrowth are one story of each cell, in one network that is never started anew; exit and
crossing are shares of dishes. Death ligands of the host's immune cells are there from the blood on (hosts.toml).
Colonies are counted: a Poisson number whose mean is the cells sent out times the share that does all of it. As many
cells are sent out in all arms; each replicate is an animal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field

from lamella.assays.cycle import as_just_divided, in_s_phase
from lamella.assays.death import LIMIT, cut_share
from lamella.assays.detached import Detached, detached
from lamella.assays.extravasation import behind, vessel
from lamella.assays.hosts import densities, doses, immunities, organs, passage
from lamella.assays.invasion import gel_of
from lamella.assays.protocol import Assay, Conditions, Progress, Setting
from lamella.assays.pull import pull
from lamella.assays.quantities import one_of, written_in
from lamella.assays.section import sectioned
from lamella.culture import idealised_inputs
from lamella.networks.reagents import factor_row, factors
from lamella.random import generator
from lamella.units import quantity

_HOLD, _STEP = 60.0, 2.0
"""How long the flow drags, and for how long the force per bond is held then [s]."""
_LOOKS = 13
"""Looks at the cells that grow out, the first included."""


class MetastasisConditions(Conditions):
    """Keys under [assays.metastasis].

    route      'primary': from a mass in the stroma; 'vein': injected, as into the tail or the spleen
    organ      in which the cells stop
    immunity   of the host
    vessel     depth in the stroma at which a cell has reached a vessel
    pore       of the stroma
    stay       time in which cells can leave the primary mass
    transit    in the blood
    wedged     in a vessel of the organ before the flow drags
    crossing   in which cells can go through the wall
    outgrowth  in which those behind it can enter S phase
    sent       cells injected, or at the border of the primary mass
    cells      that are followed from the blood on; in the sections there are `section`
    """

    route: Literal["primary", "vein"] = "primary"
    organ: Annotated[str, one_of("organ", organs)] = "lung"
    immunity: Annotated[str, one_of("immunity", immunities)] = "none"
    vessel: Annotated[str, written_in("um", above=0.0)] = "30 um"
    pore: Annotated[str, written_in("um", above=0.0)] = "6 um"
    stay: Annotated[str, written_in("s", above=0.0)] = "24 h"
    transit: Annotated[str, written_in("s", above=0.0)] = "1 h"
    wedged: Annotated[str, written_in("s", above=0.0)] = "30 min"
    crossing: Annotated[str, written_in("s", above=0.0)] = "24 h"
    outgrowth: Annotated[str, written_in("s", above=0.0)] = "72 h"
    sent: Annotated[int, Field(ge=1, le=10**8)] = 1000
    cells: Annotated[int, Field(ge=4, le=20000)] = 60
    section: Annotated[int, Field(ge=4, le=2000)] = 32


@dataclass(frozen=True)
class Fate:
    """What has become of the cells that were followed.   [cells] each

    alive    after the blood
    held     and not dragged away
    waited   and alive after their time on the wall
    grown    and in S phase behind it, and alive at the end
    """

    alive: NDArray[np.bool_]
    held: NDArray[np.bool_]
    waited: NDArray[np.bool_]
    grown: NDArray[np.bool_]


def run(setting: Setting, conditions: MetastasisConditions, progress: Progress) -> xr.Dataset:
    """One animal of one arm."""
    part = lambda begin, end: lambda share: progress(begin + (end - begin) * share)
    left = leaving(setting, conditions, part(0.0, 0.4)) if conditions.route == "primary" else 1.0
    through = crossing(setting, conditions, part(0.4, 0.8))
    fate = follow(setting, conditions, part(0.8, 1.0))
    share = left * through * float(fate.grown.mean())
    colonies = generator(setting.seed, "animal", setting.replicate).poisson(conditions.sent * share)
    of = lambda some, all_: float(some.sum() / all_.sum()) if all_.any() else 0.0
    data: dict[str, Any] = {
        "colonies": ((), float(colonies), {"long_name": "colonies in the organ"}),
        "efficiency": ((), share, {"long_name": "share of the cells that make a colony"}),
        "exited": ((), left, {"long_name": "share of cells that reach a vessel"}),
        "survived": ((), float(fate.alive.mean()), {"long_name": "share alive after the blood"}),
        "arrested": ((), of(fate.held, fate.alive), {"long_name": "share of those that the flow leaves"}),
        "waited": ((), of(fate.waited, fate.held), {"long_name": "share of those alive after waiting on the wall"}),
        "crossed": ((), through, {"long_name": "share that goes through the wall"}),
        "outgrown": ((), of(fate.grown, fate.waited), {"long_name": "share of those behind the wall that grow"}),
    }
    attrs = {"assay": "metastasis", "route": conditions.route, "organ": conditions.organ,
             "immunity": conditions.immunity, "sent": conditions.sent}  # fmt: skip
    return xr.Dataset(data, attrs=attrs)


def leaving(setting: Setting, conditions: MetastasisConditions, progress: Progress) -> float:
    """Share of the cells at the border of the primary mass that come to a vessel."""
    depth, pore = quantity(conditions.vessel, "um"), quantity(conditions.pore, "um")
    made = sectioned(setting, conditions.section, 2.0 * depth,
                     lambda treatment, ground: gel_of(treatment, ground, ground.sites(pore)))  # fmt: skip
    ever = np.zeros(conditions.section, bool)
    stay, frames = quantity(conditions.stay, "s"), 12
    for i in range(frames):
        made.culture.advance(stay / frames)
        ever |= made.depths() > depth
        progress((i + 1) / frames)
    return float(ever.mean())


def crossing(setting: Setting, conditions: MetastasisConditions, progress: Progress) -> float:
    """Share of the cells on the wall of a vessel that go through it."""
    organ, transit = organs()[conditions.organ], quantity(conditions.transit, "s")
    elapsed = quantity(conditions.wedged, "s") + transit
    elapsed += quantity(conditions.stay, "s") if conditions.route == "primary" else 0.0
    made = vessel(setting, organ, conditions.section, transit, elapsed=elapsed)
    ever = np.zeros(conditions.section, bool)
    time, frames = quantity(conditions.crossing, "s"), 12
    for i in range(frames):
        made.culture.advance(time / frames)
        ever |= behind(made, organ)
        progress((i + 1) / frames)
    return float(ever.mean())


def follow(setting: Setting, conditions: MetastasisConditions, progress: Progress) -> Fate:
    """The cells from the primary or the vein to their end, each in one network."""
    organ, where = organs()[conditions.organ], f"arms.{setting.arm}"
    cells = detached(setting, conditions.cells, 0.0)
    if conditions.route == "primary":
        cells.put(False)
        cells.advance(quantity(conditions.stay, "s"))
    patrol = doses(immunities()[conditions.immunity])
    blood = patrol | {"shear": passage()["blood"]}
    lives = lambda: cut_share(cells.population, where) <= LIMIT

    _bring(cells, {}, blood, setting)
    cells.put(True)
    cells.advance(quantity(conditions.transit, "s"))
    alive = lives()
    progress(0.2)

    here = doses(organ.medium) | patrol | {"shear": organ.flow}
    _bring(cells, densities(organ.wall), here, setting)
    cells.put(False)
    cells.advance(quantity(conditions.wedged, "s"))
    held = pull(cells, dragged(cells, organ.flow), _HOLD, _STEP, alive)
    cells.put(False)
    cells.advance(quantity(conditions.crossing, "s"))
    waited = held & lives()
    progress(0.4)

    _bring(cells, densities(organ.matrix), doses(organ.medium) | patrol | {"shear": 0.0}, setting)
    cells.put(False)
    as_just_divided(cells.population)
    in_cycle = in_s_phase(cells.population)
    for i in range(1, _LOOKS):
        cells.advance(quantity(conditions.outgrowth, "s") / (_LOOKS - 1))
        in_cycle |= in_s_phase(cells.population)
        progress(0.4 + 0.6 * i / (_LOOKS - 1))
    return Fate(alive, held, waited, waited & in_cycle & lives())


def dragged(cells: Detached, stress: float) -> float:
    """Force of a flow on a round cell at a wall [pN].   stress: shear stress at the wall [Pa]"""
    radius = (0.75 * cells.network.cell.body["volume"].value / np.pi) ** (1.0 / 3.0)
    return passage()["drag"] * radius**2 * stress


def _bring(cells: Detached, density: dict[str, float], doses_: dict[str, float], setting: Setting) -> None:
    """Bring the cells to another place: its ligands, its soluble factors and its flow. What the arm gives stays."""
    own = {row["parameter"] for name, row in factors().items() if name in setting.perturbations.factor}
    known = set(cells.population.program.parameters)
    fresh = {factor_row(name)["parameter"]: 0.0 for name in setting.medium} | doses_
    fresh = {name: value for name, value in fresh.items() if name in known - own}
    if setting.perturbations.shear:
        fresh.pop("shear", None)
    there = replace(cells.treatment, density=density)
    network, front_equals_rear = cells.network, setting.front_equals_rear
    cells.treatment = there
    cells.told = lambda off: fresh | idealised_inputs(
        network, there, front_equals_rear=front_equals_rear, suspended=off)


METASTASIS = Assay(
    name="metastasis",
    summary="From a primary mass or a vein to colonies in an organ of a host.",
    conditions=MetastasisConditions,
    readouts={
        "colonies": "colonies in the organ",
        "efficiency": "share of the cells sent out that make a colony",
        "exited": "share of the cells at the border of the primary mass that reach a vessel",
        "survived": "share of those in the blood that are alive after it",
        "arrested": "share of those that hold on against the flow",
        "waited": "share of those that are alive after their time on the wall",
        "crossed": "share of cells on a wall that go through it",
        "outgrown": "share of those behind it that enter S phase and live",
    },
    run=run,
    by_arm=frozenset({"route", "organ", "immunity", "vessel", "pore"}),
)
