"""`lamella explain`: why a finding or a run comes out as it does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lamella.cli.findings import STORE, AsJson, Store
from lamella.errors import InputError

if TYPE_CHECKING:
    from lamella.verdicts import CausalPath, Route

_ENDINGS = (".html", ".svg", ".png")


def explain(target: Annotated[str, typer.Argument(metavar="FINDING|RUN", show_default=False,
                                                  help="Id of a record, or the folder of a run.")],
            cell: Annotated[str | None, typer.Option("--cell", show_default="the first that is built",
                                                     help="Cell line, of a finding with several.")] = None,
            quantity: Annotated[str | None, typer.Option("--quantity", show_default="as its [explain] says", help=(
                "Band or state to explain, of a run."))] = None,
            cells: Annotated[int, typer.Option("--cells", min=1, max=1000, help="Drawn cells per arm.")] = 8,
            out: Annotated[Path | None, typer.Option("--out", metavar="FILE", show_default="not drawn",
                                                     help="Draw it: a page (.html) or a picture (.svg, .png).")] = None,
            threads: Annotated[int | None, typer.Option("--threads", min=1, max=1024, show_default="all processors",
                                                        help="Changes no number.")] = None,
            store: Store = STORE, as_json: AsJson = False) -> None:
    """Tell through which reactions an effect goes, with the evidence of each, and draw the way.

    Every reaction is switched off in turn, in both arms, in the same cells.

    Example:  lamella explain rac1-accumulates-without-xiap-and-ciap1 --out why.html
    """
    from lamella.assays.runner import default_threads
    from lamella.findings import index
    from lamella.report import told, write_explanation
    from lamella.store import json_text

    if out is not None and out.suffix not in _ENDINGS:
        raise InputError(f"'{out.name}' names no kind of picture", where="--out",
                         remedy=f"Let it end in {', '.join(_ENDINGS)}.")
    threads = threads or default_threads()
    folder = Path(target)
    for option, given, of in (("--cell", cell, "finding"), ("--quantity", quantity, "run")):
        if given is not None and folder.is_dir() is (of == "finding"):
            raise InputError(f"{option} is for a {of}", where=option, why=f"'{target}' is none.",
                             remedy=f"Leave {option} out.")
    if folder.is_dir():
        title, verdict, paths = _of_run(folder, quantity, cells, threads)
    else:
        title, verdict, paths = _of_finding(target, cell, cells, threads, store)
    if not paths:
        raise InputError("there is no effect to explain", where=target,
                         why="No contrast moves a quantity of the network by a tenth.")
    claims = {line.id: line.says for line in index()}
    if out is not None:
        write_explanation(out, title, paths, claims)
    if as_json:
        sys.stdout.write(json_text({"target": target, "title": title, "verdict": verdict, "paths": [
            {**path.to_dict(), "route": way.to_dict()} for path, way in paths]}))
        return
    print(title)
    if verdict is not None:
        print(f"Verdict: {verdict['verdict']}. {verdict['reason']}")
    for path, way in paths:
        print(f"\n{told(path, way, claims)}")
    if out is not None:
        print(f"\nDrawn: {out}")


def _of_finding(name: str, cell: str | None, cells: int, threads: int,
                store: Path) -> tuple[str, dict[str, Any] | None, list[tuple[CausalPath, Route]]]:
    from lamella.findings import get
    from lamella.networks import Perturbations
    from lamella.verdicts import Results, route
    from lamella.verdicts import explain as paths_of

    finding = get(name)
    judged = Results(store).verdict(finding) if store.is_dir() else None
    found = []
    for path in paths_of(finding, cell=cell, cells=cells, threads=threads):
        arms = [Perturbations.model_validate(finding.arms[arm]) for arm in (path.arm, path.against)]
        found.append((path, route(path, *arms, matrix=finding.matrix, medium=finding.medium)))
    verdict = None if judged is None else {"verdict": judged.outcome.value, "reason": judged.reason}
    return finding.claim, verdict, found


def _of_run(folder: Path, quantity: str | None, cells: int,
            threads: int) -> tuple[str, None, list[tuple[CausalPath, Route]]]:
    """The effect that the run's file wants explained, or its first comparison."""
    from lamella.assays import ASSAYS
    from lamella.assays.experiment import read_experiment
    from lamella.verdicts import explain_run, route

    file = folder / "run.toml"
    if not file.is_file():
        raise InputError("the folder holds no run", where=str(folder), why="It has no run.toml.",
                         remedy="Name a folder that `lamella run` has filled.")
    experiment = read_experiment(file, ASSAYS)
    wanted = experiment.explain
    pair = wanted or (experiment.compare[0] if experiment.compare else None)
    band = quantity or (wanted.quantity if wanted else None)
    if pair is None or band is None:
        raise InputError("the run does not say what to explain", where=str(file),
                         remedy="Give --quantity, e.g. --quantity RAC1.total, and compare two arms in the file.")
    try:
        path = explain_run(experiment, pair.arm, pair.against, band, at=wanted.at if wanted else "24 h", cells=cells,
                           threads=threads)
    except InputError as error:
        raise InputError(error.what, where=error.where or str(file), why=error.why, remedy=error.remedy) from None
    arms = (experiment.arms[pair.arm], experiment.arms[pair.against])
    way = route(path, *arms, matrix=experiment.matrix, medium=experiment.medium)
    return experiment.title or folder.name, None, [(path, way)]
