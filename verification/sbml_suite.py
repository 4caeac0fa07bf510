"""The SBML test suite (semantic cases): agree, refused by name, or wrong.

    python -m verification.sbml_suite DIR [--json] [--case 00042] [--round-trip]

DIR holds one folder per case, or folders of them (`semantic`, `stochastic`). A
case agrees when every value lies within the tolerances that it states itself. Every
case runs in a worker process, so that none can end the run: one that crashes, hangs
or that the solver cannot advance is `wrong`. `core` leaves out the cases whose tags
name algebraic rules, fast reactions, the delay symbol, `fbc` or `comp`.

Stochastic cases are judged in `verification.sbml_stochastic`.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from lamella.errors import LamellaError, ModelError
from lamella.reactions import Program, compile_program, read_sbml, write_sbml
from lamella.solve import Population
from verification.worker import Worker

NOT_CORE = ("AlgebraicRule", "FastReaction", "CSymbolDelay")
PACKAGES = ("fbc", "comp")
"""Tags, and packages with their tags ('fbc:...'), whose cases are left out of the core set."""

SECONDS = 900.0
"""After which a case counts as hanging, and so as wrong."""


@dataclass
class Settings:
    """What a case asks for, from its settings file."""

    start: float
    duration: float
    steps: int
    variables: list[str]
    absolute: float
    relative: float
    amount: set[str]
    concentration: set[str]

    @property
    def times(self) -> np.ndarray:
        return self.start + np.linspace(0.0, self.duration, self.steps + 1)

    def names(self, program: Program) -> list[str]:
        """Variables as names of a program, with their measure."""
        prefix = lambda v: "amount:" if v in self.amount else "concentration:" if v in self.concentration else ""
        return [(prefix(v) if v in program.amounts else "") + v for v in self.variables]


@dataclass
class Verdict:
    """How one case came out: 'agree', 'refused' or 'wrong', and why."""

    case: str
    outcome: str
    reason: str = ""
    core: bool = True
    tags: list[str] = field(default_factory=list)


def read_settings(path: Path) -> Settings:
    table = {}
    for line in path.read_text().splitlines():
        key, colon, value = line.partition(":")
        if colon:
            table[key.strip().lower()] = value.strip()
    listed = lambda key: [item.strip() for item in table.get(key, "").split(",") if item.strip()]
    number = lambda key, default: float(table.get(key) or default)
    return Settings(
        number("start", 0), number("duration", 0), int(number("steps", 1)), listed("variables"),
        number("absolute", 1e-7), number("relative", 1e-4), set(listed("amount")), set(listed("concentration")),
    )  # fmt: skip


def read_tags(path: Path) -> list[str]:
    """Component and test tags of a case, from its `-model.m` file."""
    text = path.read_text(errors="replace") if path.exists() else ""
    found = re.findall(r"^\s*(?:componentTags|testTags):(.*)$", text, re.MULTILINE)
    return [tag.strip() for line in found for tag in line.split(",") if tag.strip()]


def is_core(tags: list[str]) -> bool:
    return not any(tag in NOT_CORE or tag.partition(":")[0] in PACKAGES for tag in tags)


def model_file(folder: Path) -> Path | None:
    """The model of a case in its highest level and version."""
    files = sorted(folder.glob("*-sbml-l*.xml"))
    return files[-1] if files else None


def simulate(text: str, settings: Settings, name: str, round_trip: bool = False) -> np.ndarray:
    """Values of the variables of a case, [times, variables].

    round_trip  write the model as SBML again, and simulate what that says
    errors      LamellaError where the model is refused or cannot be advanced
    """
    program = compile_program(read_sbml(text, name=name))
    if round_trip:
        program = compile_program(read_sbml(write_sbml(program), name=name))
    program.require_values(program.defaults[None])
    population = Population(program, program.defaults[None], rtol=1e-8, atol=settings.absolute * 1e-5)
    names = settings.names(program)
    out = np.empty((settings.steps + 1, len(names)))
    now = 0.0
    for k, at in enumerate(settings.times):
        if at > now:
            population.advance(at - now)
            population.require_ok()
            now = at
        out[k] = population.observe(names)[0]
    return out


def expected(folder: Path, variables: list[str]) -> np.ndarray:
    """Results of a case, [times, variables]."""
    with next(folder.glob("*-results.csv")).open() as file:
        rows = [row for row in csv.reader(file) if row]
    header = ["", *(name.strip() for name in rows[0][1:])]  # the first column is the time, whatever its name
    values = np.array([[float(cell) for cell in row] for row in rows[1:]])
    return values[:, [header.index(name) for name in variables]]


def judge(folder: Path, round_trip: bool = False) -> Verdict:
    """Run one case. A refusal is an error of the model; a solver that fails or a crash is a wrong answer."""
    case = folder.name
    settings = read_settings(folder / f"{case}-settings.txt")
    tags = read_tags(folder / f"{case}-model.m")
    core = is_core(tags)
    path = model_file(folder)
    if path is None:
        return Verdict(case, "refused", "the case has no SBML file", core, tags)
    try:
        ours = simulate(path.read_text(), settings, path.name, round_trip)
    except ModelError as error:
        return Verdict(case, "refused", str(error).replace("\n", " "), core, tags)
    except LamellaError as error:
        return Verdict(case, "wrong", str(error).replace("\n", " "), core, tags)
    theirs = expected(folder, settings.variables)
    return Verdict(case, *compare(ours, theirs, settings), core, tags)


def compare(ours: np.ndarray, theirs: np.ndarray, settings: Settings) -> tuple[str, str]:
    """Outcome and reason for the values of a case."""
    if ours.shape != theirs.shape:
        return "wrong", f"{ours.shape[0]} rows, expected {theirs.shape[0]}"
    with np.errstate(invalid="ignore"):
        near = np.abs(ours - theirs) <= settings.absolute + settings.relative * np.abs(theirs)
    near |= (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    if near.all():
        return "agree", ""
    row, column = np.argwhere(~near)[0]
    name, at = settings.variables[column], settings.times[row]
    return "wrong", f"{name} at {at:g}: {ours[row, column]:.9g}, expected {theirs[row, column]:.9g}"


def case_folders(root: Path) -> list[Path]:
    """Folders of semantic cases below `root`."""
    found = {path.parent for path in root.rglob("*-settings.txt")}
    is_stochastic = lambda folder: "stochastic" in folder.parts
    return sorted(folder for folder in found if not is_stochastic(folder))


def summary(verdicts: list[Verdict]) -> dict:
    """Counts and case numbers by outcome."""
    cases = lambda outcome: [v.case for v in verdicts if v.outcome == outcome]
    refusals = [v.reason.partition(": ")[2] for v in verdicts if v.outcome == "refused"]
    reasons = Counter(re.sub(r"'[^']*'", "'...'", reason) for reason in refusals)
    return {
        "cases": len(verdicts),
        "agree": {"count": len(cases("agree")), "cases": cases("agree")},
        "refused": {
            "count": len(cases("refused")),
            "cases": {v.case: v.reason for v in verdicts if v.outcome == "refused"},
            "reasons": dict(reasons.most_common()),
        },
        "wrong": {"count": len(cases("wrong")), "cases": {v.case: v.reason for v in verdicts if v.outcome == "wrong"}},
        "agree_share": round(len(cases("agree")) / max(len(verdicts), 1), 5),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of suite cases")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--case", action="append", help="only this case (repeat for more)")
    parser.add_argument("--round-trip", action="store_true", help="write and read every model before it runs")
    options = parser.parse_args()
    folders = [f for f in case_folders(options.folder) if not options.case or f.name in options.case]
    if not folders:
        parser.error(f"{options.folder} holds no suite cases")
    begun = time.perf_counter()
    verdicts = []
    worker = Worker(judge, SECONDS)
    for folder in folders:
        ended, answer = worker.call(folder, options.round_trip)
        tags = read_tags(folder / f"{folder.name}-model.m")
        verdicts.append(answer if ended else Verdict(folder.name, "wrong", answer, is_core(tags), tags))
        if not options.json and verdicts[-1].outcome != "agree":
            print(f"{verdicts[-1].case} {verdicts[-1].outcome}: {verdicts[-1].reason}", flush=True)
    worker.close()
    result = {
        "all": summary(verdicts),
        "core": summary([v for v in verdicts if v.core]),
        "seconds": round(time.perf_counter() - begun, 1),
    }
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        for name in ("all", "core"):
            counts = {key: result[name][key]["count"] for key in ("agree", "refused", "wrong")}
            print(f"{name}: {counts} of {result[name]['cases']}")
    return 1 if result["all"]["wrong"]["count"] else 0


if __name__ == "__main__":
    sys.exit(main())
