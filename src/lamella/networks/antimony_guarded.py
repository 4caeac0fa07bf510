"""Antimony that a user brought: read in a process of its own, because the reader is a C++ library that some texts
crash, and that follows imports to other files.

    python -m lamella.networks.antimony_guarded < TEXT     prints {"sbml": ...} or {"error": ..., "where": ..., ...}
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile

from lamella.errors import ModelError

SECONDS, BYTES = 5, 1 << 30
MAX_CHARACTERS, MAX_DEPTH = 5_000_000, 500
_COMMENT = re.compile(r"//[^\n]*|#[^\n]*|/\*.*?\*/|\"\"\".*?\"\"\"", re.DOTALL)
_IMPORT = re.compile(r"\bimport\s*[\"']")


def to_sbml_guarded(text: str, path: str = "model") -> str:
    """SBML Level 3 of an Antimony text from outside.

    path    stands in messages
    errors  ModelError: not valid, too large, nested too deeply, an import, or a text that the reader cannot take
    """
    _refuse(text, path)
    with tempfile.TemporaryDirectory() as empty:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "lamella.networks.antimony_guarded", path], input=text.encode(), cwd=empty,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS + 2,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            done = None
    try:
        answer = json.loads(done.stdout) if done is not None else {}
    except ValueError:
        answer = {}
    if "sbml" in answer:
        return answer["sbml"]
    if "error" in answer:
        raise ModelError(answer["error"], where=answer["where"], why=answer["why"], remedy=answer["remedy"])
    raise ModelError(
        "the Antimony text cannot be read", where=path,
        why=f"libAntimony fails on it within {SECONDS} s and {BYTES >> 20} MB.",
        remedy="Look for modules that contain each other, or very many copies of them.",
    )  # fmt: skip


def _refuse(text: str, path: str) -> None:
    """What need not be tried."""
    if len(text) > MAX_CHARACTERS:
        raise ModelError(f"the text is longer than {MAX_CHARACTERS} characters", where=path)
    if "\x00" in text:
        raise ModelError("the text holds a NUL character", where=path, why="It is no Antimony.")
    bare = _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), text)
    found = _IMPORT.search(bare)
    if found:
        line = bare.count("\n", 0, found.start()) + 1
        raise ModelError("the text imports another file", where=f"{path}:{line}", why="No other file is read.",
                         remedy="Put its models into this text.")  # fmt: skip
    depth = deepest = 0
    for character in bare:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise ModelError(f"parentheses are nested more than {MAX_DEPTH} deep", where=path)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on every system; the time limit remains
        return
    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _main(path: str) -> None:
    _limit()
    from lamella.networks.antimony_text import to_sbml

    text = sys.stdin.buffer.read().decode()
    try:
        answer = {"sbml": to_sbml(text, path=path)}
    except ModelError as error:
        answer = {"error": error.what, "where": error.where, "why": error.why, "remedy": error.remedy}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    _main(sys.argv[1])
