"""`lamella simulate`: time courses of any SBML or Antimony model, one cell or many."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lamella.errors import InputError, SolverError

if TYPE_CHECKING:
    import xarray as xr

_ROWS, _COLUMNS = 11, 5
_NOTICED = 1000.0
"""Absolute tolerances below zero at which an amount is worth a word."""


def simulate(
    model: Annotated[Path, typer.Argument(help="An SBML (.xml, .sbml) or Antimony (.ant) file.", show_default=False)],
    span: Annotated[str, typer.Option("--for", metavar="TIME", show_default=False,
                                      help="End: '24 h', or a number in the model's own unit of time.")],
    begin: Annotated[str, typer.Option("--from", metavar="TIME", help="First time that is kept.")] = "0",
    points: Annotated[int, typer.Option("--points", min=2, help="Times, both ends among them.")] = 101,
    cells: Annotated[int, typer.Option("--cells", min=1, help="Copies of the model.")] = 1,
    vary: Annotated[str, typer.Option("--vary", metavar="SPREAD", help="Log-normal spread of the parameters between "
                                      "cells, such as 30%; the first cell keeps the model's values.")] = "0%",
    vary_only: Annotated[list[str] | None, typer.Option(
        "--vary-only", metavar="NAME", show_default="all constant parameters above 0",
        help="A parameter or start amount that varies; may be repeated.")] = None,
    values: Annotated[list[str] | None, typer.Option(
        "--set", metavar="NAME=VALUE", help="A parameter or start amount; may be repeated.")] = None,
    show: Annotated[list[str] | None, typer.Option(
        "--show", metavar="NAME", show_default="species and rules",
        help="What to keep: a species, parameter, rule, reaction (its rate), amount:S or concentration:S; may be "
             "repeated.")] = None,
    stochastic: Annotated[bool, typer.Option("--stochastic", help="Count molecules: exact stochastic simulation "
                                             "(--method ssa).")] = False,
    method: Annotated[str | None, typer.Option("--method", show_default="rodas5p, or ssa with --stochastic",
                                               help="rodas5p, rodas4, ssa or tau.")] = None,
    rtol: Annotated[float, typer.Option("--rtol", help="Relative tolerance.")] = 1e-6,
    atol: Annotated[float | None, typer.Option("--atol", show_default="from the size of the species",
                                               help="Absolute tolerance.")] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the spread and of chance.")] = 1,
    threads: Annotated[int | None, typer.Option("--threads", min=1, max=1024, show_default="all processors",
                                                help="Changes no result.")] = None,
    out: Annotated[Path | None, typer.Option("--out", show_default="results/NAME",
                                             help="Folder for data.parquet, plot.png and summary.json.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print summary.json instead of a table.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")] = False,
) -> None:  # fmt: skip
    """Simulate the model in a file and write its time courses, as a table, a plot and Parquet.

    Cells that fail are reported with their number and reason; the others are written all the same (exit code 3).

    Example:  lamella simulate model.xml --for '24 h' --points 100 --cells 1000 --vary 30%
    """
    from lamella.assays.arms import parse_pairs
    from lamella.assays.runner import default_threads
    from lamella.cli.progress import advancing
    from lamella.report.time_courses import write_time_courses
    from lamella.solve import simulate as run
    from lamella.store import json_text, write_json, write_parquet
    from lamella.units import quantity

    folder = out or Path("results") / model.stem
    _refuse_foreign(folder)
    given = {key: _number(key, value) for key, value in parse_pairs(values or [], "--set").items()}
    with advancing(quiet=quiet) as say:
        result = run(
            model, span, begin=begin, points=points, cells=cells, seed=seed, rtol=rtol, atol=atol, values=given,
            vary=quantity(vary, "dimensionless", where="--vary", minimum=0.0), vary_only=tuple(vary_only or ()),
            show=tuple(show or ()), method=method or ("ssa" if stochastic else "rodas5p"),
            threads=threads or default_threads(), progress=lambda share: say("simulating", share),
        )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    write_parquet(folder / "data.parquet", _wide(result))
    drawn = write_time_courses(folder / "plot.png", result)
    summary = _summary(result, drawn)
    write_json(folder / "summary.json", summary)
    if as_json:
        sys.stdout.write(json_text(summary))
    else:
        _print(result)
        print(f"{folder / 'plot.png'}, {folder / 'data.parquet'}")
    _report_failures(result)


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"'{text}' is not a number", where=f"--set {name}") from None


def _refuse_foreign(folder: Path) -> None:
    """A folder may be new, empty, or that of an earlier simulation."""
    import json

    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        if json.loads((folder / "summary.json").read_text(encoding="utf-8")).get("kind") == "simulation":
            return
    except (OSError, ValueError, AttributeError):
        pass
    raise InputError("the folder holds something else", where=str(folder), remedy="Choose another with --out DIR.")


def _wide(result: xr.Dataset):
    """One row per cell and time, one column per quantity."""
    names = [name for name in result.data_vars if result[name].dims == ("times", "cells")]
    table = result[names].transpose("cells", "times").to_dataframe(dim_order=["cells", "times"]).reset_index()
    return table.rename(columns={"cells": "cell", "times": "time"})


def _summary(result: xr.Dataset, drawn: tuple[str, ...]) -> dict[str, object]:
    import numpy as np

    status = result["status"].values
    failed = np.flatnonzero(status != 0)
    ends = {}
    for name in result.data_vars:
        if result[name].dims == ("times", "cells"):
            last = result[name].values[-1][status == 0]
            low, middle, high = np.quantile(last, (0.05, 0.5, 0.95)) if last.size else (np.nan,) * 3
            ends[str(name)] = {"median": float(middle), "low": float(low), "high": float(high),
                               "unit": result[name].attrs["units"]}  # fmt: skip
    return {
        "kind": "simulation",
        "command": shlex.join(["lamella", *sys.argv[1:]]),
        **{key: value for key, value in result.attrs.items() if not key.startswith("version_")},
        "versions": {k.removeprefix("version_"): v for k, v in result.attrs.items() if k.startswith("version_")},
        "cells": int(status.size),
        "times": {"first": float(result["times"][0]), "last": float(result["times"][-1]),
                  "points": result.sizes["times"], "unit": result["times"].attrs["units"]},
        "at_the_end": ends,
        "failed": {int(cell): str(result["reason"].values[cell]) for cell in failed},
        "below_zero": {int(cell): float(result["below_zero"].values[cell])
                       for cell in np.flatnonzero(result["below_zero"].values > _NOTICED)},
        "drawn": list(drawn),
    }  # fmt: skip


def _print(result: xr.Dataset) -> None:
    import numpy as np
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from lamella.report.time_courses import chosen

    names = chosen(result)[:_COLUMNS]
    rows = np.unique(np.linspace(0, result.sizes["times"] - 1, _ROWS).round().astype(int))
    cells = result.sizes["cells"]
    every = sum(result[name].dims == ("times", "cells") for name in result.data_vars)
    shown = f"{len(names)} of {every} quantities" if every > len(names) else f"{every} quantities"
    print(f"{result.attrs['model']}: {shown}" + (f", medians of {cells} cells" if cells > 1 else ""))
    table = Table()
    unit = result["times"].attrs["units"]
    table.add_column(f"time ({unit})", justify="right")
    for name in names:
        table.add_column(escape(name), justify="right", min_width=9)
    middles = {name: result[name].median("cells").values for name in names}
    for row in rows:
        table.add_row(f"{result['times'].values[row]:g}", *(f"{middles[name][row]:.4g}" for name in names))
    Console().print(table)
    if not result.attrs["time_unit_stated"]:
        print("The model does not state its unit of time; seconds are assumed.", file=sys.stderr)


def _report_failures(result: xr.Dataset) -> None:
    """Raise SolverError if cells have failed; everything has been written by then."""
    low = int((result["below_zero"].values > _NOTICED).sum())
    if low:
        print(f"note: in {low} of {result.sizes['cells']} cells an amount has fallen below 0: a law consumes what is "
              "not there.", file=sys.stderr)
    reasons = [(int(cell), str(reason)) for cell, reason in enumerate(result["reason"].values) if reason]
    if reasons:
        first = "; ".join(f"cell {cell}: {reason}" for cell, reason in reasons[:5])
        raise SolverError(
            f"{len(reasons)} of {result.sizes['cells']} cells could not be advanced", where=result.attrs["model"],
            why=first + ("; ..." if len(reasons) > 5 else "."),
            remedy="The other cells are written. Look at the parameters of these, or at the rates of the model.",
        )  # fmt: skip
