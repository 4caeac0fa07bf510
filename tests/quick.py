"""An assay that takes a moment, and the program `lamella` with nothing else in it.

Run as a script it is the command line, so that tests can interrupt and kill a real process.
"""

import sys
import time
import types
from pathlib import Path
from typing import Annotated

import numpy as np
import xarray as xr
from pydantic import Field

from lamella.assays.protocol import Assay, Conditions
from lamella.assays.quantities import written_in
from lamella.errors import SolverError
from lamella.random import generator
from lamella.units import quantity

EXPERIMENT = """\
title = "two arms"
cell = "HeLa"
seed = 7
replicates = 4

[matrix]
fibronectin = "10 ug/ml"

[medium]
EGF = "10 ng/ml"

[arms.control]

[arms.knockdown]
knockdown = { XIAP = 0.9, BIRC2 = 0.9 }

[arms."knockdown+drug"]
knockdown = { XIAP = 0.9, BIRC2 = 0.9 }
inhibitor = { "EHT 1864" = "10 uM" }

[assays.quick]
duration = "3 h"

[[compare]]
arm = "knockdown"
against = "control"
"""
"""Of the quick assay, as a file has it."""


class QuickConditions(Conditions):
    duration: Annotated[str, written_in("s", above=0.0)] = "2 h"
    cells: int = Field(default=5, ge=1)
    pause: float = 0.0
    fails_in: int = -1


def run(setting, conditions, progress):
    """Read-outs that depend on the setting alone: 'closure' falls with what is left of XIAP."""
    if setting.replicate == conditions.fails_in:
        raise SolverError("the step became too small", where="cell 3", remedy="Use a smaller tolerance.")
    dice = generator(setting.seed, "dish", setting.replicate)
    for step in range(5):
        progress(step / 5)
        time.sleep(conditions.pause / 5)
    loss = setting.perturbations.knockdown.get("XIAP", 0.0) * (not setting.without)
    closure = (1 + loss) * (1 + 0.1 * dice.standard_normal())
    times = np.linspace(0, quantity(conditions.duration, "s"), 4)
    n = conditions.cells
    return xr.Dataset(
        {"closure": closure, "shift": closure - 1.5, "wound": ("times", closure * times, {"units": "um2"}),
         "labels": (("frames", "x", "y"), dice.integers(0, n, (2, 8, 6)).astype(np.uint16)),
         "track_cell": ("points", np.arange(n)), "track_x_um": ("points", dice.random(n))},
        coords={"times": times, "frames": [0.0, times[-1]]},
        attrs={"site_um": np.float64(2.0), "wound": (1, np.int64(5))})


QUICK = Assay("quick", "A few numbers in no time.", QuickConditions,
              {"closure": "closed fraction", "shift": "a number of any sign"}, run, pictures=True)
SECOND = Assay("second", "The same again.", QuickConditions, {"closure": "closed fraction"}, run)
BLOT = Assay("immunoblot", "Rac1 that follows the knock-down of XIAP, for the judge.", QuickConditions,
             {"RAC1.total": "molecules"},
             lambda *given: xr.Dataset({"RAC1.total": run(*given).closure}), pictures=False)
ASSAYS = {"quick": QUICK, "second": SECOND}


def report_room(log: list) -> types.ModuleType:
    """A report room that notes what it is given."""
    room = types.ModuleType("lamella.report")
    room.write_movies = lambda *_: []

    def write_report(out_dir, experiment, results, tracks, comparisons, provenance, causal=None):
        log.append(("report", sorted(results), sorted(tracks), provenance["hashes"]))
        path = Path(out_dir) / "report.html"
        path.write_text("<html></html>")
        return path

    def write_preview(out_dir, experiment, assay_name, datasets):
        log.append(("preview", assay_name, list(datasets)))

    room.write_report, room.write_preview = write_report, write_preview
    return room


if __name__ == "__main__":
    import lamella.assays

    lamella.assays.ASSAYS = ASSAYS
    sys.modules["lamella.report"] = report_room([])
    from lamella.cli import main

    main()
