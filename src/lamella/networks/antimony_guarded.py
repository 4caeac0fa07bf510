"""Antimony that a user brought: read in a process of its own, because the reader is a C++ library that some texts
crash or keep busy for hours, and that follows imports to other files.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile

from lamella.errors import ModelError
from lamella.networks import antimony_reader
from lamella.networks.antimony_text import sbml_or_error

SECONDS, BYTES = 5, 512 << 20
"""Limits of the reader: those of a hostile model, 10 s and 1 GB, less what compiling and simulating it may take."""

MAX_CHARACTERS, MAX_DEPTH = 5_000_000, 500
_COMMENT_OR_STRING = re.compile(r'//[^\n]*|#[^\n]*|/\*.*?\*/|""".*?"""|"[^"\n]*"', re.DOTALL)
_IMPORT = re.compile(r"\bimport\s*[\"']")


def to_sbml_guarded(text: str, path: str = "model") -> str:
    """SBML Level 3 of an Antimony text from outside.

    path    stands in messages
    errors  ModelError: empty, not valid, too large, nested too deeply, an import, or a text that the reader cannot take
    """
    _refuse(text, path)
    command = [sys.executable, "-P", antimony_reader.__file__, str(SECONDS), str(BYTES)]
    with tempfile.TemporaryDirectory() as empty:  # the working folder, so that no name in the text finds a file
        try:
            done = subprocess.run(
                command, input=text.encode(), cwd=empty, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                timeout=SECONDS + 3,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            done = None
    try:
        answer = json.loads(done.stdout.splitlines()[-1]) if done is not None and done.stdout else {}
    except ValueError:
        answer = {}
    if answer:
        return sbml_or_error(answer, (), path)
    raise ModelError(
        "the Antimony text cannot be read", where=path,
        why=f"libAntimony fails on it, or takes more than {SECONDS} s or {BYTES >> 20} MB.",
        remedy="Look for modules in many copies, and formulas of thousands of terms; or give the model as SBML.",
    )  # fmt: skip


def _refuse(text: str, path: str) -> None:
    """What need not be tried."""
    if len(text) > MAX_CHARACTERS:
        raise ModelError(f"the text is longer than {MAX_CHARACTERS} characters", where=path)
    if "\x00" in text:
        raise ModelError("the text holds a NUL character", where=path, why="It is no Antimony.")
    bare = _COMMENT_OR_STRING.sub(_emptied, text)
    if not bare.strip():
        raise ModelError("there is no model in the text", where=path, why="It is empty, or holds comments alone.",
                         remedy="Write e.g. A -> B; k*A; k = 0.1; A = 10;")  # fmt: skip
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


def _emptied(found: re.Match) -> str:
    """A string without its content; nothing but line ends for a comment."""
    text = found.group()
    return '""' if text[0] == '"' and text[:3] != '"""' else "\n" * text.count("\n")
