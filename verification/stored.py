"""What a verification found, kept in one JSON file check by check, each beside its day and commit."""

from __future__ import annotations

import datetime
import json
import subprocess
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from lamella.store import write_text


def rounded(value: Any) -> Any:
    """The same with four digits, for people to read."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(inner) for inner in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


@cache
def commit() -> str | None:
    """What git calls the files that run, when this is first asked: before a result makes them dirty. None outside a
    checkout.
    """
    command = ["git", "describe", "--always", "--dirty", "--abbrev=10"]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def store(file: Path, name: str, found: Mapping[str, Any], order: Iterable[str]) -> None:
    """Put what a check found into a file beside what stands there of others.

    order   names of all checks, as the file has them
    """
    known = json.loads(file.read_text()) if file.exists() else {}
    known[name] = rounded(dict(found)) | {"date": datetime.date.today().isoformat(), "commit": commit()}
    file.parent.mkdir(parents=True, exist_ok=True)
    write_text(file, json.dumps({check: known[check] for check in order if check in known}, indent=1) + "\n")
