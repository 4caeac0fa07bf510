"""`lamella simulate`: time courses of any SBML or Antimony model, one cell or many."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lamella.errors import InputError, LamellaError, SolverError

if TYPE_CHECKING:
    import xarray as xr

    from lamella.cli.simulation_record import Settings
    from lamella.solve.request import Request


def simulate(
    model: Annotated[Path, typer.Argument(help="An SBML (.xml, .sbml) or Antimony (.ant, .txt) file, or the run.toml "
                                          "of an earlier simulation.", show_default=False)],
    span: Annotated[str | None, typer.Option("--for", metavar="TIME", show_default=False,
                                             help="End: '24 h', or a number in the model's own unit of time.")] = None,
    begin: Annotated[str | None, typer.Option("--from", metavar="TIME", show_default="0",
                                              help="First time that is kept; the model starts at 0.")] = None,
    points: Annotated[int | None, typer.Option("--points", min=2, show_default="101",
                                               help="Times, both ends among them.")] = None,
    cells: Annotated[int | None, typer.Option("--cells", min=1, show_default="1", help="Copies of the model.")] = None,
    vary: Annotated[str | None, typer.Option("--vary", metavar="SPREAD", show_default="0%",
                                             help="Log-normal spread of the parameters between cells, such as 30%; the "
                                             "first cell keeps the model's values.")] = None,
    vary_only: Annotated[list[str] | None, typer.Option(
        "--vary-only", metavar="NAME", show_default="all constant parameters above 0",
        help="A parameter or start value that varies, or a pattern such as 'k_*'; may be repeated.")] = None,
    values: Annotated[list[str] | None, typer.Option(
        "--set", metavar="NAME=VALUE", help="A parameter or start value; may be repeated.")] = None,
    show: Annotated[list[str] | None, typer.Option(
        "--show", metavar="NAME", show_default="species and rules",
        help="What to keep: a species, parameter, rule, reaction (its rate), amount:S or concentration:S, or a "
             "pattern; may be repeated.")] = None,
    stochastic: Annotated[bool, typer.Option("--stochastic", help="Count molecules: exact stochastic simulation "
                                             "(--method ssa).")] = False,
    method: Annotated[str | None, typer.Option("--method", show_default="rodas5p, or ssa with --stochastic",
                                               help="rodas5p, rodas4, ssa or tau.")] = None,
    rtol: Annotated[float | None, typer.Option("--rtol", show_default="1e-6", help="Relative tolerance.")] = None,
    atol: Annotated[float | None, typer.Option("--atol", show_default="from the size of the species",
                                               help="Absolute tolerance.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, show_default="1",
                                             help="Of the spread and of chance.")] = None,
    threads: Annotated[int | None, typer.Option("--threads", min=1, max=1024, show_default="all processors",
                                                help="Changes no result.")] = None,
    out: Annotated[Path | None, typer.Option("--out", show_default="results/NAME",
                                             help="Folder for data, plots, summary and record.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace another simulation in that folder.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print summary.json instead of a table.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")] = False,
) -> None:  # fmt: skip
    """Simulate the model in a file and write its time courses, as a table, a plot and Parquet.

    Cells that fail are reported with their number and reason; the others are written all the same (exit code 3). A run
    that is interrupted goes on when its command is repeated. DIR/run.toml reproduces the run.

    Example:  lamella simulate model.xml --for '24 h' --points 100 --cells 1000 --vary 30%

    Example:  lamella simulate model.ant --for 50 --set k1=0.3 --show ERK_PP --show 'v*' --out results/strong

    Example:  lamella simulate model.ant --for 2h --cells 100 --stochastic --seed 7
    """
    from lamella.assays.runner import default_threads
    from lamella.cli.progress import advancing
    from lamella.cli.simulation_files import UNITS, claim, notes, write
    from lamella.cli.simulation_files import show as print_table
    from lamella.cli.simulation_record import MODEL
    from lamella.provenance import text_hash
    from lamella.solve.simulation import run
    from lamella.store import json_text, write_text

    given = {
        "span": span, "begin": begin, "points": points, "cells": cells, "vary": vary,
        "vary_only": tuple(vary_only or ()) or None, "values": _pairs(values or []) or None,
        "show": tuple(show or ()) or None, "method": method or ("ssa" if stochastic else None), "rtol": rtol,
        "atol": atol, "seed": seed,
    }  # fmt: skip
    if stochastic and method in ("rodas5p", "rodas4"):
        raise InputError(f"the method '{method}' is not stochastic", where="--method",
                         remedy="Leave out --stochastic or --method.")  # fmt: skip
    request, settings = _prepared(model, {key: value for key, value in given.items() if value is not None}, quiet)
    path = out or _default_folder(model)
    model_hash = text_hash(request.text)
    folder = claim(path, settings.identity(model_hash), settings.to_toml(model_hash), overwrite)
    try:
        write_text(path / MODEL, request.text)
        with advancing(quiet=quiet) as say:
            tell = lambda share: say(f"simulating {request.title}", share) if 0 < share < 1 else None
            result = run(request, threads=threads or default_threads(), progress=tell, keep=path / UNITS)
    except LamellaError:
        (path / MODEL).unlink(missing_ok=True)
        folder.leave()
        raise
    except KeyboardInterrupt:
        if (path / UNITS).is_dir():
            print(f"interrupted. The same command goes on with what is kept in {path}.", file=sys.stderr)
        else:
            print("interrupted, before there was anything to keep.", file=sys.stderr)
            (path / MODEL).unlink(missing_ok=True)
            folder.leave()
        raise
    summary = write(path, result, shlex.join(["lamella", *sys.argv[1:]]))
    if as_json:
        sys.stdout.write(json_text(summary))
    else:
        print_table(result)
        print(f"{path / 'plot.png'}, {path / 'data.parquet'}")
    notes(result)
    _report_failures(result)


def _prepared(model: Path, given: dict[str, Any], quiet: bool) -> tuple[Request, Settings]:
    """The checked request for a model, or for the record of one, with what the command line says on top."""
    from lamella.cli.simulation_record import Settings, differences, read_record
    from lamella.provenance import text_hash
    from lamella.solve.request import prepare

    earlier, written_by = {}, {}
    if model.suffix.lower() == ".toml":
        model, recorded, written_by = read_record(model)
        earlier = recorded.model_dump()
    elif "span" not in given:
        raise InputError("it is not said how long to simulate", where="--for",
                         remedy="Write e.g. --for '24 h', or a number in the model's own unit of time.")  # fmt: skip
    if "values" in given:
        given["values"] = {**earlier.get("values", {}), **given["values"]}
    given = {**earlier, **given}
    request = prepare(model, **given)
    changed = differences(written_by, text_hash(request.text))
    if changed and not quiet:
        print(f"note: written elsewhere, so results may differ: {'; '.join(changed)}.", file=sys.stderr)
    return request, Settings(**{**given, "title": request.title})


def _default_folder(model: Path) -> Path:
    """results/NAME, named after the file; a record is simulated anew beside its folder's name."""
    name = f"{model.absolute().parent.name}-again" if model.suffix.lower() == ".toml" else model.stem
    return Path("results") / name


def _pairs(pieces: list[str]) -> dict[str, float]:
    """NAME=VALUE of --set."""
    found = {}
    for piece in pieces:
        name, equals, value = (part.strip() for part in piece.partition("="))
        try:
            found[name] = float(value)
        except ValueError:
            what = f"'{value}' is not a number" if equals else f"'{piece}' is not NAME=VALUE"
            raise InputError(what, where=f"--set {name}",
                             remedy="Write e.g. --set k1=0.3, in the measure of the model.") from None  # fmt: skip
    return found


def _report_failures(result: xr.Dataset) -> None:
    """Raise SolverError if cells have failed; everything has been written by then."""
    reasons = [(int(cell), str(reason)) for cell, reason in enumerate(result["reason"].values) if reason]
    if reasons:
        cells = result.sizes["cells"]
        first = "; ".join(f"cell {cell}: {reason}" for cell, reason in reasons[:5])
        raise SolverError(
            f"{len(reasons)} of {cells} cells could not be advanced", where=result.attrs["model"],
            why=first + ("; ..." if len(reasons) > 5 else "."),
            remedy=("The other cells are written whole, and these up to where they failed. " if len(reasons) < cells
                    else "What came before is written. ") + "Look at the parameters, or at the rates of the model.",
        )  # fmt: skip
