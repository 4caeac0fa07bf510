"""What a simulation leaves in its folder, and what it prints."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lamella.cli.simulation_record import MODEL, is_record
from lamella.errors import InputError
from lamella.provenance import data_hash
from lamella.solve.simulation import result_names
from lamella.store import MARK, Folder, write_json, write_parquet, write_parquet_parts

if TYPE_CHECKING:
    import xarray as xr

UNITS = "units"
_FILES = ("data.parquet", "cells.parquet", "plot.png", "plot.svg", "summary.json", MODEL, MARK, UNITS)
_CELLS_AT_A_TIME = 256
_ROWS = 11
_NARROWEST, _GAP, _FIRST = 9, 3, 19
"""Characters: of a column, between columns, and of the column of times."""

NOTICED = 1000.0
"""Absolute tolerances below zero at which an amount is worth a word."""


def claim(path: Path, identity: str, text: str, overwrite: bool) -> Folder:
    """The folder of a simulation: new, empty, of the same simulation, or of another that may be overwritten.

    identity   line that stands in the record of this simulation and of no other
    text       that record
    errors     InputError
    """
    folder, mark = Folder(path), path / MARK
    if mark.is_file() and is_record(mark):
        same = identity in mark.read_text(encoding="utf-8", errors="replace").splitlines()
        if not same and not overwrite:
            raise InputError("the output folder holds another simulation", where=str(path),
                             remedy="Choose another folder with --out DIR, or add --overwrite.")  # fmt: skip
        if not same:
            foreign = sorted({entry.name for entry in path.iterdir()} - set(_FILES))
            if foreign:
                raise InputError(f"the output folder holds '{foreign[0]}' besides a simulation", where=str(path),
                                 why="Only files of a simulation are overwritten.",
                                 remedy="Choose another folder with --out DIR.")  # fmt: skip
            _remove(path)
    folder.claim(identity, text)
    return folder


def _remove(path: Path) -> None:
    """Take away an earlier simulation, its record last."""
    for name in (*(name for name in _FILES if name != MARK), MARK):
        if (path / name).is_dir():
            shutil.rmtree(path / name)
        else:
            (path / name).unlink(missing_ok=True)


def write(path: Path, result: xr.Dataset, command: str) -> dict[str, object]:
    """Data, plots and summary; finished pieces go. Returns the summary."""
    from lamella.report.time_courses import write_time_courses

    write_parquet_parts(path / "data.parquet", _rows(result))
    write_parquet(path / "cells.parquet", _cells(result))
    drawn = write_time_courses(path, result)
    summary = _summary(result, drawn, command)
    write_json(path / "summary.json", summary)
    shutil.rmtree(path / UNITS, ignore_errors=True)
    return summary


def courses(result: xr.Dataset) -> list[str]:
    """The variables over time and cells."""
    return [str(name) for name in result.data_vars if result[name].dims == ("times", "cells")]


def _rows(result: xr.Dataset):
    """Tables of some cells each: one row per cell and time, one column per quantity."""
    names = result_names(courses(result), ("cell", "time"))
    times, cells = result["times"].values, result["cells"].values
    for first in range(0, len(cells), _CELLS_AT_A_TIME):
        part = slice(first, first + _CELLS_AT_A_TIME)
        count = len(cells[part])
        columns = {"cell": np.repeat(cells[part], len(times)), "time": np.tile(times, count)}
        columns |= {new: result[old].values[:, part].T.ravel() for old, new in names.items()}
        yield pd.DataFrame(columns)


def _cells(result: xr.Dataset) -> pd.DataFrame:
    """One row per cell: how it fared, and the values in which it differs."""
    table = {"cell": result["cells"].values, "status": result["status"].values, "reason": result["reason"].values,
             "below_zero": result["below_zero"].values}  # fmt: skip
    if "varied" in result:
        varied = list(map(str, result["parameters"].values))
        for k, name in enumerate(result_names(varied, tuple(table)).values()):
            table[name] = result["varied"].values[:, k]
    return pd.DataFrame(table)


def _summary(result: xr.Dataset, drawn: tuple[str, ...], command: str) -> dict[str, object]:
    healthy = result["status"].values == 0
    ends = {}
    for name in courses(result):
        low, middle, high = _band(result[name].values[-1][healthy])
        ends[name] = {"median": middle, "low": low, "high": high, "unit": result[name].attrs["units"]}
    attrs = {str(key): value for key, value in result.attrs.items()}
    return {
        "kind": "simulation",
        "command": command,
        **{key: attrs[key] for key in ("model", "method", "rtol", "seed")},
        "cells": int(healthy.size),
        "times": {"first": float(result["times"][0]), "last": float(result["times"][-1]),
                  "points": result.sizes["times"], "unit": result["times"].attrs["units"]},
        "at_the_end": ends,
        "failed": {int(cell): str(result["reason"].values[cell]) for cell in np.flatnonzero(~healthy)},
        "below_zero": {int(cell): float(result["below_zero"].values[cell])
                       for cell in np.flatnonzero(result["below_zero"].values > NOTICED)},
        "drawn": list(drawn),
        "hashes": {"model": attrs["model_hash"], "data": data_hash({"simulation": result}, {})},
        "versions": {k.removeprefix("version_"): v for k, v in attrs.items() if k.startswith("version_")},
    }  # fmt: skip


def _band(values: np.ndarray) -> tuple[float, float, float]:
    """5 %, median and 95 % of the cells."""
    values = values[~np.isnan(values)]
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95)) if values.size else (np.nan,) * 3
    return float(low), float(middle), float(high)


def show(result: xr.Dataset) -> None:
    """A table for people: some times, as many quantities as the terminal is wide, medians of cells."""
    from lamella.report.time_courses import chosen

    console = Console()
    every, cells = len(courses(result)), result.sizes["cells"]
    names = _fitting(result, chosen(result), console.width)
    rows = np.unique(np.linspace(0, result.sizes["times"] - 1, _ROWS).round().astype(int))
    shown = f"{len(names)} of {every} quantities" if every > len(names) else "all quantities"
    print(f"{result.attrs['model']}: {shown}" + (f", medians of {cells} cells" if cells > 1 else ""))
    table, unit = Table(), result["times"].attrs["units"]
    table.add_column(f"time ({unit})" if unit else "time", justify="right")
    for name in names:
        table.add_column(escape(_heading(result, name)), justify="right", min_width=_NARROWEST)
    bands = {name: [_band(result[name].values[row]) for row in rows] for name in names}
    for number, row in enumerate(rows):
        table.add_row(f"{result['times'].values[row]:.5g}", *(f"{bands[name][number][1]:.4g}" for name in names),
                      end_section=row == rows[-1] and cells > 1)  # fmt: skip
    if cells > 1:
        for place, label in ((0, "5 % at the end"), (2, "95 % at the end")):
            table.add_row(label, *(f"{bands[name][-1][place]:.4g}" for name in names))
    console.print(table)


def _heading(result: xr.Dataset, name: str) -> str:
    unit = result[name].attrs["units"]
    return f"{name} ({unit})" if unit else name


def _fitting(result: xr.Dataset, names: tuple[str, ...], width: int) -> list[str]:
    """As many of the names as a terminal of some width has room for, one at least."""
    room, kept = width - _FIRST, []
    for name in names:
        room -= max(_NARROWEST, len(_heading(result, name))) + _GAP
        if room < 0 and kept:
            break
        kept.append(name)
    return kept


def notes(result: xr.Dataset) -> None:
    """What a user should know about the result, on stderr."""
    if result.attrs["took_seconds"]:
        print("note: the model does not state its unit of time; it is taken to count seconds.", file=sys.stderr)
    low = int((result["below_zero"].values > NOTICED).sum())
    if low:
        print(f"note: in {low} of {result.sizes['cells']} cells an amount has fallen below 0: a law consumes what is "
              "not there.", file=sys.stderr)  # fmt: skip
