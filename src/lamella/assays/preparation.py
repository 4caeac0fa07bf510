"""From a setting to cells and a dish: what every assay does before its own protocol."""

from __future__ import annotations

from collections.abc import Callable

from lamella.assays.protocol import Setting
from lamella.culture import Constants, Culture, Draw, Habitat, Layout, Protocol, Scale, constants, life_table, scale
from lamella.errors import InputError
from lamella.networks import Network, Treatment, assemble, resolve


def treated(setting: Setting, *, two_ends: bool = False, touched: bool = False) -> tuple[Network, Treatment]:
    """Network of the cell line and the resolved treatment of the arm.

    two_ends  whether the assay has a low and a high end, between which a factor can form a gradient
    touched   whether beads and pipettes may touch its cells: where the protocol does not itself move them
    raises    InputError: a gradient in an assay without ends, beads where cells are moved or where both halves get the
              mean, or what `resolve` refuses
    """
    network = assemble(setting.cell)
    treatment = resolve(network, setting.perturbations, setting.matrix, setting.medium, f"arms.{setting.arm}")
    if treatment.gradient and not two_ends:
        raise InputError("this assay has no ends between which a gradient could form",
                         where=f"arms.{setting.arm}.gradient",
                         remedy="Use the assay 'chemotaxis', or `factor` for a dose that is the same everywhere.")
    if not touched:
        refuse_touched(treatment, f"arms.{setting.arm}")
    if treatment.spots and setting.front_equals_rear:
        raise InputError("what touches one half means nothing where both halves get the mean",
                         where=f"arms.{setting.arm}", remedy="Drop front_equals_rear, or `bead` and `pipette`.")
    return network, treatment


def refuse_touched(treatment: Treatment, where: str) -> None:
    """Where a protocol takes cells from one place to another.   raises InputError: beads or pipettes touch them"""
    if treatment.spots:
        raise InputError("beads and pipettes do not stay with cells that this assay moves", where=where,
                         remedy="Use a well, as immunoblot or calcium, or a dish, as migration or scratch.")


def draw(setting: Setting, cells: int) -> Draw:
    """Which cells this replicate holds."""
    return Draw(setting.seed, setting.replicate, cells, setting.without, setting.scaled)


def numbers(setting: Setting) -> Constants:
    """The constants of the exchange that hold in this run."""
    return constants().scaled(setting.scaled)


def plated(
    setting: Setting,
    cells: int,
    layout: Layout,
    exchange: Constants,
    scale: Scale,
    network_interval: float | None = None,
    *,
    habitat: Callable[[Treatment, tuple[int, ...]], Habitat] | None = None,
    spreads: bool = False,
    section: bool = False,
    bare_walls: bool = False,
    life: bool = False,
    trail: bool = False,
) -> Culture:
    """The dish of one arm and replicate.

    habitat  (treatment, sites of the dish) -> fields and matrix; without it the medium is the same everywhere
    spreads  the area of a cell follows its adhesion
    section  cells are seen in section, each with its nucleus
    bare_walls  walls hold nobody
    life     cells divide and die when their networks say so (culture/life.toml)
    trail    integrins that cells leave behind are kept, site by site

    raises  InputError: cells that are kept in suspension do not crawl; a dish with adhesive islands
    """
    network, treatment = treated(setting, two_ends=habitat is not None, touched=True)
    if treatment.suspended or any(change.suspended is not None for change in treatment.changes):
        raise InputError(
            "cells in suspension do not crawl",
            where=f"arms.{setting.arm}",
            remedy="Use immunoblot for suspended cells, or drop 'suspended'.",
        )
    if treatment.island is not None:
        raise InputError("the coating of a dish is all over it", where=f"arms.{setting.arm}.island",
                         why="Cells that an adhesive island holds do not crawl.",
                         remedy="Use an assay without a dish: immunoblot, proliferation, viability, adhesion.")
    culture = Culture(
        network,
        treatment,
        draw(setting, cells),
        layout,
        exchange,
        scale,
        Protocol(
            network_interval=network_interval, front_equals_rear=setting.front_equals_rear, spreads=spreads,
            section=section, bare_walls=bare_walls, trail=trail, threads=setting.threads,
        ),
        None if habitat is None else habitat(treatment, layout.labels.shape),
        life_table() if life else None,
    )
    if life:
        culture.scatter_ages()
    return culture


def lengths_of(setting: Setting, exchange: Constants, *, finer_step: float = 1.0) -> Scale:
    """Site and step of a flat dish of the line."""
    return scale(exchange, assemble(setting.cell).cell.body, finer_step=finer_step)


def sites_per_cell(setting: Setting, scale: Scale) -> float:
    """Sites of a spread cell of the line."""
    return scale.sites(assemble(setting.cell).cell.body["spread_area"].value)
