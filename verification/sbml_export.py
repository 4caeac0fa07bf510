"""Exported networks: valid for libSBML, and simulated by libRoadRunner to the same curves.

    python -m verification.sbml_export [--json] [--cell NAME ...]

Every cell line is exported, read back by libSBML with all of its checks on, and advanced over a day from its start by
libRoadRunner and by this package. A curve is that of one species; its deviation is the greatest difference at any of
the times, over the greatest value of the curve.
"""

from __future__ import annotations

import argparse
import json
import sys

import libsbml
import numpy as np

from lamella.networks import Network, assemble, cell_lines
from lamella.reactions import compile_program, read_sbml
from lamella.solve import trajectories

TIMES = np.array([0.0, 60.0, 600.0, 3600.0, 4 * 3600.0, 24 * 3600.0])
"""From the start on (s): the fast binding of the first minute and what follows in a day."""

TOLERANCE = 1e-4
_OURS, _THEIRS = 1e-8, 1e-10
"""Relative tolerances; libRoadRunner needs a finer one, and a fine absolute one, for complexes of a few molecules."""


def messages(network: Network) -> list[str]:
    """What libSBML finds: errors, and warnings of units, annotation and practice."""
    document = libsbml.readSBMLFromString(network.sbml)
    document.checkConsistency()
    return [" ".join(document.getError(i).getMessage().split()) for i in range(document.getNumErrors())]


def deviation(network: Network) -> tuple[float, str, int]:
    """Greatest deviation of any curve, its species, and the number of curves."""
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
    other = roadrunner.RoadRunner(network.sbml)
    other.integrator.relative_tolerance, other.integrator.absolute_tolerance = _THEIRS, 1e-9
    other.integrator.maximum_num_steps = 200_000
    names = list(other.model.getFloatingSpeciesIds())
    other.timeCourseSelections = names
    theirs = np.array(other.simulate(times=TIMES.tolist()))
    program = compile_program(read_sbml(network.sbml, name=network.cell.name))
    states, status = trajectories(program, program.defaults, TIMES, rtol=_OURS)
    if status.any():
        return float("inf"), network.cell.name, len(names)
    ours = states[:, 0, [program.index(name) for name in names]]
    worst = np.abs(theirs - ours).max(axis=0) / np.maximum(np.abs(ours).max(axis=0), 1e-9)
    return float(worst.max()), names[int(worst.argmax())], len(names)


def of_cell(cell: str) -> dict[str, object]:
    """Both checks on one cell line."""
    network = assemble(cell)
    found = messages(network)
    worst, name, curves = deviation(network)
    return {"value": worst, "species": name, "curves": curves, "messages": found[:5], "target": TOLERANCE,
            "met": not found and worst < TOLERANCE}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--cell", nargs="*", help="these cell lines only", default=cell_lines())
    options = parser.parse_args()
    result = {}
    for cell in options.cell:
        result[cell] = of_cell(cell)
        if not options.json:
            print(cell, json.dumps(result[cell]), flush=True)
    if options.json:
        print(json.dumps(result))
    sys.exit(0 if all(row["met"] for row in result.values()) else 1)


if __name__ == "__main__":
    main()
