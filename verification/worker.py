"""A process that does one task after another, and is replaced when it dies, hangs, or is told to."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from typing import Any

START_SECONDS = 120.0
"""What the first task of a process may take longer: it waits for imports and kernels."""


def _work(function: Callable[..., Any], most_bytes: int | None, requests, answers) -> None:
    if most_bytes is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most_bytes))
    while True:
        try:
            arguments = requests.recv()
        except EOFError:
            return
        try:
            answers.send((True, function(*arguments)))
        except BaseException as error:
            answers.send((False, f"crashed: {type(error).__name__}: {str(error)[:200]}"))


class Worker:
    """Calls a function in a process of its own.

    function    picklable by name
    seconds     after which a task counts as hanging
    most_bytes  of data that the process may hold
    """

    def __init__(self, function: Callable[..., Any], seconds: float, most_bytes: int | None = None) -> None:
        self.function, self.seconds, self.most_bytes = function, seconds, most_bytes
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        there, self.requests = context.Pipe(False)
        self.answers, back = context.Pipe(False)
        self.process = context.Process(
            target=_work, args=(self.function, self.most_bytes, there, back), daemon=True
        )
        self.process.start()
        there.close()
        back.close()
        self.fresh = True

    def call(self, *arguments: Any) -> tuple[bool, Any]:
        """Whether the task ended by itself, and its answer, or what became of it."""
        self.requests.send(arguments)
        patience = self.seconds + (START_SECONDS if self.fresh else 0.0)
        self.fresh = False
        begun = time.monotonic()
        while time.monotonic() - begun < patience:
            try:
                if self.answers.poll(0.02):
                    return self.answers.recv()
            except EOFError:
                self.process.join()
                code = self.process.exitcode
                self._start()
                return False, f"the process died ({code})"
        self.replace()
        return False, f"no answer within {self.seconds:g} s"

    def replace(self) -> None:
        """End the process and start another one."""
        self.close()
        self._start()

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.join()
