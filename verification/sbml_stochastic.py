"""The stochastic cases of the SBML test suite: means and standard deviations of many realisations.

    python -m verification.sbml_stochastic DIR [--json] [--cells 2000] [--case 00001]

With n realisations, mean m and standard deviation s beside the exact mu and sigma, a case asks that
sqrt(n) (m - mu) / sigma and sqrt(n/2) (s^2 / sigma^2 - 1) lie within its own ranges. Of some fifty time points a few
fall outside by chance: up to 3 for the mean and 6 for the deviation are allowed, as the suite's guide says
(Evans et al. 2008, doi:10.1093/bioinformatics/btm566).
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from pathlib import Path

import numpy as np

from lamella.errors import LamellaError
from lamella.reactions import compile_program, read_sbml
from lamella.solve import Population, StochasticPopulation
from verification.sbml_suite import Verdict, model_file, read_settings, read_tags, summary

MEAN_MISSES, DEVIATION_MISSES = 3, 6


def realise(text: str, name: str, times: np.ndarray, names: list[str], cells: int) -> np.ndarray:
    """Values of many realisations, [times, cells, names].

    Models of reactions are counted molecule by molecule; those that only draw random numbers in events are integrated.
    """
    program = compile_program(read_sbml(text, name=name))
    parameters = np.repeat(program.defaults[None], cells, axis=0)
    kind = StochasticPopulation if program.reactions else Population
    population = kind(program, parameters, seed=20)
    variables = [("amount:" if name in program.amounts else "") + name for name in names]
    out = np.empty((len(times), cells, len(names)))
    now = 0.0
    for k, time in enumerate(times):
        if time > now:
            population.advance(time - now)
            if (population.status != 0).any():
                raise LamellaError("some realisations failed", where=name)
            now = time
        out[k] = population.observe(variables)
    return out


def ranges(path: Path) -> tuple[tuple[float, float], tuple[float, float]]:
    """Allowed ranges of the mean and of the deviation."""
    text = path.read_text()
    pick = lambda key: tuple(float(x) for x in re.search(rf"{key}:\s*\(([^)]*)\)", text).group(1).split(","))
    return pick("meanRange"), pick("sdRange")


def judge(folder: Path, cells: int) -> Verdict:
    """Run one case."""
    case = folder.name
    settings = read_settings(folder / f"{case}-settings.txt")
    tags = read_tags(folder / f"{case}-model.m")
    path = model_file(folder)
    if path is None:
        return Verdict(case, "refused", "the case has no SBML file", True, tags)
    try:
        values = realise(path.read_text(), path.name, settings.times, settings.variables, cells)
    except LamellaError as error:
        return Verdict(case, "refused", str(error).replace("\n", " "), True, tags)
    with next(folder.glob("*-results.csv")).open() as file:
        rows = [row for row in csv.reader(file) if row]
    table = np.array([[float(cell) for cell in row] for row in rows[1:]])
    limits = ranges(folder / f"{case}-settings.txt")
    complaints = []
    for column, title in enumerate(rows[0][1:], start=1):
        complaint = compare(title.strip(), values, table, column, rows[0], settings.variables, limits)
        complaints += [complaint] if complaint else []
    return Verdict(case, "wrong" if complaints else "agree", "; ".join(complaints), True, tags)


def compare(title, values, table, column, header, variables, limits) -> str:
    """What is wrong with one column of the expected results, or nothing."""
    found = re.fullmatch(r"(?:(ln)\()?(\w+)\)?-(mean|sd)", title)
    if found is None:
        return f"the column '{title}' is not understood"
    logarithm, name, statistic = found.groups()
    sample = values[:, :, variables.index(name)]
    with np.errstate(all="ignore"):
        sample = np.log(sample) if logarithm else sample
    n = sample.shape[1]
    exact = table[:, column]
    prefix = title.rpartition("-")[0]
    titles = [t.strip() for t in header]
    sigma = table[:, titles.index(f"{prefix}-sd")] if f"{prefix}-sd" in titles else None
    with np.errstate(all="ignore"):
        if statistic == "mean":
            spread = sample.std(axis=1, ddof=1) if sigma is None else sigma
            score = np.sqrt(n) * (sample.mean(axis=1) - exact) / spread
        else:
            score = np.sqrt(n / 2) * (sample.var(axis=1, ddof=1) / exact**2 - 1)
    low, high = limits[0] if statistic == "mean" else limits[1]
    certain = ~np.isfinite(score)
    with np.errstate(all="ignore"):
        observed = sample.mean(axis=1) if statistic == "mean" else sample.std(axis=1)
        fine = np.where(
            certain,
            np.isclose(observed, exact, equal_nan=True) | ~np.isfinite(observed),
            (score > low) & (score < high),
        )
    misses = int((~fine).sum())
    allowed = MEAN_MISSES if statistic == "mean" else DEVIATION_MISSES
    return "" if misses <= allowed else f"{title}: {misses} of {len(fine)} points outside ({low:g}, {high:g})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of suite cases")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--cells", type=int, default=2000, help="realisations")
    parser.add_argument("--case", action="append", help="only this case (repeat for more)")
    options = parser.parse_args()
    folders = sorted(path.parent for path in options.folder.rglob("*-settings.txt") if "sdRange" in path.read_text())
    verdicts = []
    for folder in folders:
        if options.case and folder.name not in options.case:
            continue
        verdicts.append(judge(folder, options.cells))
        if not options.json and verdicts[-1].outcome != "agree":
            print(f"{verdicts[-1].case} {verdicts[-1].outcome}: {verdicts[-1].reason}", flush=True)
    result = summary(verdicts)
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        print({key: result[key]["count"] for key in ("agree", "refused", "wrong")})
    return 1 if result["wrong"]["count"] else 0


if __name__ == "__main__":
    sys.exit(main())
