"""What a process and those that it starts have held at most, as Linux tells it."""

from __future__ import annotations

import threading
from pathlib import Path

_READERS = (b"antimony_reader", b"sbml_flattener")
_EVERY = 0.005


def most_held(process: int | str) -> int:
    """Most bytes of memory that a process has held (VmHWM); 0 once it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM")), 0)


class Readers:
    """Watches the processes that the calling thread starts to read models; `most` is what the largest of them held.

    The mark that the system keeps of children that have ended will not do: it counts the moment between fork and exec,
    in which a child is a copy of this process.
    """

    def __init__(self) -> None:
        self.most = 0
        self._children = Path(f"/proc/self/task/{threading.get_native_id()}/children")
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Readers:
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(_EVERY):
            for child in self._children.read_text().split():
                try:
                    command = Path(f"/proc/{child}/cmdline").read_bytes()
                except OSError:
                    continue
                if any(name in command for name in _READERS):
                    self.most = max(self.most, most_held(child))
