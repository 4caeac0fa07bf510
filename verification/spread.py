"""How well would numbers have to be known for findings to stand? Robustness over the width of the ensemble.

    python -m verification.spread [--widths 1 0.5 0.25] [--members 40] [--threads N] [--json]

Every finding of blots that holds is judged in ensembles whose spreads are all as many times those that the grades say
(`lamella.verdicts.draws.SPREAD`): at width 1, a number known to an order of magnitude is off threefold (one standard
deviation), at 0.25 by a third. A finding is robust if it stands in 80 % of the members. The same members are drawn at
every width, so that what differs is the width alone. What was found is stored beside its day and commit.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from lamella.assays import ASSAYS
from lamella.findings import load_all
from lamella.verdicts import Bench
from lamella.verdicts.checking import is_blot
from lamella.verdicts.robustness import population_robustness
from verification.stored import store

FILE = Path(__file__).parent / "results" / "spread.json"
WIDTHS = (1.0, 0.7, 0.5, 0.35, 0.25)
ROBUST = 0.8
"""Share of the members in which a finding has to stand."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--widths", type=float, nargs="+", default=WIDTHS,
                        help="of all spreads, over those of the grades")
    parser.add_argument("--members", type=int, default=40)
    parser.add_argument("--threads", type=int, default=2, help="they change no result")
    parser.add_argument("--json", action="store_true", help="print what is stored")
    options = parser.parse_args()
    blots = [finding for finding in load_all() if is_blot(finding)]
    bench = Bench(ASSAYS, threads=options.threads)
    rows = []
    for width in options.widths:
        found = population_robustness(blots, bench, members=options.members, threads=options.threads, width=width)
        shares = [one.stands / one.members for one in found.values() if one.nominal]
        rows.append({"width": width, "robust": sum(share >= ROBUST for share in shares), "of": len(shares),
                     "mean_share": float(np.mean(shares))})
        print(f"width {width:5.2f}: {rows[-1]['robust']:4} of {len(shares)} stand in {ROBUST:.0%} of {options.members} "
              f"members; {rows[-1]['mean_share']:.2f} on the average", flush=True)
    value = {"members": options.members, "widths": rows}
    store(FILE, "spread", {"value": value}, ("spread",))
    if options.json:
        print(json.dumps(value))


if __name__ == "__main__":
    main()
