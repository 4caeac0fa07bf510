"""Reads off single cells of the dish what idealised cells are told: `python -m verification.culture_alone`.

Writes src/lamella/culture/alone.toml: a row for every line and coating that findings name, and for a series of coatings
of the reference lines. Rows that are there are kept unless `--anew`; a killed run goes on where it was.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import tomli_w
from rich.progress import track

import lamella.culture
from lamella.assays import Setting
from lamella.assays.preparation import treated
from lamella.culture.alone import PULL, READ_OFF
from lamella.findings import load_all
from lamella.networks import Perturbations
from lamella.store import write_text
from lamella.verdicts.trial import cells_of
from verification.culture_idealised import CASES, MEDIUM, told_alone

FILE = Path(lamella.culture.__file__).parent / "alone.toml"
BATCH, MOST, REFERENCE_CELLS, SEED = 64, 320, 800, 2
"""Dishes of one cell each: batches until the means are known, at most so many; always more of the coatings that most
findings use and the verification asks about. The seed is not that of the verification."""
KNOWN = 0.05
"""Standard error of a mean that is known, over it: two of them lie inside the tenth that the verification asks for."""
LITTLE = {"fresh_front": 0.01, "fresh_rear": 0.01}
"""Pushes under this are known if their error is small beside it: cells that move so little hardly sense them."""
REFERENCE = ("HeLa", "MEF", "MCF-10A", "HUVEC")
SERIES = ("1 ug/ml", "2 ug/ml", "5 ug/ml", "10 ug/ml", "30 ug/ml", "100 ug/ml")
HEAD = """# What single cells of the tissue are told, by line and coating: means over dishes of one cell each, from the
# fifth hour to the sixteenth, in 10 ng/ml EGF. Read off the dish by `python -m verification.culture_alone`, not chosen.

"""


def coatings() -> Iterator[tuple[str, dict[str, str]]]:
    """Line and matrix of everything that is read, each once."""
    seen = set()
    asked = [(cell, {"fibronectin": dose}) for cell in REFERENCE for dose in SERIES]
    asked += [(cell, {ligand: dose}) for cell, ligand, dose in CASES]
    asked += [(cell, dict(finding.matrix)) for finding in load_all() for cell in cells_of(finding)]
    for cell, matrix in asked:
        key = (cell, *sorted(matrix.items()))
        if matrix and key not in seen:
            seen.add(key)
            yield cell, matrix


def least_cells(cell: str, matrix: dict[str, str]) -> int:
    """How many cells are read at the least."""
    often = [(line, "fibronectin", "10 ug/ml") for line in REFERENCE]
    return REFERENCE_CELLS if (cell, *sum(matrix.items(), ())) in (*often, *CASES) else BATCH


def known(told: list[dict[str, float]]) -> bool:
    """Whether the means over cells are known to `KNOWN` of themselves."""
    for name in READ_OFF:
        values = np.array([one[name] for one in told])
        if values.std(ddof=1) / np.sqrt(values.size) > KNOWN * max(values.mean(), LITTLE.get(name, 0.0)):
            return False
    return True


def read_off(cell: str, matrix: dict[str, str]) -> dict[str, object]:
    """The row of a line on a matrix."""
    network, treatment = treated(_alone(cell, matrix, 0))
    told: list[dict[str, float]] = []
    while len(told) < least_cells(cell, matrix) or (not known(told) and len(told) < MOST):
        told += [told_alone(_alone(cell, matrix, len(told) + number)) for number in range(BATCH)]
    means = {name: float(f"{np.mean([one[name] for one in told]):.4g}") for name in (*READ_OFF, PULL)}
    density = {ligand: float(f"{amount:.6g}") for ligand, amount in treatment.density.items()}
    return {"cell": network.cell.name, "density": density, "cells": len(told)} | means


def _alone(cell: str, matrix: dict[str, str], number: int) -> Setting:
    return Setting(cell, "control", Perturbations(), matrix, MEDIUM, SEED, number)


def _known(rows: list[dict], cell: str, matrix: dict[str, str]) -> bool:
    network, treatment = treated(_alone(cell, matrix, 0))
    return any(row["cell"] == network.cell.name and row["density"].keys() == treatment.density.keys()
               and np.allclose([row["density"][key] for key in treatment.density], [*treatment.density.values()])
               for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--anew", action="store_true", help="read all rows anew, as after a change of the networks")
    parser.add_argument("--processes", type=int, default=2, help="they change no result")
    options = parser.parse_args()
    rows = [] if options.anew or not FILE.exists() else tomllib.loads(FILE.read_text())["alone"]
    missing = [(cell, matrix) for cell, matrix in coatings() if not _known(rows, cell, matrix)]
    with ProcessPoolExecutor(options.processes) as pool:
        found = pool.map(read_off, *zip(*missing)) if missing else ()
        for row in track(found, "single cells", total=len(missing)):
            rows.append(row)
            rows.sort(key=lambda row: (row["cell"], sorted(row["density"]), sum(row["density"].values())))
            write_text(FILE, HEAD + tomli_w.dumps({"alone": rows}))


if __name__ == "__main__":
    main()
