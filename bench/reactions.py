"""Speed of reactions and solve beside libRoadRunner and AMICI, in the same run.

    python -m bench.reactions [--json] [--cells 1000] [--store FILE]

Everything is measured in processor seconds of one thread, except `two_threads`, `first_use_s` and `cached_use_s`
(wall). Answers are compared before speeds, and errors at the same tolerances are printed beside them. The peers run a
sample of the cells and are scaled up. AMICI, which needs a compiler, gets an environment of its own; where there is
no compiler its figures are null, with the reason.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

import llvmlite.binding as llvm
import numpy as np

from bench.peers.amici import environment, run_amici
from bench.peers.roadrunner import RoadRunner, require_roadrunner
from bench.peers.task import CHUNK, CHUNKS, DAY, Task, own_task, public_task
from lamella.solve import Population
from lamella.solve.kernels.lanes import LANES

TARGETS = {
    "population_vs_roadrunner": 25.0, "population_vs_amici": 12.0, "chunks_vs_roadrunner": 70.0,
    "chunks_vs_amici": 40.0, "chunks_vs_roadrunner_matched_error": 110.0, "single_vs_roadrunner": 2.0,
    "two_threads": 1.8, "first_use_s": 2.0, "cached_use_s": 0.3,
}  # fmt: skip
RTOL, ATOL = 1e-6, 1e-3
SAMPLE, REPEATS = 6, 3
_LOOSER = (1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6, RTOL)


def advance(population: Population, span: float) -> float:
    """Processor seconds to advance a population."""
    begun = time.thread_time()
    population.advance(span)
    return time.thread_time() - begun


def advance_chunks(population: Population, inputs: dict[str, np.ndarray]) -> float:
    """Processor seconds to advance a population in chunks, with new inputs [chunks, cells] in each."""
    begun = time.thread_time()
    for k in range(CHUNKS):
        population.advance(CHUNK, {name: values[k] for name, values in inputs.items()})
    return time.thread_time() - begun


def error(ours: np.ndarray, exact: np.ndarray) -> float:
    """Largest error of any state of any cell, over its size (and a millionth of the largest)."""
    scale = np.abs(exact) + 1e-6 * np.abs(exact).max(axis=-1, keepdims=True)
    return float((np.abs(ours - exact) / scale).max())


def bench(task: Task, cells: int) -> dict:
    """All figures of one task."""
    parameters, inputs = task.parameters(cells), task.inputs_of(cells)
    sample, few = parameters[:SAMPLE], task.inputs_of(SAMPLE)

    def make(p: np.ndarray, **options) -> Population:
        return Population(task.program, p, execution="llvm", **{"rtol": RTOL, "atol": ATOL, **options})

    peer = RoadRunner(task, RTOL, ATOL)
    python, why = environment()
    amici = {"why": why} if python is None else run_amici(python, task, sample, few, RTOL, ATOL)
    whole, chunks = _ours(make, sample, few, RTOL, ATOL)
    exact, exact_chunks = _exact(task, make, sample, few)
    theirs = [peer.run(p) for p in sample]
    theirs_chunks = [peer.run_chunks(p, {n: v[:, i] for n, v in few.items()}) for i, p in enumerate(sample)]
    errors = {
        "ours": {"day": error(whole, exact), "chunks": error(chunks, exact_chunks)},
        "roadrunner": {"day": error(_states(theirs), exact), "chunks": error(_states(theirs_chunks), exact_chunks)},
    }
    if "whole" in amici:
        errors["amici"] = {"day": error(amici["whole"], exact), "chunks": error(amici["chunks"], exact_chunks)}
    rtol, matched = _matched(make, sample, few, exact_chunks, errors["roadrunner"]["chunks"])
    errors["matched"] = {"rtol": rtol, "chunks": matched}
    ours, ours_chunks, loose, runs, pieces, alone, single = [], [], [], [], [], [], []
    for _ in range(REPEATS):  # in turn, so that a busy machine slows both
        ours.append(advance(make(parameters), DAY) / cells)
        runs.append(np.mean([peer.run(p)[1] for p in sample]))
        ours_chunks.append(advance_chunks(make(parameters), inputs) / cells)
        pieces.append(np.mean([
            peer.run_chunks(p, {n: v[:, i] for n, v in few.items()})[1] for i, p in enumerate(sample)
        ]))  # fmt: skip
        loose.append(advance_chunks(make(parameters, rtol=rtol, atol=None), inputs) / cells)
        alone.append(min(advance(make(parameters[:1]), DAY) for _ in range(5)))
        single.append(min(peer.run(parameters[0])[1] for _ in range(5)))
    ratio = lambda a, b: statistics.median(x / y for x, y in zip(a, b))
    figures: dict = {
        "population_vs_roadrunner": ratio(runs, ours),
        "chunks_vs_roadrunner": ratio(pieces, ours_chunks),
        "chunks_vs_roadrunner_matched_error": ratio(pieces, loose),
        "single_vs_roadrunner": ratio(single, alone),
        "two_threads": _two_threads(make, parameters),
        "population_vs_amici": None,
        "chunks_vs_amici": None,
        "why": amici.get("why", ""),
        "errors": errors,
        "cell_chunks_per_s": {
            "ours": CHUNKS / statistics.median(ours_chunks), "ours_matched_error": CHUNKS / statistics.median(loose),
            "roadrunner": CHUNKS / statistics.median(pieces),
        },
        "cells_per_s": {"ours": 1 / statistics.median(ours), "roadrunner": 1 / statistics.median(runs)},
        "amici_version": amici.get("version"),
    }  # fmt: skip
    if "whole" in amici:
        figures["population_vs_amici"] = np.median(amici["whole_s"]) / statistics.median(ours)
        figures["chunks_vs_amici"] = np.median(amici["chunks_s"]) / statistics.median(ours_chunks)
    figures["ours_no_worse_than"] = no_worse(errors)
    figures["first_use_s"], figures["cached_use_s"] = use(task)
    return figures


def no_worse(errors: dict) -> dict[str, bool]:
    """For each peer, whether our errors at equal tolerance are at most its own, after a day and after the chunks."""
    peers = [name for name in errors if name not in ("ours", "matched")]
    return {name: all(errors["ours"][k] <= errors[name][k] for k in ("day", "chunks")) for name in peers}


def _states(runs: list[tuple[np.ndarray, float]]) -> np.ndarray:
    return np.array([state for state, _ in runs])


def _ours(make, sample, inputs, rtol: float, atol: float | None) -> tuple[np.ndarray, np.ndarray]:
    """End states of the sample after a day, and after the chunks."""
    day, chunks = make(sample, rtol=rtol, atol=atol), make(sample, rtol=rtol, atol=atol)
    advance(day, DAY)
    advance_chunks(chunks, inputs)
    return day.states, chunks.states


def _exact(task: Task, make, sample, inputs) -> tuple[np.ndarray, np.ndarray]:
    """The same at tight tolerances, after the peer at tight tolerances has said the same."""
    day, chunks = _ours(make, sample, inputs, 1e-11, 1e-8)
    tight = RoadRunner(task, 1e-10, 1e-8)
    theirs = np.array([tight.run(p)[0] for p in sample])
    theirs_chunks = np.array([
        tight.run_chunks(p, {n: v[:, i] for n, v in inputs.items()})[0] for i, p in enumerate(sample)
    ])  # fmt: skip
    worst = max(error(day, theirs), error(chunks, theirs_chunks))
    if worst > 1e-4:
        raise SystemExit(f"{task.name}: the answers disagree by {worst:.2g}")
    return day, chunks


def _matched(make, sample, inputs, exact, allowed: float) -> tuple[float, float]:
    """The loosest tolerance at which our error in the chunks is no larger than the peer's."""
    for rtol in _LOOSER:
        population = make(sample, rtol=rtol, atol=None)
        advance_chunks(population, inputs)
        found = error(population.states, exact)
        if found <= allowed:
            break
    return rtol, found


def _two_threads(make, parameters: np.ndarray) -> float:
    """Wall time of one thread over that of two, in turn."""
    ratios = []
    for _ in range(2 * REPEATS):
        took = []
        for threads in (1, 2):
            population = make(parameters, threads=threads)
            population.advance(1e-3)
            begun = time.perf_counter()
            population.advance(DAY / 4)
            took.append(time.perf_counter() - begun)
        ratios.append(took[0] / took[1])
    return statistics.median(ratios)


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


def use(task: Task) -> tuple[float, float]:
    """Seconds from a text to its first result: the first time ever, and with its machine code on disk."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.xml"
        file.write_text(task.sbml)
        environment = {**os.environ, "LAMELLA_CACHE_DIR": folder}
        measure = lambda: float(
            subprocess.run(
                [sys.executable, "-c", _USE, str(file), _SMALL],
                env=environment,
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
        return measure(), min(measure() for _ in range(3))


def judged(name: str, value: float | None) -> dict:
    """A figure beside its target."""
    target = TARGETS[name]
    if value is None:
        return {"value": None, "target": target, "met": None}
    met = value <= target if name.endswith("_s") else value >= target
    return {"value": round(float(value), 3), "target": target, "met": bool(met)}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--cells", type=int, default=1000, help="cells of a population")
    parser.add_argument("--store", type=Path, help="also write the JSON into this file")
    options = parser.parse_args()
    require_roadrunner()
    result: dict = {"models": {}, "versions": _versions(), "date": datetime.date.today().isoformat()}
    for make_task in (public_task, own_task):
        task = make_task(options.cells)
        figures = bench(task, options.cells)
        result["versions"]["amici"] = figures.pop("amici_version") or result["versions"].get("amici")
        rest = {key: value for key, value in figures.items() if key not in TARGETS}
        result["models"][task.name] = {name: judged(name, figures[name]) for name in TARGETS} | rest
    text = json.dumps(result, indent=1)
    if options.store:
        options.store.write_text(text + "\n")
    if options.json:
        print(text)
        return 0
    for name, figures in result["models"].items():
        print(name)
        for key in TARGETS:
            figure = figures[key]
            value = "not measured" if figure["value"] is None else f"{figure['value']:10.2f}"
            print(f"  {key:38s} {value}  target {figure['target']:g}")
        print(f"  {json.dumps(figures['errors'])}\n  errors at most those of: {figures['ours_no_worse_than']}")
    return 0


def _versions() -> dict[str, object]:
    """Versions, and the machine as far as it matters."""
    found: dict[str, object] = {
        "python": platform.python_version(), "processor": llvm.get_host_cpu_name(), "lanes": LANES,
        "cores": os.cpu_count(),
    }  # fmt: skip
    for package in ("libroadrunner", "numba", "llvmlite", "numpy"):
        found[package] = metadata.version(package)
    return found


if __name__ == "__main__":
    sys.exit(main())
