"""The library in parts, as a biologist divides it: which reactions of a network belong to which part."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from lamella.errors import ModelError
from lamella.networks.assemble import Network, assemble
from lamella.networks.library import package_folder, read_toml


@dataclass(frozen=True)
class Part:
    """One part of the biology.

    modules     whose reactions belong to it
    integrin    patterns of names: reactions of the template of the integrins that belong to it
    reference   the cell line whose levels all have without it; None for a part that is made of reactions
    """

    name: str
    says: str
    modules: tuple[str, ...] = ()
    integrin: tuple[str, ...] = ()
    reference: str | None = None

    def reactions(self, network: Network) -> tuple[str, ...]:
        """Its reactions in the network of a cell line."""
        return tuple(reaction for reaction, module in network.modules.items() if self._holds(reaction, module))

    def levels(self, network: Network) -> dict[str, float]:
        """Numbers of the network that the part gives it, as they are without it: copies of the reference line."""
        if self.reference is None:
            return {}
        theirs = assemble(self.reference).parameters
        return {name: theirs[name].value if name in theirs else 0.0
                for name in network.parameters if name.endswith("_copies")}

    def _holds(self, reaction: str, module: str) -> bool:
        return module in self.modules or (
            module == "integrin" and any(fnmatchcase(reaction, pattern) for pattern in self.integrin))


@lru_cache(maxsize=1)
def parts() -> tuple[Part, ...]:
    """All parts.   raises ModelError: a row has a key that means nothing"""
    found = []
    for name, row in read_toml(package_folder("parts.toml")).items():
        unknown = row.keys() - {"says", "modules", "integrin", "reference"}
        if unknown or "says" not in row:
            raise ModelError(f"part '{name}' has no sentence or a key that means nothing", where="networks/parts.toml",
                             why=f"Unknown: {', '.join(sorted(unknown)) or 'none'}.")
        found.append(Part(name, row["says"], tuple(row.get("modules", ())), tuple(row.get("integrin", ())),
                          row.get("reference")))
    return tuple(found)
