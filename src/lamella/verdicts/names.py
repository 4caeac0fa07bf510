"""Names of records resolved against the networks and the assays that there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from lamella.assays import IMMUNOBLOT, Assay
from lamella.assays.bands import QUANTITIES, SUMS
from lamella.errors import InputError, nearest
from lamella.networks import Perturbations, assemble, cell_lines, resolve


class ModelNames:
    """The names that mean something to this package. See `lamella.findings.Names`."""

    def __init__(self, assays: Mapping[str, Assay]):
        self._assays = assays

    def cell(self, cell: str) -> str | None:
        return None if cell in cell_lines() else f"unknown cell line '{cell}'. {nearest(cell, cell_lines())}"

    def arm(self, cell: str, arm: Mapping[str, Any], matrix: Mapping[str, str],
            medium: Mapping[str, str]) -> str | None:
        try:
            resolve(assemble(cell), Perturbations.model_validate(arm), dict(matrix), dict(medium))
        except ValidationError as error:
            found = error.errors()[0]
            return f"{'.'.join(map(str, found['loc']))}: {found['msg']}"
        except InputError as error:
            return f"{error.what}. {error.remedy or ''}".strip()
        return None

    def absent(self, cell: str, arm: Mapping[str, Any]) -> str | None:
        """A gene that the arm scales and that the cell line does not express: a multiple of nothing shows nothing."""
        parameters = assemble(cell).parameters
        for kind in ("knockdown", "knockout", "overexpression", "add_back"):
            for gene in arm.get(kind, ()):
                copies = parameters.get(f"{gene}_copies")
                if copies is not None and copies.value == 0.0:
                    return f"{cell} does not express {gene}, so {kind} of it changes nothing"
        return None

    def assay(self, assay: str, conditions: Mapping[str, Any], own: Iterable[str] = ()) -> str | None:
        if assay not in self._assays:
            return f"there is no assay '{assay}' yet"
        for name in own:
            if name not in self._assays[assay].by_arm:
                return f"'{name}' of '{assay}' is the same in all arms"
        try:
            self._assays[assay].conditions.model_validate(dict(conditions))
        except ValidationError as error:
            found = error.errors()[0]
            return f"conditions of '{assay}': {'.'.join(map(str, found['loc']))}: {found['msg']}"
        except InputError as error:
            return f"conditions of '{assay}': {error.what}"
        return None

    def quantity(self, cell: str, assay: str, quantity: str) -> str | None:
        if assay not in self._assays:
            return f"there is no assay '{assay}' yet"
        bands = (*QUANTITIES, *SUMS) if assay == IMMUNOBLOT.name else ()
        known = (*bands, *self._assays[assay].readouts)
        return None if quantity in known else f"'{assay}' reads no '{quantity}'. {nearest(quantity, known)}"
