"""`lamella list`: what may be named in an experiment, with its other names."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

import typer

Row = dict[str, Any]
"""`name`, `title` and `also`, its other names; constructs have the gene that they are `of`, assays what they take and
read."""


class Kind(StrEnum):
    """What can be listed."""

    CELLS = "cells"
    ASSAYS = "assays"
    DRUGS = "drugs"
    ANTIBODIES = "antibodies"
    FACTORS = "factors"
    LIGANDS = "ligands"
    INTEGRINS = "integrins"
    GENES = "genes"
    CONSTRUCTS = "constructs"
    BLOCKS = "blocks"


def list_(kind: Annotated[Kind | None, typer.Argument(help="What to list.", show_default="how many there are")] = None,
          as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """List what may be named in an experiment: cell lines, assays, drugs, antibodies, factors, ligands, and so on.

    Drugs, antibodies, factors and ligands go by any of their names, however these are written.

    Example:  lamella list cells
    """
    from lamella.store import json_text

    chosen = tuple(Kind) if kind is None else (kind,)
    listed = {one.value: list(_ROWS[one]()) for one in chosen}
    if as_json:
        sys.stdout.write(json_text(listed))
    elif kind is None:
        for name, rows in listed.items():
            print(f"{name:12} {len(rows):4}   lamella list {name}")
    else:
        _print(listed[kind])


def _print(rows: list[Row]) -> None:
    names = [f"{row['of']} {row['name']}" if "of" in row else row["name"] for row in rows]
    width = max(map(len, names))
    for name, row in zip(names, rows):
        also = f" (also {', '.join(row['also'])})" if row["also"] else ""
        print(f"{name:{width}}  {row['title']}{also}".rstrip())


def _row(name: str, title: str = "", also: Iterable[str] = (), **more: object) -> Row:
    return {"name": name, "title": title, "also": list(also), **more}


def _cells() -> Iterable[Row]:
    from lamella.networks import cell_line, cell_lines

    return (_row(line.name, line.title, line.aliases) for line in map(cell_line, cell_lines()))


def _assays() -> Iterable[Row]:
    from lamella.assays import ASSAYS

    return (_row(assay.name, assay.summary, conditions=list(assay.conditions.model_fields), readouts=assay.readouts)
            for assay in ASSAYS.values())


def _reagents(kind: Kind) -> Iterable[Row]:
    import lamella.networks

    rows = getattr(lamella.networks, kind.value)()
    return (_row(name, rows[name].get("title", ""), rows[name].get("aliases", ()))
            for name in sorted(rows, key=str.casefold))


def _ligands() -> Iterable[Row]:
    from lamella.networks import ligands

    return (_row(name, f"held by {', '.join(row['affinity'])}", row.get("aliases", ()))
            for name, row in sorted(ligands().items()))


def _integrins() -> Iterable[Row]:
    from lamella.networks import heterodimers

    return (_row(name, " and ".join(chain["symbol"] for chain in pair.values()))
            for name, pair in heterodimers().items())


def _genes() -> Iterable[Row]:
    from lamella.networks import gene_names, heterodimers
    from lamella.networks.annotate import genes

    return (_row(name, genes().get(name, {}).get("name", "")) for name in gene_names() if name not in heterodimers())


def _constructs() -> Iterable[Row]:
    from lamella.networks import constructs

    return (_row(name, row["title"], of=gene) for gene, table in sorted(constructs().items())
            for name, row in table.items())


_ROWS: dict[Kind, Callable[[], Iterable[Row]]] = {
    Kind.CELLS: _cells, Kind.ASSAYS: _assays, Kind.LIGANDS: _ligands, Kind.INTEGRINS: _integrins, Kind.GENES: _genes,
    Kind.CONSTRUCTS: _constructs,
} | {kind: partial(_reagents, kind) for kind in (Kind.DRUGS, Kind.ANTIBODIES, Kind.FACTORS, Kind.BLOCKS)}
