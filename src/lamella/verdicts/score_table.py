"""The scorecard for a terminal: counts with their denominators, never a percentage alone."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

from lamella.verdicts.score import Scorecard

_UNSAID = (("blind", "calibrate"), ("inhibition", "no record"), ("discriminating", "other"))
"""Values of groups that say nothing that another row does not."""


def score_table(card: Scorecard) -> Table:
    """Claims in groups, then records and single expectations; groups of which nothing was judged are left out."""
    table = Table(title="Claims", title_justify="left", box=None, pad_edge=False)
    for name in ("", "holds", "fails", "not applicable", "open", "of"):
        table.add_column(name, justify="left" if not name else "right")
    _row(table, "all claims", card.totals())
    for group in ("role", "blind", "inhibition", "discriminating", "review", "module", "kind"):
        for value, totals in card.by(group).items():
            if totals["of"] > totals["open"] and (group, value) not in _UNSAID:
                _row(table, _name(group, value), totals)
    table.add_section()
    for role in ("check", "calibrate"):
        _row(table, f"records, {role}", card.records(role))
    _row(table, "reported expectations", card.expectations(corollary=False))
    _row(table, "own corollaries", card.expectations(corollary=True))
    for name, totals in card.since_the_first().items():
        _row(table, name, totals)
    return table


def _name(group: str, value: str) -> str:
    if group == "inhibition":
        return f"records with {value}" if value == "inhibitor" else "records without"
    if group == "discriminating":
        return f"discriminating, {value}"
    return f"check, {value}" if group == "blind" else f"{group} {value}"


def _row(table: Table, name: str, counts: Mapping[str, int]) -> None:
    cells = [str(counts[state]) if state in counts else "" for state in ("holds", "fails", "not_applicable", "open")]
    table.add_row(name, *cells, str(counts["of"]))
