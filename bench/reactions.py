"""Speed of reactions and solve beside libRoadRunner, in the same run.

    python -m bench.reactions [--json] [--cells 1000]

Everything is measured in processor seconds of one thread, except `two_threads`, `first_use_s` and `cached_use_s`
(wall). Answers are compared before speeds. The peer runs a sample of the cells and is scaled up. AMICI, which needs a
compiler, is not measured: its figures are null.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np

from lamella.networks import assemble
from lamella.reactions import Program, compile_program, read_sbml
from lamella.solve import Population

TARGETS = {
    "population_vs_roadrunner": 25.0, "population_vs_amici": 12.0, "chunks_vs_roadrunner": 70.0,
    "chunks_vs_amici": 40.0, "chunks_vs_roadrunner_matched_error": 110.0, "single_vs_roadrunner": 2.0,
    "two_threads": 1.8, "first_use_s": 2.0, "cached_use_s": 0.3,
}  # fmt: skip
RTOL, ATOL = 1e-6, 1e-3
DAY, CHUNK, CHUNKS, SAMPLE = 86_400.0, 60.0, 100, 6


@dataclass
class Task:
    """One model: its text, the parameters that vary from cell to cell, and the one that changes between chunks."""

    name: str
    sbml: str
    program: Program
    varied: list[str]
    input: str

    def parameters(self, cells: int) -> np.ndarray:
        """[cells, parameters] log-normal about the defaults, sd 0.3; the first cell is the default."""
        table = np.repeat(self.program.defaults[None], cells, axis=0)
        columns = [self.program.parameter(name) for name in self.varied]
        noise = np.random.default_rng(1).standard_normal((cells, len(columns)))
        noise[0] = 0.0
        table[:, columns] *= np.exp(0.3 * noise)
        return table

    def doses(self, cells: int) -> np.ndarray:
        """[chunks, cells] factor on the input in each chunk."""
        return np.exp(0.5 * np.random.default_rng(2).standard_normal((CHUNKS, cells)))


def tasks() -> list[Task]:
    """Schoeberl 2002 (BioModels 19, CC0) and the project's own network."""
    public = (Path(__file__).parent / "models" / "BIOMD0000000019.xml").read_text()
    return [_task("BIOMD0000000019", public, "k1"), _task("lamella HeLa", assemble("HeLa").sbml, "free_front")]


def _task(name: str, sbml: str, changing: str) -> Task:
    model = read_sbml(sbml, name=name)
    plain = [p for p in model.parameters if p not in model.initial_parameters and "." not in p]
    used = compile_program(model).defaults
    varied = [p for p in plain if used[model.parameters.index(p)] > 0 and p.startswith("k")]
    return Task(name, sbml, compile_program(model, inputs=[changing]), varied, changing)


class RoadRunner:
    """libRoadRunner on one task; CVODE, the same tolerances."""

    def __init__(self, task: Task, rtol: float = RTOL, atol: float = ATOL):
        import roadrunner

        self.task, self.runner = task, roadrunner.RoadRunner(task.sbml)
        self.runner.integrator.relative_tolerance = rtol
        self.runner.integrator.absolute_tolerance = atol
        self.runner.timeCourseSelections = ["time", *task.program.species]

    def prepare(self, parameters: np.ndarray) -> None:
        """Put the parameters of one cell in, and go back to the start."""
        program = self.task.program
        complete = program.complete(parameters[None])
        known = set(self.runner.model.getGlobalParameterIds())
        self.runner.resetAll()
        for name, value in zip(program.parameters, complete[0]):
            if name in known:
                self.runner[name] = float(value)
        for name, value in zip(program.species, program.initial_states(complete)[0]):
            self.runner[name] = float(value)

    def run(self, parameters: np.ndarray, span: float = DAY) -> tuple[np.ndarray, float]:
        """End state [species] and processor seconds of one run."""
        self.prepare(parameters)
        begun = time.thread_time()
        end = self.runner.simulate(0, span, 2)
        return np.array(end)[-1, 1:], time.thread_time() - begun

    def run_chunks(self, parameters: np.ndarray, doses: np.ndarray) -> tuple[np.ndarray, float]:
        """End state and processor seconds of a run in chunks, with a new input in each."""
        self.prepare(parameters)
        name, base = self.task.input, float(parameters[self.task.program.parameter(self.task.input)])
        begun = time.thread_time()
        for k, dose in enumerate(doses):
            self.runner[name] = base * float(dose)
            end = self.runner.simulate(k * CHUNK, (k + 1) * CHUNK, 2)
        return np.array(end)[-1, 1:], time.thread_time() - begun


def advance(population: Population, span: float) -> float:
    """Processor seconds to advance a population."""
    begun = time.thread_time()
    population.advance(span)
    return time.thread_time() - begun


def advance_chunks(task: Task, population: Population, doses: np.ndarray) -> float:
    """Processor seconds to advance a population in chunks, with new inputs in each."""
    base = population.parameters[:, task.program.parameter(task.input)].copy()
    begun = time.thread_time()
    for dose in doses:
        population.advance(CHUNK, {task.input: base * dose})
    return time.thread_time() - begun


def error(ours: np.ndarray, exact: np.ndarray) -> float:
    """Largest error of any state of any cell, over its size (and a millionth of the largest)."""
    scale = np.abs(exact) + 1e-6 * np.abs(exact).max(axis=-1, keepdims=True)
    return float((np.abs(ours - exact) / scale).max())


def best(measure: Callable[[], float], repeats: int = 3) -> float:
    """Smallest of some measurements: what is left when nothing else disturbs."""
    return min(measure() for _ in range(repeats))


def bench(task: Task, cells: int) -> dict:
    """All figures of one task."""
    parameters, doses = task.parameters(cells), task.doses(cells)
    make = lambda p, **options: Population(task.program, p, execution="llvm", **{"rtol": RTOL, "atol": ATOL, **options})
    peer = RoadRunner(task)
    sample = parameters[:SAMPLE]
    runs = [peer.run(p) for p in sample]
    chunks = [peer.run_chunks(p, doses[:, i]) for i, p in enumerate(sample)]
    exact = make(sample, rtol=1e-10, atol=1e-6)
    advance_chunks(task, exact, doses[:, :SAMPLE])
    theirs = np.array([state for state, _ in chunks])
    whole = make(sample)
    whole.advance(DAY)
    # the peer is asked for the answer at a tight tolerance: at its usual one it may be off by some thousandths
    tight = RoadRunner(task, 1e-10, 1e-8)
    answer = np.array([tight.run(p)[0] for p in sample])
    figures: dict = {
        "errors": {
            "ours_24_h": error(whole.states, answer),
            "roadrunner_24_h": error(np.array([state for state, _ in runs]), answer),
        }
    }
    if figures["errors"]["ours_24_h"] > 1e-4:
        raise SystemExit(f"{task.name}: the answers disagree by {figures['errors']['ours_24_h']:.2g}")
    ours = best(lambda: advance(make(parameters), DAY), 1) / cells
    ours_chunks = best(lambda: advance_chunks(task, make(parameters), doses), 1) / cells
    peers, peers_chunks = np.mean([t for _, t in runs]), np.mean([t for _, t in chunks])
    figures["population_vs_roadrunner"] = peers / ours
    figures["chunks_vs_roadrunner"] = peers_chunks / ours_chunks
    figures["errors"]["roadrunner_chunks"] = error(theirs, exact.states)
    rtol, matched = _matched(task, sample, doses, exact.states, figures["errors"]["roadrunner_chunks"], make)
    figures["errors"]["matched"] = {"rtol": rtol, "error": matched}
    loose = best(lambda: advance_chunks(task, make(parameters, rtol=rtol, atol=None), doses), 1) / cells
    figures["chunks_vs_roadrunner_matched_error"] = peers_chunks / loose
    figures["single_vs_roadrunner"] = min(peer.run(parameters[0])[1] for _ in range(3)) / best(
        lambda: advance(make(parameters[:1]), DAY)
    )
    figures["two_threads"] = _wall(make(parameters)) / _wall(make(parameters, threads=2))
    figures["population_vs_amici"] = figures["chunks_vs_amici"] = None
    figures["first_use_s"], figures["cached_use_s"] = use(task)
    figures["cell_chunks_per_s"] = {"equal_tolerance": CHUNKS / ours_chunks, "matched_error": CHUNKS / loose}
    return figures


def _matched(task, sample, doses, exact, allowed, make) -> tuple[float, float]:
    """The loosest tolerance at which our error is no larger than the peer's."""
    for rtol in (1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6, RTOL):
        population = make(sample, rtol=rtol, atol=None)
        advance_chunks(task, population, doses[:, : len(sample)])
        found = error(population.states, exact)
        if found <= allowed:
            return rtol, found
    return rtol, found


def _wall(population: Population) -> float:
    population.advance(1e-3)
    begun = time.perf_counter()
    population.advance(DAY / 4)
    return time.perf_counter() - begun


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


def require_roadrunner() -> None:
    """Install libRoadRunner if it is missing."""
    try:
        metadata.version("libroadrunner")
    except metadata.PackageNotFoundError:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "libroadrunner"], check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--cells", type=int, default=1000, help="cells of a population")
    options = parser.parse_args()
    require_roadrunner()
    result: dict = {"models": {}, "versions": {"python": platform.python_version(), "processor": platform.processor()}}
    for package in ("libroadrunner", "numba", "llvmlite", "numpy", "amici"):
        try:
            result["versions"][package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            result["versions"][package] = None
    for task in tasks():
        figures = bench(task, options.cells)
        rest = {key: figures[key] for key in ("errors", "cell_chunks_per_s")}
        result["models"][task.name] = {name: judged(name, figures[name]) for name in TARGETS} | rest
    if options.json:
        print(json.dumps(result, indent=1))
        return 0
    for name, figures in result["models"].items():
        print(name)
        for key in TARGETS:
            figure = figures[key]
            value = "not measured" if figure["value"] is None else f"{figure['value']:10.2f}"
            print(f"  {key:38s} {value}  target {figure['target']:g}")
        print(f"  {json.dumps(figures['errors'])} {json.dumps(figures['cell_chunks_per_s'])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
