"""libRoadRunner on a task: CVODE at the same tolerances."""

from __future__ import annotations

import subprocess
import sys
import time
from importlib import metadata

import numpy as np

from bench.peers.task import CHUNK, DAY, Run, Task


def require_roadrunner() -> None:
    """Install libRoadRunner if it is missing."""
    try:
        metadata.version("libroadrunner")
    except metadata.PackageNotFoundError:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "libroadrunner"], check=True)


class RoadRunner:
    """One task; times are processor seconds of the simulation calls alone."""

    def __init__(self, task: Task, rtol: float, atol: float):
        import roadrunner

        self.task, self.runner = task, roadrunner.RoadRunner(task.sbml)
        self.runner.integrator.relative_tolerance = rtol
        self.runner.integrator.absolute_tolerance = atol
        self.runner.timeCourseSelections = ["time", *task.program.species]
        self.places = {name: i for i, name in enumerate(self.runner.model.getGlobalParameterIds())}
        self.complete = task.program.complete(task.parameters)
        self.start = task.program.initial_states(self.complete)

    def day(self) -> Run:
        """One day without interruption, cell by cell."""
        states, total = [], 0.0
        for cell in range(self.task.cells):
            self._prepare(cell)
            state, seconds = self._simulate(0.0, DAY)
            states.append(state)
            total += seconds
        return Run(np.array(states), total / self.task.cells)

    def chunks(self) -> Run:
        """Runs in chunks, with new inputs in each."""
        names = [name for name in self.task.inputs if name in self.places]
        where = [self.places[name] for name in names]
        states, total = [], 0.0
        for cell in range(self.task.cells):
            self._prepare(cell)
            for k, row in enumerate(np.column_stack([self.task.inputs[name][:, cell] for name in names])):
                self.runner.model.setGlobalParameterValues(where, row)
                state, seconds = self._simulate(k * CHUNK, (k + 1) * CHUNK)
                total += seconds
            states.append(state)
        return Run(np.array(states), total / self.task.cells)

    def _simulate(self, begin: float, end: float) -> tuple[np.ndarray, float]:
        begun = time.thread_time()
        result = self.runner.simulate(begin, end, 2)
        seconds = time.thread_time() - begun
        return np.array(result)[-1, 1:], seconds

    def _prepare(self, cell: int) -> None:
        """Put the parameters of one cell in, and go back to the start."""
        self.runner.resetAll()
        for name, value in zip(self.task.program.parameters, self.complete[cell]):
            if name in self.places:
                self.runner[name] = float(value)
        for name, value in zip(self.task.program.species, self.start[cell]):
            self.runner[name] = float(value)
