"""An interrupt from the keyboard that is heeded, wherever it fell.

Python raises it in whatever the main thread is doing. Where that is the end of an object, or code in C that takes an
error for an answer, it is printed or dropped, and the command goes on. So it is noted as well, and raised again when
the command next says how far it is.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType

_noted = threading.Event()


def listen() -> None:
    """Note interrupts from now on, and raise them as before. Does nothing where somebody else handles them."""
    _noted.clear()
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _note)


def heed() -> None:
    """Raise an interrupt that was noted and got lost. In other threads than the main one, nothing."""
    if _noted.is_set() and threading.current_thread() is threading.main_thread():
        raise KeyboardInterrupt


def _note(number: int, frame: FrameType | None) -> None:
    _noted.set()
    raise KeyboardInterrupt
