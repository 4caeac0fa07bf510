"""The library on disk: modules, their numbers and evidence, sources. Read once, never changed."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from lamella.errors import InputError, ModelError, nearest

GRADES = ("measured", "order", "fitted", "assumed", "construct")
"""How well a value is known. `construct`: 0 or 1 of a wild-type, untreated cell; perturbations change it."""

COMMON_MODULES = (
    "integrin_regulation",
    "lateral_mobility",
    "adhesion_site",
    "pi3k",
    "rho_gtpases",
    "rhogdi",
    "pak",
    "profilin",
    "protrusion",
    "contractility",
    "sensing",
    "fgf_receptor",
    "growth_receptors",
    "insulin",
    "chemokine_receptors",
    "ras_erk",
    "akt",
    "stress",
    "iap",
    "death_receptors",
    "nfkb",
    "integrin_death",
    "apoptosis",
    "emt",
    "cell_cycle",
    "calcium",
    "recycling",
    "shear",
    "mmp",
)
"""Modules that every cell has, in the order in which they are joined."""


@dataclass(frozen=True)
class Source:
    """A paper, a table or an assumption. `read`: text, memory or none."""

    key: str
    citation: str
    read: str
    doi: str | None = None


@dataclass(frozen=True)
class Parameter:
    """A number with its provenance. `unit` in the package's own spelling, e.g. '1/(molecules*s)'.

    multiple_of   parameters that the number is known as a multiple of: where they are wrong by a factor, so is it
    range_of      states or observables, added up, by whose range in a cell in culture the number was placed: a
                  half-saturation, or a rate that meets its counterpart at half of that amount
    """

    name: str
    value: float
    unit: str
    grade: str
    source: str
    note: str = ""
    fitted_to: tuple[str, ...] = ()
    multiple_of: tuple[str, ...] = ()
    range_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """Why a reaction is there: claims of the reviews, outside sources (keys), and the reaction in words."""

    says: str
    claims: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Module:
    """One file of Antimony with the numbers and the evidence beside it."""

    name: str
    title: str
    summary: str
    body: str
    first_line: int
    parameters: dict[str, Parameter]
    evidence: dict[str, Evidence]

    @property
    def path(self) -> str:
        return f"networks/library/{self.name}.ant"


def package_folder(name: str) -> Traversable:
    """A data folder of this room."""
    return files("lamella.networks") / name


def read_toml(path: Traversable) -> dict:
    """A TOML file of the library, or a ModelError with its name and line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError("not valid TOML", where=str(path.name), why=str(error)) from None


@lru_cache(maxsize=1)
def sources() -> dict[str, Source]:
    """All sources by key."""
    table = read_toml(package_folder("library") / "sources.toml")
    return {key: Source(key, row["citation"], row["read"], row.get("doi")) for key, row in table.items()}


def parameter(name: str, row: dict, where: str) -> Parameter:
    """One row of a parameter table, checked for its keys, its grade and its source."""
    missing = {"value", "unit", "grade", "source"} - row.keys()
    if missing:
        raise ModelError(
            f"parameter '{name}' lacks {', '.join(sorted(missing))}",
            where=where,
            why="Every parameter carries a value, a unit, a grade and a source.",
        )
    if row["grade"] not in GRADES:
        raise ModelError(
            f"parameter '{name}' has grade '{row['grade']}'", where=where, remedy=nearest(row["grade"], GRADES)
        )
    if row["source"] not in sources():
        raise ModelError(
            f"parameter '{name}' cites '{row['source']}', which is not in sources.toml",
            where=where,
            remedy=nearest(row["source"], sources()),
        )
    return Parameter(
        name,
        float(row["value"]),
        row["unit"],
        row["grade"],
        row["source"],
        row.get("note", ""),
        tuple(row.get("fitted_to", ())),
        _as_tuple(row.get("multiple_of", ())),
        _as_tuple(row.get("range_of", ())),
    )


def _as_tuple(value: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@cache
def module(name: str) -> Module:
    """A module by name: the text between `model NAME(...)` and `end`, and its tables.

    raises  InputError: no such module; ModelError: the file breaks the library's form
    """
    folder = package_folder("library")
    text_file = folder / f"{name}.ant"
    if not text_file.is_file():
        raise InputError(f"unknown module '{name}'", remedy=nearest(name, module_names()))
    lines = text_file.read_text(encoding="utf-8").splitlines()
    starts = [i for i, line in enumerate(lines) if line.startswith("model ")]
    ends = [i for i, line in enumerate(lines) if line.rstrip() == "end"]
    if len(starts) != 1 or len(ends) != 1:
        raise ModelError("a library file holds exactly one 'model NAME(...)' and one 'end'", where=f"{name}.ant")
    table = read_toml(folder / f"{name}.toml")
    where = f"networks/library/{name}.toml"
    parameters = {key: parameter(key, row, where) for key, row in table.get("parameters", {}).items()}
    evidence = {
        key: Evidence(row["says"], tuple(row.get("claims", ())), _as_tuple(row.get("source", ())))
        for key, row in table.get("evidence", {}).items()
    }
    header = lines[starts[0]] if table.get("template") else ""
    body = "\n".join(([header] if header else []) + lines[starts[0] + 1 : ends[0]])
    return Module(name, table["title"], table["summary"], body, starts[0] + (1 if header else 2), parameters, evidence)


@lru_cache(maxsize=1)
def module_names() -> tuple[str, ...]:
    """Every module of the library."""
    return tuple(sorted(p.name[:-4] for p in package_folder("library").iterdir() if p.name.endswith(".ant")))


def where_used(name: str) -> str | None:
    """First line of the library that holds `name` as a word."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    for stem in (*COMMON_MODULES, "integrin"):
        holder = module(stem)
        for i, text in enumerate(holder.body.splitlines()):
            if word.search(text):
                return f"{holder.path}:{holder.first_line + i}"
    return None
