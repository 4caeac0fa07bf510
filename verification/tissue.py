"""The dish against theory, against brute force and against what cells do.

    python -m verification.tissue [--json] [--only NAME ...] [--seeds 6] [--store FILE]

Each check returns {value, target, met}, and `seeds` where it takes another number of them than it was asked for.
Lengths are sites, times Monte Carlo steps. What is stored is kept check by check, with the day on which it was run and
the commit it was run on: some take a second, others a quarter of an hour. `-dirty` behind a commit says that files
differed from it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

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


def rounded(value: Any) -> Any:
    """The same with four digits, for people to read."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(inner) for inner in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


@cache
def commit() -> str | None:
    """What git calls the files that run, when this is first asked; None outside a checkout."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=10"]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def store(file: Path, name: str, found: dict, seeds: int) -> None:
    """Put what a check found into a file beside what stands there of others."""
    known = json.loads(file.read_text()) if file.exists() else {}
    run = {"seeds": seeds} | rounded(found)
    known[name] = run | {"date": datetime.date.today().isoformat(), "commit": commit()}
    file.parent.mkdir(parents=True, exist_ok=True)
    ordered = {check: known[check] for check in CHECKS if check in known}
    file.write_text(json.dumps(ordered, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--only", nargs="*", choices=sorted(CHECKS), help="run these checks only")
    parser.add_argument("--seeds", type=int, default=6, help="dishes per point")
    parser.add_argument("--store", type=Path, help="also put what is found into this JSON file, check by check")
    options = parser.parse_args()
    commit()  # before anything is stored: a result inside the checkout makes it dirty
    result = {}
    for name in options.only or CHECKS:
        result[name] = CHECKS[name](options.seeds)
        if options.store:
            store(options.store, name, result[name], options.seeds)
        if not options.json:
            print(name, json.dumps(result[name]), flush=True)
    if options.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
