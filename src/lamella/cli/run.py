"""`lamella run` and `lamella assay`: an experiment from its file, or from the command line, into a folder."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from fnmatch import filter as filter_names
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lamella.errors import InputError, unknown

if TYPE_CHECKING:
    import xarray as xr

    from lamella.assays.archive import Outcome
    from lamella.assays.experiment import Experiment
    from lamella.assays.runner import Unit
    from lamella.cli.progress import Watch

Out = Annotated[Path | None, typer.Option("--out", show_default="results/NAME",
                                          help="Folder for the results: new, empty, or of the same experiment.")]
Threads = Annotated[int | None, typer.Option("--threads", min=1, max=1024, show_default="all processors",
                                             help="Dishes computed at a time. Changes no result.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")]
Without = Annotated[list[str] | None, typer.Option("--without", metavar="REACTION",
                                                   help="Delete this reaction from the network; may be repeated.")]
FrontRear = Annotated[bool, typer.Option("--front-equals-rear",
                                         help="Give the network the mean of its front and rear inputs.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]


def run(file: Annotated[Path, typer.Argument(help="Experiment file (TOML).", show_default=False)],
        out: Out = None, threads: Threads = None, as_json: AsJson = False, without: Without = None,
        replicates: Annotated[int | None, typer.Option("--replicates", min=1, max=10_000, show_default="as in the file",
                                                       help="Dishes per arm.")] = None,
        front_equals_rear: FrontRear = False, quiet: Quiet = False) -> None:
    """Run the experiment in FILE and write report, data and run.toml into a folder.

    Repeating the command after an interruption goes on where it stopped. DIR/run.toml reproduces the run bit for bit.

    Example:  lamella run examples/xiap_scratch.toml --out results/xiap
    """
    from lamella.assays import ASSAYS
    from lamella.assays.experiment import read_experiment

    experiment = read_experiment(file, ASSAYS)
    experiment = replace(
        experiment, without=tuple(dict.fromkeys((*experiment.without, *(without or ())))),
        replicates=replicates or experiment.replicates,
        front_equals_rear=front_equals_rear or experiment.front_equals_rear)
    _execute(experiment, out or _default_folder(file), threads, as_json, quiet)


def assay(name: Annotated[str, typer.Argument(help="Name of the assay; `lamella list assays`.",
                                              show_default=False)],
          cell: Annotated[str, typer.Option("--cell", help="Cell line; `lamella list cells`.",
                                             show_default=False)],
          arm: Annotated[list[str], typer.Option(
              "--arm", metavar="ARM", show_default=False,
              help="'NAME: KIND ITEM=VALUE, ...; KIND ...'; may be repeated. The first is the control.")],
          conditions: Annotated[list[str] | None, typer.Option(
              "--set", metavar="KEY=VALUE", help="A condition of the assay; may be repeated.")] = None,
          matrix: Annotated[list[str] | None, typer.Option("--matrix", metavar="LIGAND=COATING",
                                                           help="Coating; may be repeated.")] = None,
          medium: Annotated[list[str] | None, typer.Option("--medium", metavar="FACTOR=DOSE",
                                                           help="Soluble factor; may be repeated.")] = None,
          replicates: Annotated[int, typer.Option("--replicates", min=1, max=10_000, help="Dishes per arm.")] = 3,
          seed: Annotated[int, typer.Option("--seed", min=0, help="Seed, shared by all arms.")] = 1,
          out: Out = None, threads: Threads = None, as_json: AsJson = False, without: Without = None,
          front_equals_rear: FrontRear = False, quiet: Quiet = False) -> None:
    """Run one assay on arms given on the command line.

    Example:  lamella assay immunoblot --cell HeLa --matrix 'fibronectin=10 ug/ml' --arm control
    --arm 'knockdown: knockdown XIAP=0.9, BIRC2=0.9; inhibitor "EHT 1864"=10 uM' --out results/blot
    """
    from lamella.assays import ASSAYS
    from lamella.assays.arms import number_or_text, parse_arm, parse_pairs
    from lamella.assays.experiment import build_experiment
    from lamella.assays.reading import Source

    arms: dict[str, object] = {}
    for text in arm:
        label, table = parse_arm(text)
        if label in arms:
            raise InputError(f"arm '{label}' is given twice", where="--arm", remedy="Give every arm its own name.")
        arms[label] = table
    chosen = {key: number_or_text(value) for key, value in parse_pairs(conditions or [], "--set").items()}
    content = {"title": f"{name} on {cell}", "cell": cell, "seed": seed, "replicates": replicates,
               "without": list(dict.fromkeys(without or ())), "front_equals_rear": front_equals_rear,
               "matrix": parse_pairs(matrix or [], "--matrix"), "medium": parse_pairs(medium or [], "--medium"),
               "arms": arms, "assays": {name: chosen}}
    experiment = build_experiment(content, ASSAYS, Source())
    _execute(experiment, out or Path("results") / f"{name}-{experiment.hash()[:8]}", threads, as_json, quiet)


def _default_folder(file: Path) -> Path:
    """results/NAME, named after the file; the run.toml of a folder goes beside nothing that it could overwrite."""
    return Path("results") / (f"{file.absolute().parent.name}-again" if file.stem == "run" else file.stem)


def _execute(experiment: Experiment, out: Path, threads: int | None, as_json: bool, quiet: bool) -> None:
    """Run, report, print. Everything that can be refused is refused before the folder is touched."""
    started = time.perf_counter()
    from lamella.assays import ASSAYS
    from lamella.assays.archive import differences, run_experiment
    from lamella.assays.runner import default_threads, units
    from lamella.cli.progress import watching
    from lamella.networks import assemble
    from lamella.report import write_movies, write_report
    from lamella.store import json_text, write_json

    for network in map(assemble, experiment.cells()):
        for reaction in experiment.without:
            if not filter_names(network.evidence, reaction):
                raise unknown("reaction", reaction, network.evidence, "without")
    digest = experiment.network_hash()
    changed = differences(experiment, digest)
    if changed and not quiet:
        print(f"note: written elsewhere, so results may differ: {'; '.join(changed)}.", file=sys.stderr)
    threads = threads or default_threads()
    causal = _traced(experiment, threads)
    try:
        with watching(len(units(experiment)), quiet=quiet) as watch:
            outcome = run_experiment(experiment, ASSAYS, network_hash=digest, out=out,
                                     threads=threads, on_unit=_Preview(experiment, out, watch),
                                     on_progress=watch.progress)
    except KeyboardInterrupt:
        print(f"interrupted. Finished dishes are kept in {out}; the same command goes on from there.", file=sys.stderr)
        raise
    report = write_report(out, experiment, outcome.results.datasets, outcome.results.tracks, outcome.comparisons,
                          outcome.provenance(), causal)
    write_movies(out, outcome.results.datasets)
    outcome = replace(outcome, wall_s=time.perf_counter() - started)
    table = {**outcome.table(), "causal": causal}
    write_json(out / "summary.json", table)
    if as_json:
        sys.stdout.write(json_text(table))
    else:
        _print_effects(outcome, report)


def _traced(experiment: Experiment, threads: int) -> dict[str, object] | None:
    """The reactions that carry the effect that the experiment wants explained; None where it names none.

    An effect that is not there is carried by nothing, and one in a network with reactions deleted, or with its front
    equal to its rear, is not traced.
    """
    wanted = experiment.explain
    if wanted is None or experiment.without or experiment.front_equals_rear:
        return None
    from lamella.verdicts import explain_run

    try:
        path = explain_run(experiment, wanted.arm, wanted.against, wanted.quantity, at=wanted.at, threads=threads)
    except InputError as error:
        if error.where == f"{wanted.arm} against {wanted.against}":
            return None
        raise InputError(error.what, where="explain.quantity", why=error.why, remedy=error.remedy) from None
    return path.to_dict()


class _Preview:
    """Shows the first dish of every arm as soon as all arms have one."""

    def __init__(self, experiment: Experiment, out: Path, watch: Watch):
        self._experiment, self._out, self._watch = experiment, out, watch
        self._first: dict[str, dict[str, xr.Dataset]] = {}

    def __call__(self, unit: Unit, dataset: xr.Dataset) -> None:
        from lamella.report import write_preview

        self._watch.finished(unit)
        if unit.replicate != 0 or "labels" not in dataset:
            return
        dishes = self._first.setdefault(unit.assay, {})
        dishes[unit.arm] = dataset
        if len(dishes) == len(self._experiment.arms):
            in_order = {arm: dishes[arm] for arm in self._experiment.arms}
            write_preview(self._out, self._experiment, unit.assay, in_order)
            del self._first[unit.assay]


_SHOWN = 8
"""Read-outs printed per comparison; the report and summary.json have all."""


def _print_effects(outcome: Outcome, report: Path) -> None:
    """The comparisons with their first ratios, for people."""
    if outcome.experiment.title:
        print(f"{outcome.experiment.title}\n")
    for (arm, against), rows in groupby(outcome.comparisons, key=lambda row: (row["arm"], row["against"])):
        print(f"{arm} over {against}")
        every = list(rows)
        for row in every[:_SHOWN]:
            known = row["low"] == row["low"]  # NaN where there is no interval
            interval = f"{row['low']:.3g} to {row['high']:.3g}" if known else row["reason"]
            print(f"  {row['readout']:24} {row['effect']:8.3g}  ({interval})")
        if len(every) > _SHOWN:
            print(f"  and {len(every) - _SHOWN} more in summary.json")
    if outcome.comparisons:
        print("Ratios over dishes, with 95 % intervals.\n")
    results = outcome.results
    print(f"{results.computed} dishes computed, {results.kept} kept from before, {outcome.wall_s:.0f} s.")
    print(f"Report: {report}")
