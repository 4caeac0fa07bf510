"""A simulation in pieces of some cells: on threads, kept on disk if it takes long, the same bytes however it is cut.

A cell's result is a function of its parameters, its start and its identity, so that
neither the cut nor the threads nor an interruption can change it.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from lamella.provenance import machine, source_hash, text_hash, value_hash, versions
from lamella.solve.population import Population, pays_to_compile
from lamella.solve.request import Request
from lamella.solve.status import Status
from lamella.solve.stochastic import StochasticPopulation
from lamella.store import Units

_PIECES, _STOPPING_PIECES, _LARGEST = 16, 4, 512
"""Pieces, fewer where cells stop at every time (which has a price a piece), and the most cells of one."""

_SECONDS_AT_RISK = 20.0
"""How much computing an interruption may cost, about; what takes less is not kept at all."""

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Outcome:
    """What came out of some cells.

    table     [times, cells, names], NaN from where a cell failed on
    status    [cells];   reached [cells] time
    negative  [cells] see `Population.below_zero`, at the end
    steps     trial steps of all of them (deterministic)
    """

    table: np.ndarray
    status: np.ndarray
    reached: np.ndarray
    negative: np.ndarray
    steps: int = 0


class _Stopped(Exception):
    """Raised inside a piece that nobody waits for any more."""


def computed(request: Request, *, threads: int, progress: Progress, keep: Path | None) -> Outcome:
    """Every cell of a request.

    threads   pieces computed at a time; the kernels release the interpreter lock
    progress  called with the finished share of all
    keep      folder for finished pieces of what takes long; pieces found there are not computed again
    """
    cells, stopping = len(request.states), request.stochastic or bool(request.program.events)
    size = max(1 if stopping else 8, min(-(-cells // (_STOPPING_PIECES if stopping else _PIECES)), _LARGEST))
    parts = [slice(first, min(first + size, cells)) for first in range(0, cells, size)]
    shape = (len(request.times), cells, len(request.columns))
    whole = Outcome(np.empty(shape), np.zeros(cells, np.int8), np.zeros(cells), np.zeros(cells))
    kept = _Kept(request, keep)
    shares, stop, lock = np.zeros(len(parts)), threading.Event(), threading.Lock()
    steps = done = 0

    def tell(number: int, share: float) -> None:
        if stop.is_set():
            raise _Stopped
        with lock:
            shares[number] = share
            progress(float(shares.mean()))

    def work(number: int) -> Outcome:
        tell(number, 0.0)
        # machine code as soon as what is known tells that it pays; it gives the same bits
        native = done > 0 and pays_to_compile(request.program, steps / done * cells)
        inside = max(1, threads // len(parts))
        return _piece(request, parts[number], inside, native, lambda share: tell(number, share))

    def take(number: int, piece: Outcome) -> None:
        part = parts[number]
        whole.table[:, part], whole.status[part] = piece.table, piece.status
        whole.reached[part], whole.negative[part] = piece.reached, piece.negative

    missing = []
    for number, part in enumerate(parts):
        found = kept.read(part)
        if found is None:
            missing.append(number)
        else:
            take(number, found)
            tell(number, 1.0)
    with ThreadPoolExecutor(min(threads, len(parts)), thread_name_prefix="cells") as pool:
        futures = {pool.submit(work, number): number for number in missing}
        try:
            waiting = set(futures)
            while waiting:
                ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ready:
                    number = futures.pop(future)
                    piece = future.result()
                    take(number, piece)
                    steps, done = steps + piece.steps, done + len(piece.status)
                    kept.add(parts[number], piece)
                    tell(number, 1.0)
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            for future, number in futures.items():
                if future.done() and not future.cancelled() and future.exception() is None:
                    kept.add(parts[number], future.result())
            kept.save()
            raise
    return whole


def _piece(request: Request, part: slice, threads: int, native: bool, say: Progress) -> Outcome:
    program, states, parameters = request.program, request.states[part], request.parameters[part]
    shared = {"states": states, "seed": request.seed, "method": request.method, "threads": threads,
              "identity": np.arange(part.start, part.stop)}  # fmt: skip
    if request.stochastic:
        return _followed(request, StochasticPopulation(program, parameters, **shared), say)
    population = Population(
        program, parameters, rtol=request.rtol, atol=request.atol, execution="llvm" if native else "auto", **shared
    )
    return _followed(request, population, say) if program.events else _recorded(request, population)


def _recorded(request: Request, population: Population) -> Outcome:
    """States read from the continuous solution, then what was asked for of them."""
    times = request.times
    later = times > 0
    states = np.full((len(times), *population.states.shape), np.nan)
    states[~later] = population.states
    states[later] = population.record(times[later])
    read = request.program.evaluator([request.program.node(name) for name in request.columns])
    table = np.empty((len(times), population.cells, len(request.columns)))
    for k, moment in enumerate(times):
        table[k] = read(states[k], population.parameters, float(moment))
    table[np.isnan(states).any(axis=2)] = np.nan
    return _outcome(table, population)


def _followed(request: Request, population: Population | StochasticPopulation, say: Progress) -> Outcome:
    """The same for what has to stop at every time that is asked for."""
    table = np.full((len(request.times), population.cells, len(request.columns)), np.nan)
    now = 0.0
    for k, moment in enumerate(request.times):
        if moment > now:
            population.advance(float(moment - now))
            now = moment
        healthy = population.status == Status.OK
        table[k, healthy] = population.observe(request.columns)[healthy]
        say((k + 1) / len(request.times))
    return _outcome(table, population)


def _outcome(table: np.ndarray, population: Population | StochasticPopulation) -> Outcome:
    negative, steps = np.zeros(population.cells), 0
    if isinstance(population, Population):
        negative, steps = population.below_zero(), int(population.steps.sum())
    return Outcome(table, population.status, population.time, negative, steps)


class _Kept:
    """Finished pieces of a simulation that takes long, under names that follow from all that they depend on."""

    def __init__(self, request: Request, folder: Path | None):
        self._request, self._units = request, Units(folder) if folder is not None else None
        self._waiting: list[tuple[slice, Outcome]] = []
        self._last = time.monotonic()
        self._basis = [] if folder is None else [
            text_hash(request.text), source_hash("random.py", "reactions", "solve"), versions(), machine(),
            list(request.columns), request.method, request.rtol, request.seed,
        ]  # fmt: skip

    def read(self, part: slice) -> Outcome | None:
        found = self._units.read(self._key(part)) if self._units is not None and self._units.folder.is_dir() else None
        if found is None:
            return None
        return Outcome(
            found["table"].values, found["status"].values, found["reached"].values, found["negative"].values
        )

    def add(self, part: slice, piece: Outcome) -> None:
        """Take a piece; write what has come together since the last time if that was a while ago."""
        if self._units is not None:
            self._waiting.append((part, piece))
            if time.monotonic() - self._last > _SECONDS_AT_RISK:
                self.save()

    def save(self) -> None:
        """Write what has been taken."""
        while self._units is not None and self._waiting:
            part, piece = self._waiting.pop()
            self._units.write(self._key(part), xr.Dataset({
                "table": (("times", "cells", "names"), piece.table), "status": ("cells", piece.status),
                "reached": ("cells", piece.reached), "negative": ("cells", piece.negative),
            }), compress=False)  # fmt: skip
        self._last = time.monotonic()

    def _key(self, part: slice) -> str:
        request, digest = self._request, hashlib.sha256()
        for array in (request.parameters[part], request.states[part], request.times, request.atol):
            digest.update(np.ascontiguousarray(array).tobytes())
        return value_hash([*self._basis, part.start, part.stop, digest.hexdigest()])
