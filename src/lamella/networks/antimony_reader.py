"""libAntimony applied to one text. It imports nothing of this package, so that it starts fast as a process of its own:

    python antimony_reader.py SECONDS BYTES < TEXT     prints one JSON object, as `read_antimony` returns it
"""

from __future__ import annotations

import json
import sys

import antimony


def read_antimony(text: str, model_name: str | None = None) -> dict[str, str]:
    """{"sbml": SBML Level 3}, or {"syntax": message} or {"empty": message} where there is none."""
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(text) < 0:
        return {"syntax": last_error()}
    sbml = antimony.getSBMLString(model_name or antimony.getMainModuleName())
    return {"sbml": sbml} if sbml else {"empty": last_error()}


def last_error() -> str:
    """libAntimony's message; it may cut a character of several bytes in two, which then has none."""
    try:
        return antimony.getLastError() or ""
    except UnicodeDecodeError:
        return "A name or a word holds a character that Antimony does not know."


def _main(seconds: int, most_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # not on every system; whoever waits for the answer has a limit of its own
        pass
    else:
        resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most_bytes))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(json.dumps(read_antimony(sys.stdin.buffer.read().decode())))


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]))
