"""lamella on a task."""

from __future__ import annotations

import statistics
import threading
import time

import numpy as np

from bench.peers.task import CHUNK, CHUNKS, DAY, Run, Task
from lamella.solve import Population


class Own:
    """One task; times are processor seconds of `advance`, inputs taken in included.

    atol  None: rtol times the scale of each species
    """

    def __init__(self, task: Task, rtol: float, atol: float | None, execution: str = "llvm"):
        self.task, self.options = task, {"rtol": rtol, "atol": atol, "execution": execution}

    def population(self, **options) -> Population:
        """The cells at their start."""
        return Population(self.task.program, self.task.parameters, **self.options, **options)

    def day(self) -> Run:
        """One day without interruption."""
        population = self.population()
        begun = time.thread_time()
        population.advance(DAY)
        seconds = time.thread_time() - begun
        population.require_ok()
        return Run(population.states, seconds / self.task.cells)

    def chunks(self) -> Run:
        """A run in chunks, with new inputs in each."""
        population, inputs = self.population(), self.task.inputs
        begun = time.thread_time()
        for k in range(CHUNKS):
            population.advance(CHUNK, {name: values[k] for name, values in inputs.items()})
        seconds = time.thread_time() - begun
        population.require_ok()
        return Run(population.states, seconds / self.task.cells)


def two_threads(own: Own, repeats: int) -> tuple[list[float], float | None]:
    """Speed of two threads over one, turn by turn.

    returns  ratios of wall time; and of processor time, one thread over the busier of two (median): a hint at what
             two threads give if nothing else runs. None where the system does not tell the time of a thread.
    """
    wall, processor = [], []
    for _ in range(repeats):
        one, two = (_advance_in_threads(own, threads) for threads in (1, 2))
        wall.append(one[0] / two[0])
        processor.append(one[1] / two[1])
    return wall, statistics.median(processor) if _TELLS else None


_TELLS = hasattr(time, "pthread_getcpuclockid")


def _advance_in_threads(own: Own, threads: int) -> tuple[float, float]:
    """Seconds by the wall, and by the processor of the busiest thread, of a quarter of a day."""
    before = set(threading.enumerate())
    population = own.population(threads=threads)
    population.advance(1e-3)  # starts the threads
    workers = set(threading.enumerate()) - before or {threading.current_thread()}
    used, begun = _processor_seconds(workers), time.perf_counter()
    population.advance(DAY / 4)
    wall = time.perf_counter() - begun
    return wall, float(max(_processor_seconds(workers) - used))


def _processor_seconds(workers: set[threading.Thread]) -> np.ndarray:
    if not _TELLS:
        return np.full(len(workers), np.nan)
    clocks = [time.pthread_getcpuclockid(w.ident) for w in workers if w.ident is not None]
    return np.array([time.clock_gettime(clock) for clock in clocks])
