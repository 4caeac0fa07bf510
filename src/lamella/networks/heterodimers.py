"""Integrin heterodimers as data: their chains, and by which names the modules call what regulates each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from lamella.networks import library


@dataclass(frozen=True)
class Regulation:
    """What regulates a heterodimer, by the names of the modules.

    caveolin    its alpha chain holds caveolin, by which Shc is reached
    keratin     plectin holds it to keratin, where talin holds others to actin
    stored      cells may keep more of it in vesicles and granules, for signals to bring to the surface
    tail        what sits on its beta tail
    alpha       what reaches its alpha tail, at either half
    opener      what holds it open from outside
    competitor  what divides its binding where soluble ligands compete: galectin-8 holds beta-1 alone, and RGD peptides
                those whose ligands they imitate
    release     what undoes its tether to the cytoskeleton, before the half
    back        by which way it returns to the front while it is active
    made        what sets how much of it is made
    paired      share of its copies whose chains find each other
    """

    caveolin: bool
    keratin: bool
    stored: bool
    tail: str
    alpha: tuple[str, str]
    opener: str
    competitor: str
    release: str
    back: str
    made: str
    paired: str


@lru_cache(maxsize=1)
def heterodimers() -> dict[str, dict[str, dict[str, str]]]:
    """All of them: name -> 'alpha' and 'beta' -> 'symbol' and 'uniprot' of the chain."""
    rows = {name: row for name, row in _table().items() if name not in _GROUPS}
    return {name: {chain: row[chain] for chain in ("alpha", "beta")} for name, row in rows.items()}


@cache
def regulation(heterodimer: str) -> Regulation:
    """What regulates one of them: its own row, and the row of its beta chain over that of all others."""
    row, chains = _table()[heterodimer], _table()["chains"]
    chain = chains["other"] | chains.get(row["beta"]["symbol"], {})
    return Regulation(
        caveolin=row.get("caveolin", False),
        keratin=chain["keratin"],
        stored=row.get("stored", False),
        tail=f"tail_{chain['tail']}",
        alpha=("alpha_rras_front", "alpha_rras_rear") if row.get("rras", False) else ("alpha_other", "alpha_other"),
        opener=chain["opener"],
        competitor=f"competitor_{chain['competitor']}" + ("_RGD" if row.get("rgd", False) else ""),
        release=f"release_{chain['release']}",
        back=chain["back"],
        made=f"made_{row.get('made', 'other')}",
        paired=f"paired_{chain['paired']}",
    )


def sums_of_receptors() -> dict[str, dict[str, dict]]:
    """Numbers that sum up receptors: 'half' (one for each half of a cell) and 'cell', each with its rows by name."""
    return _table()["sums"]


_GROUPS = ("chains", "sums")
"""Tables of the file that are no heterodimers."""


@lru_cache(maxsize=1)
def _table() -> dict[str, dict]:
    return library.read_toml(library.package_folder("integrins.toml"))
