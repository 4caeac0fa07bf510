"""`lamella findings mutate`: what breaks where a reaction, or a whole part of the biology, is gone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
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
from lamella.cli.judging import Quiet, Seed, Threads
from lamella.errors import InputError

if TYPE_CHECKING:
    from lamella.cli.progress import Tell
    from lamella.findings import Finding
    from lamella.verdicts import Bench


def mutate(cell: Cell = None, assay: Assay = None, role: Role = None, module: Module = None, kind: Kind = None,
           verdict: HasVerdict = None,
           cells: Annotated[int, typer.Option("--cells", min=1, max=1000, help="Cells per arm: one of median protein "
                                              "levels, or several that are drawn.")] = 1,
           tissue: Annotated[bool, typer.Option("--tissue", help="Also run dishes where a reaction moves what cells "
                                                "hand the tissue by 5 %: hours.")] = False,
           parts: Annotated[bool, typer.Option("--parts", help="Remove whole parts of the biology instead of single "
                                               "reactions; ends with code 1 if a part breaks nothing.")] = False,
           seed: Seed = 1, threads: Threads = None, store: Store = STORE, as_json: AsJson = False,
           quiet: Quiet = False) -> None:
    """Switch every reaction off in turn: which findings break, and which reactions does no finding support?

    Findings that a check in the store found to fail support nothing.

    Example:  lamella findings mutate --json
    """
    from lamella.assays import ASSAYS
    from lamella.assays.runner import default_threads
    from lamella.cli.progress import advancing
    from lamella.findings import load_all
    from lamella.store import json_text
    from lamella.verdicts import Bench, Outcome, Results
    from lamella.verdicts import mutate as mutation

    every = load_all()
    chosen = selected(every, cell=cell, assay=assay, role=role, module=module, kind=kind)
    if verdict is not None:
        chosen = with_verdict(chosen, stored_verdicts(store, chosen), verdict)
        if not chosen:
            raise InputError(f"none of these findings has the verdict '{verdict}' in {store}", where="--verdict",
                             remedy="Judge them first with `lamella findings check`.")
    results, threads = Results(store), threads or default_threads()
    failing = {(one.finding.id, row.cell) for one in results.verdicts(chosen) for row in one.cells
               if row.outcome is Outcome.FAILS}
    bench = Bench(ASSAYS, seed=seed, threads=threads, keep=results.dishes)
    if parts:
        if tissue:
            raise InputError("--parts and --tissue exclude each other", where="command line",
                             why="Parts are tried on blots.", remedy="Give one of them.")
        _parts(chosen, bench, cells, failing, as_json, quiet)
        return
    with advancing(quiet=quiet) as tell:
        test = mutation(chosen, bench, cells=cells, seed=seed, threads=threads, tissue=tissue, failing=failing,
                        tell=_timed(tell))
    if len(chosen) == len(every):
        results.keep_mutants(every, test.to_dict())
    if as_json:
        sys.stdout.write(json_text(test.to_dict()))
        return
    for mutant in test.mutants:
        if mutant.supported_by:
            print(f"{mutant.reaction}\n  breaks {', '.join(mutant.supported_by)}")
    for part in test.parts:
        print(f"all of {part.module}\n  breaks {', '.join(part.supported_by) or 'nothing'}")
    counts: Any = test.to_dict()["counts"]
    print(f"\nOf {counts['of']} reactions, {counts['supported']} are supported by a finding that breaks without them, "
          f"{counts['unsupported']} by none, and {counts['undecided']} may be by a tissue that was not run.")
    print(f"No finding supports: {', '.join(test.unsupported()) or 'none'}.")
    print(f"No single reaction breaks: {', '.join(test.unbroken) or 'none'}.")


def _parts(chosen: Sequence[Finding], bench: Bench, cells: int, failing: set[tuple[str, str]], as_json: bool,
           quiet: bool) -> None:
    """What breaks without each part of the biology."""
    from lamella.cli.progress import advancing
    from lamella.store import json_text
    from lamella.verdicts import without_parts

    with advancing(quiet=quiet) as tell:
        test = without_parts(chosen, bench, cells=cells, seed=bench.seed, threads=bench.threads, failing=failing,
                             tell=_timed(tell))
    if as_json:
        sys.stdout.write(json_text(test.to_dict()))
    else:
        for lost in test.lost:
            print(f"without {lost.part.name}: {lost.part.says}\n  breaks {len(lost.findings)} of {len(test.tried)}: "
                  f"{', '.join(lost.findings) or 'nothing'}")
    if test.idle():
        raise typer.Exit(1)


def _timed(tell: Tell) -> Callable[[str, float], None]:
    """Tells how far it is, and how long the rest will take at its pace."""
    from lamella.verdicts import Steady, spoken

    pace = Steady()

    def say(what: str, share: float) -> None:
        left = pace.left(share)
        tell(what, share, f"{spoken(left)} left" if left is not None and share < 1.0 else "")

    return say
