"""`lamella model`: what the network of a cell line is made of, whether it is in order, its text for others."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lamella.networks import Network

app = typer.Typer(no_args_is_help=True,
                  help="The network: what is in it and why.\n\nExample:  lamella model show --cell HeLa")

Cell = Annotated[str, typer.Option("--cell", help="Cell line.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


class Format(StrEnum):
    """What `export` can write."""

    SBML = "sbml"
    ANTIMONY = "antimony"


@app.command()
def show(name: Annotated[str | None, typer.Argument(help="A reaction or parameter.", show_default="everything")] = None,
         cell: Cell = "HeLa", as_json: AsJson = False) -> None:
    """List reactions with their evidence and parameters with their provenance, or one of them whole.

    Example:  lamella model show --cell HeLa --json
    """
    from lamella.errors import unknown
    from lamella.networks import assemble
    from lamella.store import json_text

    network = assemble(cell)
    content = _content(network)
    if name is not None:
        found = {kind: rows[name] for kind, rows in content.items() if isinstance(rows, dict) and name in rows}
        if not found:
            raise unknown("reaction or parameter", name, {*network.evidence, *network.parameters}, f"network of {cell}")
        content = {"cell": network.cell.name, "name": name, **found}
    if as_json:
        sys.stdout.write(json_text(content))
    elif name is not None:
        _print_one(content)
    else:
        _print_all(network)


@app.command()
def lint(file: Annotated[Path | None, typer.Argument(help="An Antimony or SBML file of your own.",
                                                     show_default="the library")] = None,
         as_json: AsJson = False) -> None:
    """Check that every reaction has evidence, every parameter its provenance, and that units balance.

    With FILE, an Antimony (.ant) or SBML (.xml) model of your own is checked instead: syntax, undefined parameters,
    units, and that the engine can run it. A FILE that is refused ends with code 2, a problem in the library with 1.

    Example:  lamella model lint
    """
    if file is None:
        _lint_library(as_json)
        return
    from lamella.networks import read_model_text
    from lamella.reactions import read_sbml
    from lamella.store import json_text

    model = read_sbml(read_model_text(file), name=str(file))
    counts = {"species": len(model.species), "parameters": len(model.parameters), "reactions": len(model.reactions)}
    if as_json:
        sys.stdout.write(json_text({"file": str(file), "problems": [], **counts}))
    else:
        print(f"{file} is in order: {', '.join(f'{count} {kind}' for kind, count in counts.items())}.")


def _lint_library(as_json: bool) -> None:
    from lamella.networks import lint_library
    from lamella.store import json_text

    found = lint_library()
    if as_json:
        sys.stdout.write(json_text({"problems": [asdict(problem) for problem in found.problems], "grades": found.grades,
                                    "assumed_share": found.assumed_share}))
    else:
        for problem in found.problems:
            print(f"{problem.where}: {problem.what}\n  {problem.rule}")
        grades = ", ".join(f"{count} {grade}" for grade, count in sorted(found.grades.items()))
        print(f"{len(found.problems) or 'No'} problem{'s' * (len(found.problems) != 1)}. Parameters: {grades}.")
    if found.problems:
        raise typer.Exit(1)


@app.command()
def export(file: Annotated[Path | None, typer.Argument(help="An Antimony or SBML file of your own.",
                                                       show_default="the network of --cell")] = None,
           cell: Cell = "HeLa", form: Annotated[Format, typer.Option("--format", help="Language.")] = Format.SBML,
           out: Annotated[Path | None, typer.Option("--out", help="File to write.",
                                                    show_default="standard output")] = None) -> None:
    """Write the network of a cell line, or a model of your own, as SBML Level 3 or as Antimony, with its annotations.

    Example:  lamella model export --cell HeLa --format sbml --out hela.xml
    """
    from lamella.errors import InputError
    from lamella.store import write_text

    text = _text_of_cell(cell, form) if file is None else _text_of_file(file, form)
    if out is None:
        sys.stdout.write(text)
        return
    try:
        if out.is_dir():
            raise IsADirectoryError(21, "It is a folder")
        write_text(out, text)
    except OSError as error:
        raise InputError("the file cannot be written", where=str(out), why=f"{error.strerror or error}.",
                         remedy="Choose another file with --out FILE.") from None


def _text_of_cell(cell: str, form: Format) -> str:
    from lamella.networks import assemble

    network = assemble(cell)
    return network.sbml if form is Format.SBML else network.text


def _text_of_file(file: Path, form: Format) -> str:
    from lamella.networks import from_sbml, sbml_of_file
    from lamella.reactions import compile_program, read_sbml, write_sbml

    sbml = write_sbml(compile_program(read_sbml(sbml_of_file(file), name=str(file))))
    return sbml if form is Format.SBML else from_sbml(sbml)


def _content(network: Network) -> dict[str, object]:
    """A network as plain values."""
    return {
        "cell": network.cell.name, "title": network.cell.title, "hash": network.digest,
        "reactions": {name: {"module": network.modules[name], **asdict(evidence)}
                      for name, evidence in network.evidence.items()},
        "parameters": {name: asdict(parameter) for name, parameter in network.parameters.items()},
        "inputs": list(network.inputs)}


def _print_one(content: dict[str, object]) -> None:
    for kind, row in content.items():
        if isinstance(row, dict):
            print(f"{kind.removesuffix('s')} {content['name']} ({content['cell']})")
            for key, value in row.items():
                if value not in ("", None, (), []):
                    print(f"  {key:12} {', '.join(map(str, value)) if isinstance(value, (list, tuple)) else value}")


def _print_all(network: Network) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    reactions = Table(title=f"{network.cell.title}: {len(network.evidence)} reactions")
    for column in ("reaction", "module", "says", "claims and sources"):
        reactions.add_column(column, overflow="fold")
    for name, evidence in network.evidence.items():
        reactions.add_row(name, network.modules[name], escape(evidence.says),
                          ", ".join((*evidence.claims, *evidence.sources)))
    parameters = Table(title=f"{len(network.parameters)} parameters")
    for column in ("parameter", "value", "unit", "grade", "source"):
        parameters.add_column(column, overflow="fold")
    for name, parameter in network.parameters.items():
        parameters.add_row(name, f"{parameter.value:g}", parameter.unit, parameter.grade, parameter.source)
    console = Console()
    console.print(reactions)
    console.print(parameters)
