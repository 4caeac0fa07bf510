"""The dish against theory, against brute force and against what cells do.

    python -m verification.tissue [--json] [--only NAME ...] [--seeds 6] [--store FILE]

Each check returns {value, target, met}, and `seeds` where it takes another number of them than it was asked for.
Lengths are sites, times Monte Carlo steps. What is stored is kept check by check, with the day on which it was run and
the commit it was run on: some take a second, others a quarter of an hour. `-dirty` behind a commit says that files
differed from it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from verification.stored import store
from verification.tissue_act import speed_persistence
from verification.tissue_energy import energy_exact
from verification.tissue_many import acceptance, fragmented, sheet_edge, single_speed, volume
from verification.tissue_motion import axis_drives, axis_turns, bond_optimum, elongation, site_halved, step_halved
from verification.tissue_pores import pore_nucleus
from verification.tissue_sorting import sorting_exponent
from verification.tissue_whole import killed_equals_whole, mass_balance

CHECKS: dict[str, Callable[[int], dict]] = {
    "energy_exact": energy_exact,
    "acceptance": acceptance,
    "volume": volume,
    "speed": single_speed,
    "speed_persistence": speed_persistence,
    "sorting_exponent": sorting_exponent,
    "fragmented": fragmented,
    "pore_nucleus": pore_nucleus,
    "bond_optimum": bond_optimum,
    "sheet_edge": sheet_edge,
    "axis_turns": axis_turns,
    "axis_drives": axis_drives,
    "elongation": elongation,
    "step_halved": step_halved,
    "site_halved": site_halved,
    "mass_balance": mass_balance,
    "killed_equals_whole": killed_equals_whole,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--only", nargs="*", choices=sorted(CHECKS), help="run these checks only")
    parser.add_argument("--seeds", type=int, default=6, help="dishes per point")
    parser.add_argument("--store", type=Path, help="also put what is found into this JSON file, check by check")
    options = parser.parse_args()
    result = {}
    for name in options.only or CHECKS:
        result[name] = CHECKS[name](options.seeds)
        if options.store:
            store(options.store, name, {"seeds": options.seeds} | result[name], CHECKS)
        if not options.json:
            print(name, json.dumps(result[name]), flush=True)
    if options.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
