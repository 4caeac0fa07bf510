"""The host of a graft: organs and immunity, as what its cells meet there (hosts.toml). No cell line is named in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lamella.networks import library
from lamella.networks.reagents import factor_edits, ligand_density


@dataclass(frozen=True)
class Organ:
    """What a cell meets in the vessels of an organ and behind them.

    wall, matrix    coatings by ligand, as on a dish: in the vessel, behind its wall
    medium          soluble factors by name, as doses
    gap, thickness  of the wall, um
    flow            shear stress at the wall, Pa
    """

    says: str
    wall: Mapping[str, str]
    matrix: Mapping[str, str]
    medium: Mapping[str, str]
    gap: float
    thickness: float
    flow: float


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return library.read_toml(files("lamella.assays") / "hosts.toml")


def _rows(table: Mapping[str, Any], where: str) -> dict[str, library.Parameter]:
    return {name: library.parameter(name, row, f"assays/hosts.toml [{where}]") for name, row in table.items()}


def _doses(table: Mapping[str, Any], where: str) -> dict[str, str]:
    return {name: f"{row.value:g} {row.unit}" for name, row in _rows(table, where).items()}


@lru_cache(maxsize=1)
def organs() -> dict[str, Organ]:
    """Organs by name."""
    made = {}
    for name, row in _table()["organs"].items():
        numbers = _rows(row["numbers"], f"organs.{name}.numbers")
        wall, matrix, medium = (_doses(row[place], f"organs.{name}.{place}") for place in ("wall", "matrix", "medium"))
        made[name] = Organ(row["says"], wall, matrix, medium, numbers["gap"].value, numbers["thickness"].value,
                           numbers["flow"].value)  # fmt: skip
    return made


@lru_cache(maxsize=1)
def immunities() -> dict[str, dict[str, str]]:
    """Immunity by name: the death ligands that a cell meets everywhere, as doses."""
    return {name: _doses(row["factors"], f"immunity.{name}") for name, row in _table()["immunity"].items()}


@lru_cache(maxsize=1)
def passage() -> dict[str, float]:
    """Numbers of the way through the blood: 'blood' (Pa), 'drag'."""
    return {name: row.value for name, row in _rows(_table()["passage"], "passage").items()}


def densities(coatings: Mapping[str, str]) -> dict[str, float]:
    """Ligand -> molecules/um^2."""
    return {name: ligand_density(name, text) for name, text in coatings.items()}


def doses(factors: Mapping[str, str]) -> dict[str, float]:
    """Parameter of the network -> molecules/um^3."""
    return {key: value for name, text in factors.items() for key, value in factor_edits(name, text).items()}
