"""What the surroundings of cells are made of, from the sourced constants of surroundings.toml."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

from numpy.typing import ArrayLike

from lamella.culture.constants import Constants
from lamella.errors import unknown
from lamella.networks import library
from lamella.tissue.fields import FibreLaw, Ligand, Substance


@lru_cache(maxsize=1)
def surrounding_constants() -> Constants:
    """Constants of fields and matrix by 'section.name', e.g. ['collagen_gel.pore']."""
    table = library.read_toml(files("lamella.culture") / "surroundings.toml")
    return Constants(
        {
            f"{section}.{name}": library.parameter(name, row, f"culture/surroundings.toml [{section}]")
            for section, entries in table.items()
            for name, row in entries.items()
        }
    )


@lru_cache(maxsize=1)
def habitat_table() -> dict[str, Any]:
    """Rows of habitat.toml: 'factors' and 'ligands' by name, 'surface'."""
    return library.read_toml(files("lamella.culture") / "habitat.toml")


def substance(name: str, kind: str, constants: Constants, **options: Any) -> Substance:
    """A diffusible substance that spreads as its kind does.

    kind      'growth_factor', 'chemokine', 'protease' or 'inhibitor'
    options   anything else that a `Substance` has
    raises    InputError: no such kind
    """
    kinds = [key.removeprefix("diffusion.") for key in constants if key.startswith("diffusion.")]
    if kind not in kinds:
        raise unknown("kind of substance", kind, kinds, where="culture.surroundings")
    return Substance(name, constants[f"diffusion.{kind}"], **options)


def borne(name: str, density: ArrayLike, constants: Constants) -> Ligand:
    """What fibres bear and cells hold on to: where cells cut the fibres, it goes too, if their proteases digest it.

    density   molecules/um^2
    """
    digested = name in habitat_table()["surface"]["digests"]
    return Ligand(name, density, docked_rate=constants["proteolysis.ligand_share"] if digested else 0.0)


def collagen_fibres(constants: Constants, substrate: ArrayLike = 0.0) -> FibreLaw:
    """Pores, stiffness and alignment of a collagen I gel.   substrate: stiffness of what carries it (kPa)"""
    gel = {key.removeprefix("collagen_gel."): constants[key] for key in constants if key.startswith("collagen_gel.")}
    return FibreLaw(**gel, substrate=substrate)
