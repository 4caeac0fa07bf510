"""From the text of a model to its first result, in fresh processes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

_USE = """
import sys, time
from pathlib import Path
from lamella.reactions import compile_program, read_sbml
from lamella.solve import Population
text = Path(sys.argv[1]).read_text()
small = compile_program(read_sbml(sys.argv[2]))
Population(small, small.defaults[None]).advance(1.0)  # numba's own start-up is no part of a model's price
begun = time.perf_counter()
program = compile_program(read_sbml(text))
Population(program, program.defaults[None], execution="llvm").advance(60.0)
print(time.perf_counter() - begun)
"""

_SMALL = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model id="small">
<listOfParameters><parameter id="x" value="1" constant="false"/></listOfParameters>
<listOfRules><rateRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML"><cn> 1 </cn></math></rateRule>
</listOfRules></model></sbml>"""


def use(sbml: str, repeats: int = 3) -> tuple[float, float]:
    """Wall seconds to the first result, without machine code at hand and with it on disk; medians."""
    first, cached = [], []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "model.xml").write_text(sbml)
            first.append(_measured(folder))
            cached.append(_measured(folder))
    return statistics.median(first), statistics.median(cached)


def _measured(folder: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _USE, f"{folder}/model.xml", _SMALL],
        env={**os.environ, "LAMELLA_CACHE_DIR": folder},
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)
