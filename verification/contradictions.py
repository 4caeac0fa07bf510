"""Every contradiction that can be run, run; the table in the data says which of them fail today, and must be right.

    python -m verification.contradictions [--json] [--only NUMBER ...] [--most 24]
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from lamella.assays import ASSAYS
from lamella.findings import contradictions
from lamella.verdicts import Bench, Outcome, Replicates, breaches, differences, judged


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--only", nargs="*", type=int, help="these rows only")
    parser.add_argument("--most", type=int, default=24,
                        help="dishes per arm while a verdict is open; the table was judged with 24")
    options = parser.parse_args()
    bench = Bench(ASSAYS, threads=len(os.sched_getaffinity(0)))
    result = {}
    for one in contradictions():
        if not one.runs or (options.only and one.number not in options.only):
            continue
        verdict, other = judged(one, bench, Replicates(4, options.most)), list(breaches(one))
        expected = Outcome.FAILS if one.fails else Outcome.HOLDS
        result[one.number] = {
            "value": verdict.outcome.value, "target": expected.value, "reason": verdict.reason,
            "differs": list(differences(one)), "also": other, "met": verdict.outcome is expected and not other,
        }
        if not options.json:
            print(one.number, json.dumps(result[one.number]), flush=True)
    if options.json:
        print(json.dumps(result))
    sys.exit(0 if all(row["met"] for row in result.values()) else 1)


if __name__ == "__main__":
    main()
