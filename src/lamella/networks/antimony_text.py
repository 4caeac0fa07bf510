"""Antimony text to SBML text, with errors that name the file and the line they were written in."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

import antimony

from lamella.errors import ModelError
from lamella.networks.antimony_reader import last_error, read_antimony

_LONGEST = 600  # characters of an explanation; libAntimony may quote a formula of any length
_LOCK = threading.Lock()  # libAntimony keeps one global state


@dataclass(frozen=True)
class Passage:
    """Lines of a joined text that came from one file.

    first_line  line in the joined text, from 1
    path        the file
    own_line    line in that file
    """

    first_line: int
    path: str
    own_line: int


def to_sbml(text: str, model_name: str | None = None, passages: tuple[Passage, ...] = (), path: str = "model") -> str:
    """SBML Level 3 of an Antimony text.

    raises  ModelError: syntax error, or nothing to convert; `where` names file and line
    """
    with _LOCK:
        return sbml_or_error(read_antimony(text, model_name), passages, path)


def sbml_or_error(answer: dict[str, str], passages: tuple[Passage, ...], path: str) -> str:
    """The SBML in what `read_antimony` answered.

    raises  ModelError: there is none
    """
    if "syntax" in answer:
        raise _located(answer["syntax"], passages, path)
    if "empty" in answer:
        raise ModelError("the Antimony text holds no model", where=path, why=answer["empty"] or None)
    return answer["sbml"]


def from_sbml(sbml: str) -> str:
    """Antimony text of an SBML text."""
    with _LOCK:
        antimony.clearPreviousLoads()
        if antimony.loadSBMLString(sbml) < 0:
            raise ModelError("the SBML text does not convert to Antimony", why=last_error())
        return str(antimony.getAntimonyString(antimony.getMainModuleName()))


def _located(message: str, passages: tuple[Passage, ...], path: str) -> ModelError:
    match = re.search(r"line (\d+)", message)
    where = path
    if match:
        line = int(match.group(1))
        before = [p for p in passages if p.first_line <= line]
        where = (
            f"{before[-1].path}:{before[-1].own_line + line - before[-1].first_line}" if before else f"{path}:{line}"
        )
    why = re.sub(r"^.*?line \d+:?\s*", "", message, flags=re.S).strip() or message.strip()
    if len(why) > _LONGEST:
        why = why[:_LONGEST] + " ..."
    return ModelError(
        "not valid Antimony", where=where, why=why, remedy="Correct the line; see the Antimony reference."
    )
