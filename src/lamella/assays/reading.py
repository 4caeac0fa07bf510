"""TOML text from a stranger: read with bounds, and every key found again by its line."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lamella.errors import InputError

LARGEST = 262_144
"""Bytes; an experiment file has a few thousand."""

_TRIES = 120
"""Prefixes of the text that are parsed to find the line of a key, at most."""

Key = Sequence[str | int]


@dataclass(frozen=True)
class Source:
    """A text and its name, to say where in it something stands.

    name   file name for messages; None where the content did not come from a file
    text   the TOML text
    """

    name: str | None = None
    text: str = ""

    def where(self, key: Key = ()) -> str:
        """'file.toml:12: arms.knockdown.knockdown.XIAP', as far as it is known."""
        dotted = ".".join(_spell(part) for part in key).replace(".[", "[")
        if self.name is None:
            return dotted or "experiment"
        line = self.line(key) if key else None
        return ": ".join(part for part in (f"{self.name}:{line}" if line else self.name, dotted) if part)

    def line(self, key: Key) -> int | None:
        """First line, from 1, of the statement that brings `key` into being; None where that is not found soon.

        Whether the leading lines hold the key grows with their number, so halving
        finds the fewest that do; a run that ends inside a statement does not parse
        and is lengthened line by line, to the end of the statement.
        """
        lines = [line + "\n" for line in self.text.split("\n")]
        tries = iter(range(_TRIES))

        def holds(count: int) -> tuple[bool, int] | None:
            for end in range(count, len(lines) + 1):
                if next(tries, None) is None:
                    return None
                try:
                    return _has(tomllib.loads("".join(lines[:end])), key), end
                except (ValueError, RecursionError):
                    continue
            return None

        if (whole := holds(len(lines))) is None or not whole[0]:
            return None
        low, high = 0, len(lines)
        while low < high:
            middle = (low + high) // 2
            answer = holds(middle)
            if answer is None:
                return None
            there, end = answer
            if not there:
                low = max(end, middle + 1)
            else:
                high = middle
        return low or None


def read_toml(path: Path) -> tuple[dict, Source]:
    """The content of a TOML file and the means to find its keys again.

    raises   InputError: missing, unreadable, too large, not UTF-8, not TOML
    """
    name = str(path)
    try:
        with open(path, "rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise InputError("there is no such file", where=name, remedy="Check the name and the folder.") from None
    except IsADirectoryError:
        raise InputError("this is a folder, not a file", where=name, remedy="Name the experiment file in it.") from None
    except (OSError, ValueError) as error:
        raise InputError("the file cannot be read", where=name, why=f"{getattr(error, 'strerror', None) or error}.",
                         remedy="Check its permissions.") from None
    if len(raw) > LARGEST:
        raise InputError("the file is too large for an experiment", where=name,
                         why=f"At most {LARGEST // 1024} KiB are read.")
    if not raw.strip():
        raise InputError("the file is empty", where=name, remedy="Start from examples/xiap_scratch.toml.")
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError("the file is not UTF-8 text", where=f"{name}:{line}", why="TOML files are UTF-8.",
                         remedy="Save it as UTF-8 in your editor.") from None
    return parse_toml(text, name)


def parse_toml(text: str, name: str) -> tuple[dict, Source]:
    """Content and source of TOML text. Raises InputError with the line of the fault."""
    try:
        return tomllib.loads(text), Source(name, text)
    except tomllib.TOMLDecodeError as error:
        what, line = _fault(str(error), text)
        raise InputError(f"not valid TOML: {what}", where=f"{name}:{line}" if line else name,
                         remedy="Check quotes, brackets and `key = value` on that line; "
                                "a truncated file ends in the middle of one.") from None
    except (ValueError, RecursionError) as error:
        why = "It is nested too deeply." if isinstance(error, RecursionError) else "A number in it is too long."
        raise InputError("the TOML text is refused", where=name, why=why) from None


def _fault(message: str, text: str) -> tuple[str, int | None]:
    """What tomllib complains about, and the line it points at."""
    what, _, place = message.rpartition(" (at ")
    if not what:
        return message, None
    if place.startswith("end of document"):
        return f"{what}: the text ends here", text.rstrip("\n").count("\n") + 1
    line = place.removeprefix("line ").split(",")[0]
    return what, int(line) if line.isdigit() else None


def _has(content: Any, key: Key) -> bool:
    try:
        for part in key:
            content = content[part]
    except (TypeError, KeyError, IndexError):
        return False
    return True


def _spell(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part + 1}]"
    shown = part if len(part) <= 60 else part[:57] + "..."
    return shown if shown.replace("-", "").replace("_", "").replace("+", "").isalnum() else repr(shown)
