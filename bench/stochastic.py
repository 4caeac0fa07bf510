"""Speed of stochastic simulation beside libRoadRunner's direct method, in the same run.

    python -m bench.stochastic [--json] [--cells 64] [--store FILE]

Everything is measured in processor seconds of one thread, in turn. Both programs simulate the same process; before the
speeds, the means of every species over the realisations are compared. libRoadRunner runs fewer realisations and is
scaled up. Events per second of the leaps are those that the leaps stand for.
"""

from __future__ import annotations

import argparse
import datetime
import json
import platform
import statistics
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import antimony
import numpy as np

from bench.peers.roadrunner import require_roadrunner
from lamella.reactions import Program, compile_program, read_sbml
from lamella.solve import StochasticPopulation

PEER_RUNS, REPEATS = 12, 3
MOST_DEVIATION = 5.0
"""Standard errors by which the means of the two programs may differ."""

DIMERS = """model dimers
  compartment c = 1; substanceOnly species S1 in c, S2 in c, S3 in c; S1 = 10000; S2 = 0; S3 = 0
  decay: S1 => ; S1; join: 2 S1 => S2; 0.001*S1*(S1 - 1); part: S2 => 2 S1; 0.5*S2; mature: S2 => S3; 0.04*S2
end"""

CLOCK = """model clock
  compartment c = 1; substanceOnly species A in c, C in c, DA in c, DAp in c, DR in c, DRp in c
  substanceOnly species MA in c, MR in c, R in c
  DA = 1; DR = 1; A = 0; C = 0; DAp = 0; DRp = 0; MA = 0; MR = 0; R = 0
  r1: A + R => C; 2*A*R; r2: A => ; A; r3: C => R; C; r4: R => ; 0.2*R; r5: A + DA => DAp; DA*A
  r6: DAp => A + DA; 50*DAp
  r7: A + DR => DRp; DR*A; r8: DRp => A + DR; 100*DRp; r9: => MA; 500*DAp; r10: => MA; 50*DA; r11: MA => ; 10*MA
  r12: => A; 50*MA; r13: => MR; 50*DRp; r14: => MR; 0.01*DR; r15: MR => ; 0.5*MR; r16: => R; 5*MR
end"""


def ring(members: int) -> str:
    """A ring of conversions, as a network of that many reactions."""
    names = [f"X{i}" for i in range(members)]
    lines = [f"f{i}: {a} => {b}; {0.5 + i % 5}*{a}" for i, (a, b) in enumerate(zip(names, names[1:] + names[:1]))]
    declared = ", ".join(f"{name} in c" for name in names)
    starts = "; ".join(f"{name} = {100 * (1 + i % 3)}" for i, name in enumerate(names))
    return f"model ring\n compartment c = 1; substanceOnly species {declared}; {starts}\n" + "\n".join(lines) + "\nend"


class Task(NamedTuple):
    """A model and how long it runs; `source` says where it is from."""

    name: str
    text: str
    span: float
    source: str


TASKS = (
    Task("dimers", DIMERS, 10.0, "decaying dimers, Gillespie 2001, doi:10.1063/1.1378322"),
    Task("clock", CLOCK, 20.0, "circadian clock, Vilar et al. 2002, doi:10.1073/pnas.092133899"),
    Task("ring", ring(100), 1.0, "100 conversions in a ring"),
)


def sbml_of(text: str) -> str:
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(text) < 0:
        raise SystemExit(antimony.getLastError())
    return antimony.getSBMLString(antimony.getMainModuleName())


def ours(program: Program, cells: int, span: float, method: str, seed: int) -> tuple[StochasticPopulation, float]:
    """Cells at the end, and processor seconds."""
    parameters = np.repeat(program.defaults[None], cells, axis=0)
    population = StochasticPopulation(program, parameters, method=method, seed=seed)
    begun = time.thread_time()
    population.advance(span)
    return population, time.thread_time() - begun


class Peer:
    """libRoadRunner's direct method."""

    def __init__(self, sbml: str, program: Program, span: float):
        import roadrunner

        self.runner, self.span = roadrunner.RoadRunner(sbml), span
        self.runner.setIntegrator("gillespie")
        self.runner.integrator.variable_step_size = False
        self.runner.timeCourseSelections = list(program.species)

    def run(self, seed: int) -> tuple[np.ndarray, float]:
        """Counts at the end [species], and processor seconds."""
        self.runner.resetAll()
        self.runner.integrator.seed = seed
        begun = time.thread_time()
        end = self.runner.simulate(0, self.span, 2)
        return np.array(end)[-1], time.thread_time() - begun


def deviation(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Largest difference of the means of a species, in standard errors."""
    error = np.sqrt(ours.var(axis=0, ddof=1) / len(ours) + theirs.var(axis=0, ddof=1) / len(theirs))
    difference = np.abs(ours.mean(axis=0) - theirs.mean(axis=0))
    return float(np.where(error > 0, difference / np.where(error > 0, error, 1.0), difference).max())


def bench(task: Task, cells: int) -> dict:
    """Figures of one task."""
    sbml = sbml_of(task.text)
    program = compile_program(read_sbml(sbml))
    peer = Peer(sbml, program, task.span)
    for method in ("ssa", "tau"):
        ours(program, 1, 1e-6, method, 0)
    exact, leaps, theirs, ends = [], [], [], []
    for repeat in range(REPEATS):  # in turn, so that a busy machine slows both
        population, took = ours(program, cells, task.span, "ssa", repeat)
        events = population.fired.sum()
        exact.append(events / took)
        leaping, took = ours(program, cells, task.span, "tau", repeat)
        leaps.append(leaping.fired.sum() / took)
        runs = [peer.run(1 + repeat * PEER_RUNS + k) for k in range(PEER_RUNS)]
        ends += [end for end, _ in runs]
        theirs.append(events / cells * PEER_RUNS / sum(took for _, took in runs))
    found = deviation(population.states, np.array(ends))
    if found > MOST_DEVIATION:
        raise SystemExit(f"{task.name}: the means differ by {found:.1f} standard errors")
    ratio = lambda a, b: round(statistics.median(x / y for x, y in zip(a, b)), 2)
    return {
        "source": task.source, "reactions": len(program.reactions), "events_per_cell": float(events / cells),
        "events_per_s": {
            "ssa": statistics.median(exact), "tau": statistics.median(leaps), "roadrunner": statistics.median(theirs),
        },
        "ssa_vs_roadrunner": ratio(exact, theirs), "tau_vs_ssa": ratio(leaps, exact), "deviation": round(found, 2),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--cells", type=int, default=64, help="realisations")
    parser.add_argument("--store", type=Path, help="also write the JSON into this file")
    options = parser.parse_args()
    require_roadrunner()
    packages = ("libroadrunner", "numba", "llvmlite", "numpy")
    result = {
        "models": {task.name: bench(task, options.cells) for task in TASKS},
        "versions": {"python": platform.python_version()} | {name: metadata.version(name) for name in packages},
        "date": datetime.date.today().isoformat(),
    }
    text = json.dumps(result, indent=1)
    if options.store:
        options.store.write_text(text + "\n")
    if options.json:
        print(text)
        return 0
    for name, figures in result["models"].items():
        speeds = ", ".join(f"{who} {speed:.3g}" for who, speed in figures["events_per_s"].items())
        events = f"{figures['events_per_cell']:.0f} events a cell"
        print(f"{name}: {figures['reactions']} reactions, {events}; events/s: {speeds}")
        print(f"  ssa over libRoadRunner {figures['ssa_vs_roadrunner']}, leaps over ssa {figures['tau_vs_ssa']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
