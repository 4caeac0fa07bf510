"""From a setting to cells and a dish: what every assay does before its own protocol."""

from __future__ import annotations

from lamella.assays.protocol import Setting
from lamella.culture import Constants, Culture, Draw, Layout, Protocol, Scale, constants
from lamella.errors import InputError
from lamella.networks import Network, Treatment, assemble, resolve


def treated(setting: Setting) -> tuple[Network, Treatment]:
    """Network of the cell line and the resolved treatment of the arm."""
    network = assemble(setting.cell)
    return network, resolve(network, setting.perturbations, setting.matrix, setting.medium, f"arms.{setting.arm}")


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
) -> Culture:
    """The dish of one arm and replicate.

    raises  InputError: cells that are kept in suspension do not crawl
    """
    network, treatment = treated(setting)
    if treatment.suspended or any(change.suspended is not None for change in treatment.changes):
        raise InputError(
            "cells in suspension do not crawl",
            where=f"arms.{setting.arm}",
            remedy="Use immunoblot for suspended cells, or drop 'suspended'.",
        )
    return Culture(
        network,
        treatment,
        draw(setting, cells),
        layout,
        exchange,
        scale,
        Protocol(network_interval=network_interval, front_equals_rear=setting.front_equals_rear),
    )


def sites_per_cell(setting: Setting, scale: Scale) -> float:
    """Sites of a spread cell of the line."""
    return scale.sites(assemble(setting.cell).cell.body["spread_area"].value)
