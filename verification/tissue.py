"""The dish against theory, against brute force and against what cells do.

    python -m verification.tissue [--json] [--only NAME ...] [--seeds 6]

Each check returns {value, target, met}. Lengths are sites, times Monte Carlo steps.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable

from verification.tissue_energy import energy_exact
from verification.tissue_many import acceptance, fragmented, sheet_edge, single_speed, sorting_exponent, volume
from verification.tissue_motion import axis_drives, axis_turns, bond_optimum, elongation, site_halved, step_halved
from verification.tissue_pores import pore_nucleus
from verification.tissue_whole import killed_equals_whole, mass_balance

CHECKS: dict[str, Callable[[int], dict]] = {
    "energy_exact": energy_exact,
    "acceptance": acceptance,
    "volume": volume,
    "speed": single_speed,
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
    options = parser.parse_args()
    result = {}
    for name in options.only or CHECKS:
        result[name] = CHECKS[name](options.seeds)
        if not options.json:
            print(name, json.dumps(result[name]), flush=True)
    if options.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
