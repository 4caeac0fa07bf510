"""How far a run is: bars where somebody watches, a line now and then where nobody does. All on stderr."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from lamella.assays.runner import Unit
from lamella.cli.interrupts import heed

_LINES = 10
"""Lines written in all where stderr is not a terminal."""

_PAUSE = 60.0
"""Seconds after which a line is written although nothing new has begun."""


class Tell(Protocol):
    """Called with what is being done, the finished share of all, 0..1, and a note on the time left."""

    def __call__(self, what: str, share: float, note: str = "") -> None: ...


class Watch:
    """Follows the dishes of a run."""

    def __init__(self, total: int, bar: Progress | None, task: TaskID | None, quiet: bool):
        self._total, self._bar, self._task, self._quiet = total, bar, task, quiet
        self._shares: dict[Unit, float] = {}
        self._done = 0
        self._lock = threading.Lock()

    def progress(self, unit: Unit, share: float) -> None:
        """A dish has come to `share` of its way. Called from the dish's thread."""
        with self._lock:
            self._shares[unit] = min(max(share, 0.0), 1.0)
            if self._bar is not None and self._task is not None:
                self._bar.update(self._task, completed=sum(self._shares.values()))

    def finished(self, unit: Unit) -> None:
        """A dish is done, computed or kept from before."""
        heed()
        self.progress(unit, 1.0)
        self._done += 1
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=f"{self._done} of {self._total} dishes")
        elif not self._quiet and self._done * _LINES // self._total > (self._done - 1) * _LINES // self._total:
            print(f"{self._done} of {self._total} dishes", file=sys.stderr, flush=True)


@contextmanager
def advancing(*, quiet: bool) -> Iterator[Tell]:
    """A function that takes what is being done, the finished share of all, 0..1, and a note on the time left.

    Where nobody watches, a line is written for everything new, and once a minute.
    """
    if quiet:
        yield lambda what, share, note="": heed()
    elif not sys.stderr.isatty():
        said: set[str] = set()
        last = time.monotonic()

        def say(what: str, share: float, note: str = "") -> None:
            nonlocal last
            heed()
            if what not in said or time.monotonic() - last > _PAUSE:
                said.add(what)
                last = time.monotonic()
                print(f"{share:4.0%} {what}{note and f' ({note})'}", file=sys.stderr, flush=True)

        yield say
    else:
        with _bar() as bar:
            task = bar.add_task("", total=1.0)

            def show(what: str, share: float, note: str = "") -> None:
                heed()
                bar.update(task, completed=share, description=f"{what}{note and f' ({note})'}")

            yield show


def _bar() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
                    TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(), console=Console(stderr=True),
                    transient=True)


@contextmanager
def watching(total: int, *, quiet: bool) -> Iterator[Watch]:
    """A `Watch` over `total` dishes, with a bar if stderr is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield Watch(total, None, None, quiet)
        return
    with _bar() as bar:
        yield Watch(total, bar, bar.add_task(f"0 of {total} dishes", total=total), quiet)
