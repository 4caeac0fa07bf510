"""`lamella findings contradictions`: what the review says both ways, and what one network makes of it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from lamella.cli.findings import STORE, AsJson, Store
from lamella.cli.judging import Dishes, Most, Quiet, Seed, Threads, looks
from lamella.errors import InputError


def contradictions(numbers: Annotated[list[int] | None, typer.Argument(metavar="[NUMBER]...", show_default="all",
                                                                       help="Rows of the table.")] = None,
                   check: Annotated[bool, typer.Option("--check", help="Run those that nobody has run yet.")] = False,
                   dishes: Dishes = 4, most: Most = None, seed: Seed = 1, threads: Threads = None, store: Store = STORE,
                   as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Print what the review says both ways: each one network in two settings of the variable that resolves it.

    Without --check nothing is run: the table shows what the store holds. A row that cannot be run says why.

    Example:  lamella findings contradictions --json
    """
    from lamella.assays import ASSAYS
    from lamella.assays.runner import default_threads
    from lamella.cli.progress import advancing
    from lamella.findings import contradictions as written
    from lamella.store import json_text
    from lamella.verdicts import ROW_STATES, Bench, Results, contradiction_rows

    known = {one.number: one for one in written()}
    for number in numbers or ():
        if number not in known:
            raise InputError(f"there is no contradiction {number}", where="command line",
                             remedy=f"They are numbered 1 to {max(known)}.")
    results, replicates = Results(store), looks(dishes, most)
    bench = Bench(ASSAYS, seed=seed, threads=threads or default_threads(), keep=results.dishes) if check else None
    with advancing(quiet=quiet or not check) as tell:
        found = contradiction_rows(results, bench, [known[number] for number in numbers or known], seed=seed,
                                   replicates=replicates, tell=tell)
    counts = {state: sum(row.state == state for row in found) for state in ROW_STATES}
    if as_json:
        sys.stdout.write(json_text({"counts": {**counts, "of": len(found)}, "rows": [row.to_dict() for row in found]}))
        return
    for row in found:
        one = row.contradiction
        print(f"{row.state:14} {one.number:2}  {one.topic} ({', '.join(one.claims)}).\n"
              f"{'':19}Resolved by {one.variable}{'' if one.stated else ' (inferred)'}.\n{'':19}{row.reason}")
        if row.lacks:
            print(f"{'':19}{' '.join(row.lacks.split())}")
        if one.seen:
            print(f"{'':19}No prediction: {one.seen}")
        if row.differs:
            print(f"{'':19}The two settings differ in {', '.join(row.differs)} and in nothing else.")
    seen = sum(bool(row.contradiction.seen) for row in found)
    print(f"\n{', '.join(f'{count} {state}' for state, count in counts.items())}, of {len(found)}; "
          f"{seen} of them were chosen, or set numbers, with sight of their outcome.")
