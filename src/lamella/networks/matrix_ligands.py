"""Matrix ligands: which heterodimer binds which, and how a coating becomes a density (ligands.toml)."""

from __future__ import annotations

from functools import lru_cache

from lamella.networks.library import package_folder, read_toml


@lru_cache(maxsize=1)
def ligands() -> dict[str, dict]:
    """Matrix ligands by name: affinity per heterodimer, density per coating."""
    return read_toml(package_folder("ligands.toml"))


def under(ligand: str, half: str) -> str:
    """Density of a ligand under a half: the coating, and what the cell itself lays down of it."""
    own = ligands()[ligand].get("own")
    return f"({ligand}_{half} + {own}_ligand_{half})" if own else f"{ligand}_{half}"
