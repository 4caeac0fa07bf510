"""Cell lines: expression levels and lesions with a source for each. A line is data, never a switch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from lamella.errors import ModelError, unknown
from lamella.networks.library import Parameter, package_folder, parameter, read_toml
from lamella.provenance import value_hash


@dataclass(frozen=True)
class CellLine:
    """One cell line.

    integrins   heterodimer -> copies per cell
    levels      gene -> copies per cell
    parameters  lesions: network parameter -> value in this line
    body        spread_area [um^2], volume [um^3], edge_speed [um/s] of a lamella that nothing holds
    """

    name: str
    title: str
    integrins: dict[str, Parameter]
    levels: dict[str, Parameter]
    parameters: dict[str, Parameter]
    body: dict[str, Parameter]
    identifiers: dict[str, str]
    aliases: tuple[str, ...]


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict]:
    folder = package_folder("cell_lines")
    tables = [read_toml(p) for p in sorted(folder.iterdir(), key=lambda p: p.name) if p.name.endswith(".toml")]
    return {table["name"]: table for table in tables}


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    names = {}
    for name, table in _tables().items():
        for spelled in (name, *table.get("aliases", ())):
            names[spelled.lower()] = name
    return names


def cell_lines() -> tuple[str, ...]:
    """Names of all cell lines."""
    return tuple(_tables())


def _copies(rows: dict, suffix: str, where: str) -> dict[str, Parameter]:
    return {
        key: parameter(f"{key}_{suffix}", {"value": row["copies"], "unit": "molecules", **row}, where)
        for key, row in rows.items()
    }


@cache
def cell_line(name: str) -> CellLine:
    """A cell line by its name or alias, upper or lower case.

    raises  InputError: unknown name; ModelError: the file is not in order
    """
    if name.lower() not in _names():
        raise unknown("cell line", name, cell_lines(), listed="cells")
    table = _tables()[_names()[name.lower()]]
    where = f"networks/cell_lines/{table['name']}.toml"
    levels: dict[str, Parameter] = {}
    parameters: dict[str, Parameter] = {}
    body: dict[str, Parameter] = {}
    if "based_on" in table:
        if table["based_on"] == table["name"]:
            raise ModelError("a cell line cannot be based on itself", where=where)
        base = cell_line(table["based_on"])
        inherited = f"copies of {base.name}; not measured in this line"
        levels = {
            key: Parameter(p.name, p.value, p.unit, "order", p.source, inherited) for key, p in base.levels.items()
        }
        parameters, body = dict(base.parameters), dict(base.body)
    levels |= _copies(table.get("levels", {}), "copies", where)
    parameters |= {key: parameter(key, row, where) for key, row in table.get("parameters", {}).items()}
    body |= {key: parameter(key, row, where) for key, row in table.get("body", {}).items()}
    identifiers = {key: table[key] for key in ("cellosaurus", "cell_ontology") if key in table}
    return CellLine(
        table["name"],
        table["title"],
        _copies(table["integrins"], "copies", where),
        levels,
        parameters,
        body,
        identifiers,
        tuple(table.get("aliases", ())),
    )


def line_hash(name: str) -> str:
    """Hash of the numbers of a cell line, whatever their sources; empty where there is no such line."""
    if name.lower() not in _names():
        return ""
    line = cell_line(name)
    tables = (line.integrins, line.levels, line.parameters, line.body)
    return value_hash([{key: row.value for key, row in table.items()} for table in tables])
