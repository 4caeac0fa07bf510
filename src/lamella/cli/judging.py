"""`lamella findings check`, `score` and `diff`: what the model makes of findings, and how that changed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lamella.cli.findings import (
    STORE,
    AsJson,
    Assay,
    Cell,
    HasVerdict,
    Kind,
    Module,
    Role,
    Store,
    selected,
    stored_verdicts,
    with_verdict,
)
from lamella.errors import InputError

if TYPE_CHECKING:
    from lamella.findings import Finding
    from lamella.verdicts import Bench, Moment, Replicates, Results, Scorecard, Verdict

Threads = Annotated[int | None, typer.Option("--threads", min=1, max=1024, show_default="all processors",
                                             help="Dishes computed at a time. Changes no verdict.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed, shared by all arms.")]
Dishes = Annotated[int, typer.Option("--dishes", min=2, help="Dishes per arm before the first look.")]
Most = Annotated[int | None, typer.Option("--most", min=2, show_default="12, or as --dishes",
                                          help="Dishes per arm while a verdict is open; not below --dishes.")]


class Ensemble(StrEnum):
    """For which findings that hold an ensemble of parameters is run: of blots, of other wells as well, or of all."""

    NONE = "none"
    POPULATION = "population"
    WELLS = "wells"
    ALL = "all"


def check(names: Annotated[list[str] | None, typer.Argument(metavar="[FINDING]...", help="Ids of records or claims.",
                                                            show_default="all that pass the filters")] = None,
          cell: Cell = None, assay: Assay = None, role: Role = None, module: Module = None, kind: Kind = None,
          population: Annotated[bool, typer.Option("--population", help="Only findings that need no tissue.")] = False,
          sample: Annotated[int | None, typer.Option("--sample", min=1, metavar="N", show_default="no sample",
                                                     help="N findings that need a tissue, drawn by the seed.")] = None,
          every: Annotated[bool, typer.Option("--all", help="All findings; the same as naming none.")] = False,
          verdict: HasVerdict = None, dishes: Dishes = 4, most: Most = None,
          minutes: Annotated[float | None, typer.Option("--minutes", min=0.0, show_default="no limit",
                                                        help="Begin no dish after this time.")] = None,
          ensemble: Annotated[Ensemble, typer.Option("--ensemble", help="Whose robustness is computed, of those that "
                                                     "hold: of blots (population), of blots and other wells (some "
                                                     "minutes more), or of all (hours).")] = Ensemble.POPULATION,
          members: Annotated[int, typer.Option("--members", min=1, max=100_000,
                                               help="Members of an ensemble without a tissue.")] = 500,
          paths: Annotated[bool, typer.Option("--paths", help="Also find the reactions that carry the effects of blots "
                                              "that hold, by switching each off: some seconds per contrast.")] = False,
          seed: Seed = 1, threads: Threads = None, store: Store = STORE, as_json: AsJson = False,
          quiet: Quiet = False) -> None:
    """Run findings as experiments and judge them; ends with code 1 if one fails.

    Verdicts and dishes are kept in the store: the same command goes on where it was interrupted, and computes only what
    a change of record, network or program has made stale.

    Example:  lamella findings check --population --json
    """
    from lamella.assays import ASSAYS
    from lamella.assays.runner import default_threads
    from lamella.findings import load_all
    from lamella.verdicts import Bench, Outcome, Results
    from lamella.verdicts import check as judged

    if sum([population, sample is not None, every]) > 1:
        raise InputError("--population, --sample and --all exclude each other", where="command line",
                         remedy="Give one of them.")
    chosen = selected(load_all(), names=names, cell=cell, assay=assay, role=role, module=module, kind=kind)
    chosen = _narrowed(chosen, population, sample, seed)
    if verdict is not None:
        chosen = with_verdict(chosen, stored_verdicts(store, chosen), verdict)
    results, threads = Results(store), threads or default_threads()
    try:
        with _telling(quiet) as tell:
            verdicts = judged([finding.id for finding in chosen], seed=seed, threads=threads, store=store,
                              replicates=looks(dishes, most), minutes=minutes, progress=tell,
                              assays=ASSAYS)
            bench = Bench(ASSAYS, seed=seed, threads=threads, keep=results.dishes)
            _ensembles(verdicts, results, bench, ensemble, members, tell)
            if paths:
                _paths(verdicts, results, seed, threads, tell)
    except KeyboardInterrupt:
        print(f"interrupted. Verdicts and dishes are kept in {store}; the same command goes on from there.",
              file=sys.stderr)
        raise
    card = card_of(results, verdicts)
    results.note_score(card_of(results).counts())
    if as_json:
        from lamella.store import json_text

        sys.stdout.write(json_text(card.to_dict()))
    else:
        _print_verdicts(verdicts, len(chosen), results)
        _print_card(card)
    if any(one.outcome is Outcome.FAILS for one in verdicts):
        raise typer.Exit(1)


def score(html: Annotated[Path | None, typer.Option("--html", metavar="FILE", show_default="no page",
                                                    help="Also write the scorecard as one page.")] = None,
          history: Annotated[bool, typer.Option("--history", help="Print earlier scores instead.")] = False,
          freeze: Annotated[tuple[str, Path] | None, typer.Option(
              "--freeze", metavar="REVIEW FILE", show_default="not written", help=(
                  "Write the first check score of a review; refused until every calibrate record was judged and those "
                  "that fail say why."))] = None,
          store: Store = STORE, as_json: AsJson = False) -> None:
    """The scorecard of what the store holds: nothing is run, and nothing stale is shown.

    Example:  lamella findings score --json
    """
    from lamella.store import json_text, write_json, write_text
    from lamella.verdicts import Results, first_score

    if history and (html is not None or freeze is not None):
        raise InputError("--history prints earlier scores and writes nothing", where="command line",
                         remedy="Give --html and --freeze in a command without --history.")
    results = Results(store)
    if history:
        _print_history(results.history(), as_json)
        return
    card = card_of(results)
    if freeze is not None:
        review, target = freeze
        write_json(target, {**card.first, review: first_score(card, review)})
    if html is not None:
        from lamella.report import scorecard_page

        write_text(html, scorecard_page(card, results.history()))
    if as_json:
        sys.stdout.write(json_text(card.to_dict()))
        return
    _print_card(card)
    if html is not None:
        print(f"Page: {html}")


def diff(before: Annotated[Path, typer.Argument(help="Scorecard (JSON), or a store.", show_default=False)],
         after: Annotated[Path | None, typer.Argument(help="Scorecard (JSON), or a store.",
                                                      show_default="the present store")] = None,
         store: Store = STORE, as_json: AsJson = False) -> None:
    """What changed between two scorecards; ends with code 1 if a verdict was lost or a tolerance widened.

    Example:  lamella findings diff old.json new.json
    """
    from lamella.store import json_text
    from lamella.verdicts import compare

    found = compare(_card_table(before), _card_table(after or store))
    if as_json:
        sys.stdout.write(json_text(found.to_dict()))
    else:
        for change in found.changes:
            print(f"{'!' if change.worse else ' '} {change.kind:9} {change.where}: {change.what}")
        print(f"\nBefore: {_counts(found.before)}\nAfter:  {_counts(found.after)}")
    if found.worse:
        raise typer.Exit(1)


def looks(dishes: int, most: int | None) -> Replicates:
    """Dishes of the first look and of the last.   raises InputError: the last has fewer"""
    from lamella.verdicts import Replicates

    return Replicates(dishes, max(dishes, Replicates().most) if most is None else most)


def card_of(results: Results, verdicts: Sequence[Verdict] | None = None) -> Scorecard:
    """The scorecard of what stands in a store, or of some verdicts."""
    from lamella.findings import load_all
    from lamella.verdicts import first_check, scorecard

    every = load_all()
    shown = results.verdicts(every) if verdicts is None else verdicts
    robustness = {one.finding.id: table for one in shown if (table := results.robustness(one.finding)) is not None}
    paths = {one.finding.id: found for one in shown if (found := results.paths(one.finding)) is not None}
    return scorecard(shown, stale=results.stale(every), robustness=robustness, mutants=results.mutants(every),
                     first=first_check(), paths=paths)


def _narrowed(chosen: list[Finding], population: bool, sample: int | None, seed: int) -> list[Finding]:
    from lamella.verdicts import is_population
    from lamella.verdicts import sample as drawn

    if population:
        return [finding for finding in chosen if is_population(finding)]
    return drawn(chosen, sample, seed) if sample is not None else chosen


def _ensembles(verdicts: Sequence[Verdict], results: Results, bench: Bench, wanted: Ensemble, members: int,
               tell: Callable[[Moment], None]) -> None:
    """Robustness of the findings that hold and have none in the store."""
    from lamella.verdicts import (
        Outcome,
        in_wells,
        is_blot,
        population_robustness,
        tissue_robustness,
        well_robustness,
    )

    holds = [v.finding for v in verdicts if v.outcome is Outcome.HOLDS and not _has(results, v.finding, members)]
    blots = [finding for finding in holds if is_blot(finding)]
    further = [finding for finding in holds if not is_blot(finding)]
    wells = [finding for finding in further if in_wells(finding, bench.assays)]
    others = [finding for finding in further if finding not in wells] if wanted is Ensemble.ALL else []
    if wanted is not Ensemble.NONE and blots:
        steadily = _steadily(tell)
        found = population_robustness(blots, bench, members=members, seed=bench.seed, threads=bench.threads,
                                      tell=lambda share: steadily("ensembles", share))
        for finding in blots:
            results.keep_robustness(finding, found[finding.id].to_dict())
    if wanted in (Ensemble.WELLS, Ensemble.ALL) and wells:
        steadily = _steadily(tell)
        found = well_robustness(wells, bench, members=members, seed=bench.seed, threads=bench.threads,
                                tell=lambda share: steadily("ensembles of wells", share))
        for finding in wells:
            results.keep_robustness(finding, found[finding.id].to_dict())
    steadily = _steadily(tell)
    for number, finding in enumerate(others):
        table = tissue_robustness(finding, bench, seed=bench.seed, tell=lambda share, name=finding.id, done=number:
                                  steadily(f"ensemble of {name}", (done + share) / len(others)))
        results.keep_robustness(finding, table.to_dict())


def _paths(verdicts: Sequence[Verdict], results: Results, seed: int, threads: int,
           tell: Callable[[Moment], None]) -> None:
    """Causal paths of the findings of blots that hold and have none in the store."""
    from lamella.verdicts import PATH_CELLS, Outcome, is_blot, paths_of

    budget = {"seed": seed, "cells": PATH_CELLS}
    missing = [one.finding for one in verdicts if one.outcome is Outcome.HOLDS and is_blot(one.finding)
               and results.paths(one.finding, budget) is None]
    steadily = _steadily(tell)
    for number, finding in enumerate(missing):
        steadily("causal paths", number / len(missing))
        results.keep_paths(finding, budget, paths_of(finding, seed=seed, threads=threads))


def _steadily(tell: Callable[[Moment], None]) -> Callable[[str, float], None]:
    """Tells of work that begins now by its name and finished share, and how long the rest will take at its pace."""
    from lamella.verdicts import Moment, Steady

    pace = Steady()
    return lambda what, share: tell(Moment(what, share, pace.left(share)))


def _has(results: Results, finding: Finding, members: int) -> bool:
    from lamella.assays import ASSAYS
    from lamella.verdicts import by_means, in_wells, is_blot

    table = results.robustness(finding)
    one_cell_each = is_blot(finding) or (in_wells(finding, ASSAYS) and by_means(finding, ASSAYS))
    return table is not None and (not one_cell_each or table["of"] == members)


@contextmanager
def _telling(quiet: bool) -> Iterator[Callable[[Moment], None]]:
    """Progress of a check, with the time that is left."""
    from lamella.cli.progress import advancing
    from lamella.verdicts import spoken

    with advancing(quiet=quiet) as tell:
        def moment(now: Moment) -> None:
            left = ""
            if now.left is not None and now.share < 1.0:
                more = "" if now.at_most is None else " in this round"
                if now.at_most is not None and now.at_most > now.left:
                    more += f", at most {spoken(now.at_most)}"
                left = f"{spoken(now.left)} left{more}"
            tell(now.finding, now.share, left)

        yield moment


def _print_verdicts(verdicts: Sequence[Verdict], asked: int, results: Results) -> None:
    for one in verdicts:
        print(f"{one.outcome.value:15} {one.finding.id}\n{'':15} {one.reason}")
        if one.lacks:
            print(f"{'':15} {' '.join(one.lacks.split())}")
        table = results.robustness(one.finding)
        if table is not None:
            print(f"{'':15} Stands in {table['stands']} of {table['of']} members of its ensemble "
                  f"({100 * table['low']:.0f} to {100 * table['high']:.0f} %)"
                  + (f"; in {living['stands']} of the {living['of']} whose untreated cells live."
                     if (living := table.get("living")) else "."))
        for way in results.paths(one.finding) or ():
            through = ", ".join(f"{row['id']} ({100 * row['share_lost']:.0f} %)" for row in way["reactions"])
            print(f"{'':15} {way['quantity']}, {way['contrast']['arm']} against {way['contrast']['against']}: "
                  f"{way['effect']:.2f}-fold through {through or 'no single reaction'}.")
        if not one.settled:
            print(f"{'':15} Not settled: time was up while an interval straddled its line.")
    if len(verdicts) < asked:
        print(f"\n{asked - len(verdicts)} findings were not looked at: time was up. The same command goes on.")


def _print_card(card: Scorecard) -> None:
    from rich.console import Console

    from lamella.verdicts import score_table

    Console().print("", score_table(card))
    for line in card.notes():
        print(line)


def _print_history(rows: Sequence[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        from lamella.store import json_text

        sys.stdout.write(json_text({"history": list(rows)}))
        return
    for row in rows:
        print(f"{row.get('date', '')}  {row.get('version', '')} {row.get('program', '')}  all: {_counts(row['all'])}; "
              f"check: {_counts(row['check'])}")
    if not rows:
        print("No score has been noted yet; `lamella findings check` notes one.")


def _counts(totals: Any) -> str:
    names = ("holds", "fails", "not_applicable", "open")
    return ", ".join(f"{totals.get(name, 0)} {name.replace('_', ' ')}" for name in names) + f" of {totals.get('of', 0)}"


def _card_table(path: Path) -> dict[str, Any]:
    """A scorecard from a file, or that of a store.   raises InputError: neither"""
    from lamella.verdicts import Results

    if path.is_dir():
        from lamella.store import json_text

        results = Results(path)
        if not results.is_store():
            raise InputError("the folder is no store", where=str(path), why="No check has kept a verdict there.",
                             remedy="Name the folder that `lamella findings check --store DIR` has filled.")
        return json.loads(json_text(card_of(results).to_dict()))
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        why = "It is nested too deeply" if isinstance(error, RecursionError) else error
        raise InputError("the scorecard cannot be read", where=str(path), why=f"{why}.",
                         remedy="Write one with: lamella findings score --json > FILE") from None
    if not isinstance(table, dict):
        raise InputError("the file is no scorecard", where=str(path),
                         remedy="Write one with: lamella findings score --json > FILE")
    return table
