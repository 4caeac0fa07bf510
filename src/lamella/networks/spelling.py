"""Names of reagents as people write them: upper or lower case, spaces, hyphens and slashes make no other name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa"}


def plain(name: str) -> str:
    """Letters and digits of a name in lower case, without accents, Greek letters by their names: what makes it one."""
    bare = unicodedata.normalize("NFKD", name).lower()
    return "".join(_GREEK.get(letter, letter) for letter in bare if letter.isalnum())


def spellings(rows: Mapping[str, Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    """Every name that a row goes by, its `aliases` among them, and the name of the row."""
    return ((other, name) for name, row in rows.items() for other in (name, *row.get("aliases", ())))


def named(name: str, rows: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The row that goes by a name, however it is written; None where there is none."""
    if name in rows:
        return name
    return {plain(other): row for other, row in spellings(rows)}.get(plain(name)) if plain(name) else None
