"""Books of what is in a dish: every source and sink of every field and ligand, in molecules."""

from __future__ import annotations

from collections.abc import Mapping

from lamella.errors import InputError

ENTRIES = (
    "initial",
    "set",
    "secreted",
    "taken",
    "decayed",
    "walls",
    "bath",
    "converted",
    "released",
    "deposited",
    "cleaved",
)
"""What can happen: at the start; overwritten by the user; given and taken by cells; first-order decay; through held
walls; to and from the liquid above; by reactions; freed from, or exposed in, the matrix; laid down by cells; cut by
proteases. Gains are positive."""


class Ledger:
    """Sums by substance and entry; small amounts added to large sums are not lost (Neumaier's sum)."""

    def __init__(self) -> None:
        self._sums: dict[str, dict[str, list[float]]] = {}

    def book(self, substance: str, entry: str, amount: float) -> None:
        """Add `amount` molecules, positive if `substance` becomes more."""
        rows = self._sums.setdefault(substance, {})
        cell = rows.setdefault(entry, [0.0, 0.0, 0.0])
        total = cell[0] + amount
        if abs(cell[0]) >= abs(amount):
            cell[1] += (cell[0] - total) + amount
        else:
            cell[1] += (amount - total) + cell[0]
        cell[0] = total
        cell[2] += abs(amount)

    def entries(self, substance: str) -> dict[str, float]:
        """Net molecules by entry."""
        return {entry: cell[0] + cell[1] for entry, cell in self._sums.get(substance, {}).items()}

    def expected(self, substance: str) -> float:
        """Molecules that there should be now."""
        cells = self._sums.get(substance, {}).values()
        return sum(cell[0] for cell in cells) + sum(cell[1] for cell in cells)

    def turnover(self, substance: str) -> float:
        """Molecules that came or went, in all; the scale of `imbalance`."""
        return sum(cell[2] for cell in self._sums.get(substance, {}).values())

    def imbalance(self, substance: str, present: float) -> float:
        """What is missing or too much, over the turnover.   present: molecules counted now"""
        scale = self.turnover(substance)
        return abs(present - self.expected(substance)) / scale if scale > 0.0 else abs(present)

    def dump(self) -> dict[str, list[float]]:
        """Everything, by 'substance/entry'."""
        return {f"{name}/{entry}": list(cell) for name, rows in self._sums.items() for entry, cell in rows.items()}

    def load(self, dumped: Mapping[str, list[float]]) -> None:
        """Continue with the books of `dump`.   raises InputError: an entry that no ledger has"""
        sums: dict[str, dict[str, list[float]]] = {}
        for key, cell in dumped.items():
            name, _, entry = key.rpartition("/")
            if entry not in ENTRIES or len(cell) != 3:
                raise InputError(f"'{key}' is no entry of a ledger", where="tissue.fields.Ledger")
            sums.setdefault(name, {})[entry] = [float(v) for v in cell]
        self._sums = sums
