"""How single receptors hold soluble ligand and bear force. Numbers: binding.toml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lamella.errors import InputError, unknown
from lamella.networks import library
from lamella.networks.heterodimers import heterodimers
from lamella.networks.matrix_ligands import ligands
from lamella.units import MOLECULES_PER_UM3_PER_UM


@lru_cache(maxsize=1)
def _table() -> dict:
    return library.read_toml(library.package_folder("binding.toml"))


@cache
def soluble_constants(integrin: str, ligand: str) -> tuple[float, float] | None:
    """Dissociation constants of the extended and of the bent form from soluble ligand [molecules/um^3].

    returns   None where the heterodimer does not bind the ligand
    raises    InputError: no such ligand, or nothing known of it in solution
    """
    if ligand not in ligands():
        raise unknown("matrix ligand", ligand, ligands())
    rows, relative = _table()["soluble"].get(ligand), ligands()[ligand]["affinity"]
    if rows is None:
        raise InputError(f"no constant is known for soluble {ligand}", remedy="Add it to networks/binding.toml.")
    if integrin not in relative:
        return None
    where = f"networks/binding.toml [soluble.{ligand}]"
    read = lambda name, row: library.parameter(name, row, where).value * MOLECULES_PER_UM3_PER_UM
    if integrin in rows:
        extended = read(integrin, rows[integrin])
    else:
        best = max(rows, key=lambda name: relative[name])
        extended = read(best, rows[best]) * relative[best] / relative[integrin]
    fold = _table()["bent"].get(integrin, _table()["bent"]["fold"])
    return extended, extended * library.parameter("fold", fold, where).value


@dataclass(frozen=True)
class BondLaw:
    """Rate at which a bond breaks under force: low*exp(-catch*f) + high*exp(slip*f).   [1/s, 1/pN]

    The form with two ways off: Pereverzev 2005, Biophys J 89:1446 (two-pathway model).
    """

    low: float
    catch: float
    high: float
    slip: float

    @property
    def optimum(self) -> float:
        """The force at which the bond lasts longest [pN]."""
        return float(np.log(self.low * self.catch / (self.high * self.slip)) / (self.catch + self.slip))

    def rate(self, force: ArrayLike) -> NDArray[np.float64]:
        """[1/s] at a force per bond [pN]."""
        force = np.asarray(force, float)
        return self.low * np.exp(-self.catch * force) + self.high * np.exp(self.slip * force)

    def load(self, force: ArrayLike) -> NDArray[np.float64]:
        """The rate over that at the optimum, 1 below it: the cell's own pull has taken a resting bond that far."""
        return self.rate(np.maximum(force, self.optimum)) / self.rate(self.optimum)


@cache
def bond_law(integrin: str) -> BondLaw:
    """How bonds of a heterodimer bear force, by its beta chain.   raises InputError: no such heterodimer"""
    if integrin not in heterodimers():
        raise unknown("integrin", integrin, heterodimers())
    rows = _table()["force"]
    chain = heterodimers()[integrin]["beta"]["symbol"]
    chosen = chain if chain in rows else rows["others"]["as"]
    where = f"networks/binding.toml [force.{chosen}]"
    return BondLaw(**{name: library.parameter(name, row, where).value for name, row in rows[chosen].items()})
