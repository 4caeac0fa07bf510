"""Names that a record may use. Findings know no model: whoever has one passes its names in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol


class Names(Protocol):
    """Resolves the names of records.  Each method returns None, or says in a sentence why the name means nothing."""

    def cell(self, cell: str) -> str | None:
        """Is there such a cell line?"""
        ...

    def arm(self, cell: str, arm: Mapping[str, Any], matrix: Mapping[str, str],
            medium: Mapping[str, str]) -> str | None:
        """Do genes, constructs, drugs, ligands, factors and doses of the arm mean something in this cell line?"""
        ...

    def assay(self, assay: str, conditions: Mapping[str, Any], own: Iterable[str] = ()) -> str | None:
        """Is there such an assay, does it take these conditions, and may one arm alone have those of `own`?"""
        ...

    def quantity(self, cell: str, assay: str, quantity: str) -> str | None:
        """Does the assay read this quantity?"""
        ...
