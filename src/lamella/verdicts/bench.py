"""The bench of the judge: dishes of assays, each computed once, whoever asks for it.

Two findings that set the same arm against the same control share its dishes: a dish is named by what is in it and not
by the arm that holds it. Dishes whose cells grow alike are computed one after the other, so that these are grown once
(`lamella.culture.growth`); replicates of one arm side by side, where the assay can.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import NamedTuple

import numpy as np

from lamella.assays.protocol import Assay, Progress, Readings
from lamella.assays.runner import basis
from lamella.errors import LamellaError
from lamella.networks import assemble
from lamella.provenance import value_hash
from lamella.store import Units
from lamella.verdicts.plate import Plate
from lamella.verdicts.readings import measure_of, packed, readings, unpacked, value_of

_LONGEST = 12
"""Plates that one thread takes at a time."""

OnDish = Callable[[Plate, float], None]
"""Called, in the thread of the caller, after every dish that was computed, with the seconds that it took."""

Found = Readings | LamellaError
"""What a dish gave, or why there is none."""


class _Done(NamedTuple):
    """A dish that a thread has finished with; 0 seconds where it was kept from before."""

    key: str
    plate: Plate
    found: Found
    seconds: float


class _Stopped(Exception):
    """Raised inside a dish that nobody waits for any more."""


class Bench:
    """Runs dishes and keeps what was read.

    assays    by name
    seed      of all streams; arms share them
    threads   dishes computed at a time
    keep      folder that keeps finished dishes between runs; None keeps none
    """

    def __init__(self, assays: Mapping[str, Assay], *, seed: int = 1, threads: int = 1, keep: Path | None = None):
        self.assays = assays
        self.seed = seed
        self.threads = max(1, threads)
        self._units = Units(keep) if keep is not None else None
        self._found: dict[str, Found] = {}
        self._on_disk: dict[str, bool] = {}
        self._basis: dict[str, str] = {}
        self._stop = Event()

    def run(self, plates: Iterable[Plate], replicates: int, on_dish: OnDish | None = None,
            until: Callable[[], bool] = lambda: False) -> bool:
        """Have `replicates` dishes of every plate.

        A dish that cannot be advanced raises where its values are asked for, and stops no other dish.

        on_dish  also called with a dish that was kept from before, after 0 seconds
        until    says that time is up: dishes at work are finished, no other is begun
        returns  whether all dishes are there
        """
        wanted = {plate.key: plate for plate in plates}
        missing = [(plate, lacking) for plate in wanted.values() if (lacking := self._lacking(plate, replicates))]
        self._stop.clear()
        done: SimpleQueue[_Done] = SimpleQueue()
        with ThreadPoolExecutor(max_workers=self.threads, thread_name_prefix="dish") as pool:
            jobs = {pool.submit(self._work, job, until, done.put) for job in self._jobs(missing)}
            try:
                self._collect(jobs, done, on_dish)
            except BaseException:
                self._stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        return all(self.has(plate, replicates) for plate in wanted.values())

    def has(self, plate: Plate, replicates: int) -> bool:
        """Whether the first dishes of a plate are there, or are known not to come."""
        return not self._lacking(plate, replicates)

    def missing(self, plates: Iterable[Plate], replicates: int) -> Counter[str]:
        """How many dishes of each assay `run` would have to compute."""
        keys = {self._key(plate, replicate): plate for plate in plates for replicate in range(replicates)}
        return Counter(plate.assay for key, plate in keys.items()
                       if key not in self._found and not self._kept(key, plate))

    def values(self, plate: Plate, replicates: int, name: str, at: str | None, measure: str = "level") -> np.ndarray:
        """A quantity of the first dishes of a plate that `run` has computed.   [replicates]

        at       time of a time course; its end where not given
        measure  'level', or what is taken of the whole course (see `courses.MEASURES`; s)
        raises   InputError: the assay reads no such quantity, or not at that time; LamellaError: a dish that could
                 not be advanced
        """
        dishes: list[Readings] = []
        for replicate in range(replicates):
            found = self._found[self._key(plate, replicate)]
            if isinstance(found, LamellaError):
                raise found
            dishes.append(found)
        if measure != "level":
            return np.array([measure_of(dish, plate.assay, name, measure) for dish in dishes])
        return np.array([value_of(dish, plate.assay, name, at) for dish in dishes])

    # names ------------------------------------------------------------------------
    def _key(self, plate: Plate, replicate: int) -> str:
        return f"{plate.key}/{self.seed}/{replicate}"

    def _lacking(self, plate: Plate, replicates: int) -> list[int]:
        return [replicate for replicate in range(replicates) if self._key(plate, replicate) not in self._found]

    def _kept_as(self, key: str, plate: Plate) -> str:
        if plate.cell not in self._basis:
            self._basis[plate.cell] = basis(assemble(plate.cell).digest)
        return value_hash([self._basis[plate.cell], key])

    def _kept(self, key: str, plate: Plate) -> bool:
        if self._units is None:
            return False
        if key not in self._on_disk:
            self._on_disk[key] = self._kept_as(key, plate) in self._units
        return self._on_disk[key]

    # work -------------------------------------------------------------------------
    def _jobs(self, missing: Sequence[tuple[Plate, list[int]]]) -> Iterator[list[tuple[Plate, list[int]]]]:
        """What a thread does in one go: plates whose cells grow alike; of a tissue one dish.

        Dishes of tissue come in the order of the plates, so that the first finding has all of its dishes, and its
        verdict, before the next one begins: whoever stops early has verdicts and not half of everybody's dishes.
        """
        alike: dict[str, list[tuple[Plate, list[int]]]] = {}
        dishes: list[tuple[Plate, list[int]]] = []
        for plate, replicates in missing:
            if self.assays[plate.assay].tissue:
                dishes += [(plate, [replicate]) for replicate in replicates]
            else:
                alike.setdefault(plate.growth, []).append((plate, replicates))
        for group in alike.values():
            for first in range(0, len(group), _LONGEST):
                yield group[first : first + _LONGEST]
        yield from ([dish] for dish in dishes)

    def _collect(self, jobs: set[Future[None]], done: SimpleQueue[_Done], on_dish: OnDish | None) -> None:
        """Take note of dishes as they are finished, until all jobs are over; raise what one of them raised."""
        waiting = jobs
        while waiting or not done.empty():
            if done.empty():
                over, waiting = wait(waiting, timeout=0.05, return_when=FIRST_COMPLETED)
                for job in over:
                    job.result()
                continue
            one = done.get()
            self._found[one.key] = one.found
            if on_dish:
                on_dish(one.plate, one.seconds)

    def _work(self, job: Sequence[tuple[Plate, list[int]]], until: Callable[[], bool],
              tell: Callable[[_Done], None]) -> None:
        for plate, replicates in job:
            left = [replicate for replicate in replicates if not self._from_disk(plate, replicate, tell)]
            if not left:
                continue
            if until() or self._stop.is_set():
                return
            began = time.perf_counter()
            for replicate, found in self._dishes(plate, left):
                key = self._key(plate, replicate)
                if self._units is not None and isinstance(found, Readings):
                    self._units.write(self._kept_as(key, plate), packed(found), compress=False)
                now = time.perf_counter()
                tell(_Done(key, plate, found, now - began))
                began = now

    def _from_disk(self, plate: Plate, replicate: int, tell: Callable[[_Done], None]) -> bool:
        key = self._key(plate, replicate)
        found = self._units.read(self._kept_as(key, plate)) if self._kept(key, plate) and self._units else None
        if found is None:
            return False
        tell(_Done(key, plate, unpacked(found), 0.0))
        return True

    def _dishes(self, plate: Plate, replicates: Sequence[int]) -> Iterator[tuple[int, Found]]:
        """What dishes gave: all at once where the assay can, one by one where one of them cannot be advanced."""
        assay = self.assays[plate.assay]
        if assay.batch is not None and len(replicates) > 1:
            try:
                settings = [plate.setting(self.seed, replicate) for replicate in replicates]
                yield from zip(replicates, assay.batch(settings, plate.conditions, self._progress))
                return
            except LamellaError:
                pass
        for replicate in replicates:
            if self._stop.is_set():
                raise _Stopped
            yield replicate, self._dish(assay, plate, replicate)

    def _dish(self, assay: Assay, plate: Plate, replicate: int) -> Found:
        try:
            return readings(assay.run(plate.setting(self.seed, replicate), plate.conditions, self._progress))
        except LamellaError as error:
            return error

    @property
    def _progress(self) -> Progress:
        def progress(share: float) -> None:
            if self._stop.is_set():
                raise _Stopped

        return progress
