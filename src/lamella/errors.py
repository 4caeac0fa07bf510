"""Errors that say where, what, why and the remedy.

Every refusal of the package is a `LamellaError`; the door prints it and ends
with its exit code. Anything else that reaches the user is a defect.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class LamellaError(Exception):
    """A refusal in four parts.

    what    the fact, one sentence
    where   file, line or key at which it was found
    why     the rule that it breaks
    remedy  what the user can do
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, why: str | None = None, remedy: str | None = None):
        self.what, self.where, self.why, self.remedy = what, where, why, remedy
        super().__init__(what)

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return "\n".join([head, *(f"  {part}" for part in (self.why, self.remedy) if part)])


class InputError(LamellaError):
    """The user's file, flag or model is not acceptable. Exit code 2."""

    exit_code = 2


class ModelError(InputError):
    """A network, an SBML or an Antimony text is not acceptable. Exit code 2."""


class SolverError(LamellaError):
    """The numbers could not be advanced. Exit code 3."""

    exit_code = 3


LISTED = 40
"""So many names are listed whole; of more, the first dozen."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that offers the closest known names, or lists them, all where they are few."""
    names = sorted({str(k) for k in known})
    lower = {k.lower(): k for k in names}
    close = [lower[c] for c in difflib.get_close_matches(name.lower(), list(lower), n=3, cutoff=0.5)]
    if close:
        return "Did you mean " + " or ".join(f"'{c}'" for c in close) + "?"
    shown = ", ".join(names) if len(names) <= LISTED else ", ".join(names[:12]) + ", ..."
    return f"Known: {shown}." if names else "None is known."


def unknown(kind: str, name: str, known: Iterable[str], where: str | None = None,
            listed: str | None = None) -> InputError:
    """The error for a name that nobody has defined.   listed   what `lamella list` calls the names"""
    all_of_them = f" `lamella list {listed}` tells all." if listed else ""
    return InputError(f"unknown {kind} '{name}'", where=where, remedy=nearest(name, known) + all_of_them)
