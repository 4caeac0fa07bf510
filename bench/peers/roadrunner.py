"""libRoadRunner on a task: CVODE at the same tolerances."""

from __future__ import annotations

import subprocess
import sys
import time
from importlib import metadata

import numpy as np

from bench.peers.task import CHUNK, DAY, Task


def require_roadrunner() -> None:
    """Install libRoadRunner if it is missing."""
    try:
        metadata.version("libroadrunner")
    except metadata.PackageNotFoundError:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "libroadrunner"], check=True)


class RoadRunner:
    """One task; times are processor seconds of the simulation calls."""

    def __init__(self, task: Task, rtol: float, atol: float):
        import roadrunner

        self.task, self.runner = task, roadrunner.RoadRunner(task.sbml)
        self.runner.integrator.relative_tolerance = rtol
        self.runner.integrator.absolute_tolerance = atol
        self.runner.timeCourseSelections = ["time", *task.program.species]
        self.places = {name: i for i, name in enumerate(self.runner.model.getGlobalParameterIds())}

    def prepare(self, parameters: np.ndarray) -> None:
        """Put the parameters of one cell in, and go back to the start."""
        program = self.task.program
        complete = program.complete(parameters[None])
        self.runner.resetAll()
        for name, value in zip(program.parameters, complete[0]):
            if name in self.places:
                self.runner[name] = float(value)
        for name, value in zip(program.species, program.initial_states(complete)[0]):
            self.runner[name] = float(value)

    def run(self, parameters: np.ndarray) -> tuple[np.ndarray, float]:
        """End state [species] and seconds of one day."""
        self.prepare(parameters)
        begun = time.thread_time()
        end = self.runner.simulate(0, DAY, 2)
        return np.array(end)[-1, 1:], time.thread_time() - begun

    def run_chunks(self, parameters: np.ndarray, inputs: dict[str, np.ndarray]) -> tuple[np.ndarray, float]:
        """End state and seconds of a run in chunks, with new inputs [chunks] in each."""
        self.prepare(parameters)
        names = [name for name in inputs if name in self.places]
        where = [self.places[name] for name in names]
        table = np.column_stack([inputs[name] for name in names])
        begun = time.thread_time()
        for k, row in enumerate(table):
            self.runner.model.setGlobalParameterValues(where, row)
            end = self.runner.simulate(k * CHUNK, (k + 1) * CHUNK, 2)
        return np.array(end)[-1, 1:], time.thread_time() - begun
