"""What was judged, kept whole on disk: verdicts, robustness, mutants, the pace of dishes, and a history of scores.

Every file names the hash of all that it rests on: the record, the networks of its cell lines, the program's own text
and version. A file whose hash is another one is stale: it is never shown, only named as stale.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from lamella.errors import InputError
from lamella.findings import Finding
from lamella.networks import assemble, cell_lines, line_hash
from lamella.provenance import numbers_hash, value_hash, versions
from lamella.store import write_json, write_text
from lamella.verdicts.draws import SPREAD
from lamella.verdicts.ranges import reference_culture
from lamella.verdicts.trial import cells_of
from lamella.verdicts.verdict import Verdict

FORMAT = 1
"""Version of the files in the folder."""

_JUDGE = ("verdicts", "findings/expectation.py", "findings/relation.py", "findings/reference_lines.toml")


Key = Callable[[Finding], str]
"""What a file about a finding rests on, as a hash."""


def program_hash() -> str:
    """Hash of what can change a verdict beside records and networks, and of the versions of what it uses."""
    return value_hash([numbers_hash(*_JUDGE), versions()])


def finding_key(finding: Finding) -> str:
    """Hash of all that a verdict on a finding rests on, except seed and number of dishes."""
    lines = (*cells_of(finding), *finding.lines.values())
    networks = {cell: assemble(cell).digest for cell in lines if cell in cell_lines()}
    levels = [line_hash(other) for arm in finding.arms.values() for other in dict(arm.get("level_of", {})).values()]
    return value_hash({"finding": finding.hash(), "networks": networks, "levels": levels, "program": program_hash()})


def ensemble_key(finding: Finding) -> str:
    """Hash of all that robustness rests on: the same, and how sure each number is and what it was placed by."""
    lines = (*cells_of(finding), *finding.lines.values(), reference_culture()["cell"])
    return value_hash([finding_key(finding), {cell: _sureness(cell) for cell in lines if cell in cell_lines()}])


@cache
def _sureness(cell: str) -> str:
    """Hash of how sure each number of a line is, and of what it was placed by."""
    return value_hash({name: [SPREAD.get(row.grade), row.unit, row.range_of, row.multiple_of]
                       for name, row in assemble(cell).parameters.items()})


class Results:
    """A folder of results.

    dishes   folder of finished dishes
    """

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        if self.folder.exists() and not self.folder.is_dir():
            raise InputError("the store is a file", where=str(folder), remedy="Choose another folder with --store DIR.")
        self.dishes = self.folder / "dishes"

    def is_store(self) -> bool:
        """Whether a check has kept a verdict here, stale or not."""
        return (self.folder / "verdicts").is_dir()

    # verdicts ---------------------------------------------------------------------
    def verdict(self, finding: Finding, budget: Mapping[str, int] | None = None) -> Verdict | None:
        """The verdict that stands here of a finding; None where there is none or it is stale.

        budget   seed and numbers of dishes it must have been judged with; any where None
        """
        table = self._current("verdicts", finding)
        if table is None or (budget is not None and table.get("budget") != dict(budget)):
            return None
        try:
            return Verdict.from_dict(finding, table["verdict"])
        except (KeyError, TypeError, ValueError):
            return None

    def keep(self, verdict: Verdict, budget: Mapping[str, int]) -> None:
        """Write a verdict down."""
        self._write("verdicts", verdict.finding, {"budget": dict(budget), "verdict": verdict.to_dict()})

    def verdicts(self, findings: Sequence[Finding]) -> list[Verdict]:
        """Those that stand here."""
        return [found for finding in findings if (found := self.verdict(finding)) is not None]

    def stale(self, findings: Sequence[Finding]) -> list[str]:
        """Ids of findings that were judged here with another record, network or program."""
        return [finding.id for finding in findings
                if self._path("verdicts", finding.id).is_file() and self.verdict(finding) is None]

    # robustness, paths and mutants -------------------------------------------------------
    def robustness(self, finding: Finding) -> dict[str, Any] | None:
        """What an ensemble said of a finding; None where it was not asked or is stale."""
        table = self._current("robustness", finding, ensemble_key)
        return None if table is None else table["robustness"]

    def keep_robustness(self, finding: Finding, table: Mapping[str, Any]) -> None:
        self._write("robustness", finding, {"robustness": table}, ensemble_key)

    def paths(self, finding: Finding, budget: Mapping[str, int] | None = None) -> list[dict[str, Any]] | None:
        """The causal paths of a finding; None where they were not asked for or are stale.

        budget   seed and number of cells with which they must have been found; any where None
        """
        table = self._current("paths", finding)
        if table is None or (budget is not None and table.get("budget") != dict(budget)):
            return None
        return table["paths"]

    def keep_paths(self, finding: Finding, budget: Mapping[str, int], paths: Sequence[Mapping[str, Any]]) -> None:
        self._write("paths", finding, {"budget": dict(budget), "paths": list(paths)})

    def mutants(self, findings: Sequence[Finding]) -> dict[str, Any] | None:
        """The mutation test of these findings; None where it was not run or is stale."""
        table = _read(self.folder / "mutants.json")
        return table["mutants"] if table is not None and table.get("key") == _key_of_all(findings) else None

    def keep_mutants(self, findings: Sequence[Finding], table: Mapping[str, Any]) -> None:
        write_json(self.folder / "mutants.json", {"format": FORMAT, "key": _key_of_all(findings), "mutants": table})

    # pace and history -------------------------------------------------------------
    def paces(self) -> dict[str, float]:
        """Assay -> seconds per dish of the last check."""
        table = _read(self.folder / "pace.json") or {}
        return {name: float(value) for name, value in table.items() if isinstance(value, (int, float)) and value >= 0.0}

    def note_paces(self, seconds: Mapping[str, float]) -> None:
        if seconds and dict(seconds) != self.paces():
            write_json(self.folder / "pace.json", dict(seconds))

    def history(self) -> list[dict[str, Any]]:
        """Scores of earlier checks, oldest first; lines that cannot be read are left out."""
        path = self.folder / "history.jsonl"
        if not path.is_file():
            return []
        lines = []
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict) and "check" in found:
                lines.append(found)
        return lines

    def note_score(self, counts: Mapping[str, Any]) -> None:
        """Add a line to the history where program, records or counts are other than in its last."""
        before = self.history()
        line = {"version": versions()["lamella"], "program": program_hash()[:12], **counts}
        if before and {key: value for key, value in before[-1].items() if key != "date"} == line:
            return
        line = {"date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"), **line}
        text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in (*before, line))
        write_text(self.folder / "history.jsonl", text)

    # files ------------------------------------------------------------------------
    def _path(self, kind: str, name: str) -> Path:
        return self.folder / kind / f"{name}.json"

    def _current(self, kind: str, finding: Finding, key: Key = finding_key) -> dict[str, Any] | None:
        table = _read(self._path(kind, finding.id))
        return table if table is not None and table.get("key") == key(finding) else None

    def _write(self, kind: str, finding: Finding, content: Mapping[str, Any], key: Key = finding_key) -> None:
        write_json(self._path(kind, finding.id), {"format": FORMAT, "key": key(finding), **content})


def _key_of_all(findings: Sequence[Finding]) -> str:
    return value_hash(sorted(finding_key(finding) for finding in findings))


def _read(path: Path) -> dict[str, Any] | None:
    """A JSON object; None where there is none, or the disk has spoilt it."""
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return table if isinstance(table, dict) else None
