"""Speed of reactions and solve beside libRoadRunner and AMICI, in the same run.

    python -m bench.reactions [--json] [--cells 1000] [--store FILE]

Everything is measured in processor seconds of one thread, except `two_threads`, `first_use_s` and `cached_use_s`
(wall). Answers are compared before speeds, and errors at the same tolerances are printed beside them. The peers run a
sample of the cells and are scaled up; ratios are medians over turns in alternation, with their spread. AMICI, which
needs a compiler, gets an environment of its own; where there is no compiler its figures are null, with the reason.
The first run installs AMICI and compiles the models for it, which takes some minutes more.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import statistics
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from importlib import metadata
from pathlib import Path

import llvmlite.binding as llvm

from bench.peers.agreement import KINDS, Agreeing, Program, Truth, agreeing
from bench.peers.amici import Amici, NotMeasured, environment
from bench.peers.first_use import use
from bench.peers.own import Own, two_threads
from bench.peers.roadrunner import RoadRunner, require_roadrunner
from bench.peers.task import CHUNKS, Task, own_task, public_task
from lamella.solve.kernels.lanes import LANES

TARGETS = {
    "population_vs_roadrunner": 25.0, "population_vs_amici": 12.0, "chunks_vs_roadrunner": 70.0,
    "chunks_vs_amici": 40.0, "chunks_vs_roadrunner_matched_error": 110.0, "single_vs_roadrunner": 2.0,
    "two_threads": 1.8, "first_use_s": 2.0, "cached_use_s": 0.3,
}  # fmt: skip
RTOL, ATOL = 1e-6, 1e-3
SAMPLE, TURNS = 10, 5
JUMPING = "fibronectin_front"  # any positive number is physical here, which is not so of a share
NOTES = {
    "first_use_s": "of the model itself; starting Python and numba, once per process, is not in it",
    "two_threads": "wall time; two_threads_processor, of the busier thread, hints at it where other work runs",
    "matched_error": "ours at the loosest rtol whose error, like that of every tighter one, is at most the peer's",
    "rtol_of_peers": "tightened tenfold, and atol with it, until the answer agrees; null where it never does",
    "errors": "largest over all species and sampled cells, against tight answers that differ by `doubt`",
}


def bench(task: Task) -> dict:
    """All figures of one task: those that have a target by name, the rest beside them."""
    with ExitStack() as open_peers:
        figures = compared(task, open_peers)
    single = _single(task.first(1))
    wall, processor = two_threads(Own(task, RTOL, ATOL), 2 * TURNS)
    figures["ratios"] |= {"single_vs_roadrunner": single, "two_threads": wall}
    figures["first_use_s"], figures["cached_use_s"] = use(task.sbml)
    figures["two_threads_processor"] = processor
    return figures


def compared(task: Task, open_peers: ExitStack) -> dict:
    """Errors, and ratios of whole runs and of chunks, turn by turn."""
    sample = task.first(SAMPLE)
    truth = Truth(sample)
    version, why = None, []
    errors = {"ours": truth.errors(Own(sample, RTOL, ATOL))}
    peers: dict[str, Agreeing] = {}
    makers: dict[str, Callable[[float, float], Program]] = {
        "roadrunner": lambda rtol, atol: RoadRunner(sample, rtol, atol),
        "amici": lambda rtol, atol: open_peers.enter_context(closing(Amici(environment(), sample, rtol, atol))),
    }
    for name, make in makers.items():
        try:
            first = make(RTOL, ATOL)
            version = getattr(first, "version", version)
            errors[name], peers[name] = agreeing(truth, make, first, RTOL, ATOL)
        except NotMeasured as reason:
            why.append(str(reason))
        except RuntimeError as failure:  # a peer that cannot integrate the task is out, and nothing else is lost
            why.append(f"{name} failed: {str(failure).splitlines()[0][:200]}")
    why += [f"the answer of {name} is off by {errors[name][kind]:.2g} at rtol {RTOL:g} ({kind})"
            for name, found in peers.items() for kind in KINDS if found.tolerance(kind) != RTOL]  # fmt: skip
    matched = {name: truth.matched(sample, found.error["chunks"]) for name, found in peers.items()
               if "chunks" in found.error}  # fmt: skip
    return {
        "ratios": _ratios(task, peers, matched),
        "errors": errors | {"doubt": truth.doubt},
        "rtol_of_peers": {name: {kind: found.tolerance(kind) for kind in KINDS} for name, found in peers.items()},
        "matched": {n: None if m is None else {"rtol": m[0], "chunks": m[1]} for n, m in matched.items()},
        "ours_no_worse_than_peers": {
            name: all(errors["ours"][kind] <= errors[name][kind] for kind in KINDS) for name in peers
        },
        "why": "; ".join(why),
        "amici_version": version,
    }


def _ratios(task: Task, peers: dict[str, Agreeing], matched: dict[str, tuple[float, float] | None]) -> dict:
    """Peer's seconds over ours in each turn; and cells and chunks a second of everyone."""
    ours = Own(task, RTOL, ATOL)
    loose = {name: Own(task, found[0], None) for name, found in matched.items() if found}
    ratios: dict[str, list[float]] = {}
    note = lambda name, value: ratios.setdefault(name, []).append(value)
    for _ in range(TURNS):
        day, chunks = ours.day().seconds, ours.chunks().seconds
        note("cells_per_s ours", 1 / day)
        note("cell_chunks_per_s ours", CHUNKS / chunks)
        for name, peer in peers.items():
            if "day" in peer.program:
                seconds = peer.program["day"].day().seconds
                note(f"cells_per_s {name}", 1 / seconds)
                note(f"population_vs_{name}", seconds / day)
            if "chunks" in peer.program:
                seconds = peer.program["chunks"].chunks().seconds
                note(f"cell_chunks_per_s {name}", CHUNKS / seconds)
                note(f"chunks_vs_{name}", seconds / chunks)
                if name in loose:
                    note(f"chunks_vs_{name}_matched_error", seconds / loose[name].chunks().seconds)
    return ratios


def _single(task: Task) -> list[float]:
    """One cell, one day: libRoadRunner's seconds over ours; each the least of five, as the runs are short."""
    ours, theirs = Own(task, RTOL, ATOL), RoadRunner(task, RTOL, ATOL)
    least = lambda program: min(program.day().seconds for _ in range(5))
    return [least(theirs) / least(ours) for _ in range(TURNS)]


def report(figures: dict) -> dict:
    """The figures of one task as they are printed: {value, target, met} for each target, the rest beside them."""
    ratios = figures.pop("ratios")
    medians = {name: statistics.median(values) for name, values in ratios.items()}
    values = medians | {name: figures.pop(name) for name in ("first_use_s", "cached_use_s")}
    spread = {name: [round(min(v), 3), round(max(v), 3)] for name, v in ratios.items() if " " not in name}
    beside = {name: round(value, 3) for name, value in medians.items() if name not in TARGETS}
    return {name: judged(name, values.get(name)) for name in TARGETS} | figures | {"spread": spread, "beside": beside}


def judged(name: str, value: float | None) -> dict:
    """A figure beside its target."""
    target = TARGETS[name]
    if value is None:
        return {"value": None, "target": target, "met": None}
    met = value <= target if name.endswith("_s") else value >= target
    return {"value": round(float(value), 3), "target": target, "met": bool(met)}


def jumps(task: Task) -> dict:
    """The task with one input that jumps far, and no other that changes; no target is set for it."""
    with ExitStack() as open_peers:
        figures = report(compared(task.jumping(JUMPING), open_peers) | dict.fromkeys(("first_use_s", "cached_use_s")))
    kept = ("errors", "rtol_of_peers", "matched", "ours_no_worse_than_peers", "why")
    chunks = {name: figures[name]["value"] for name in TARGETS if name.startswith("chunks")}
    return {"input": JUMPING} | chunks | {name: figures[name] for name in kept}


def measure(cells: int, keep: Callable[[dict], object] = lambda result: None) -> dict:
    """The whole bench; `keep` is called with what there is after every task, so that a failure loses one only."""
    result: dict = {"models": {}, "notes": NOTES, "date": datetime.date.today().isoformat(), "cells": cells,
                    "machine": machine(), "versions": versions()}  # fmt: skip
    for make_task in (public_task, own_task):
        task = make_task(cells)
        figures = report(bench(task))
        result["versions"]["amici"] = figures.pop("amici_version")
        result["models"][task.name] = figures
        keep(result)
        if make_task is own_task:
            figures["jumps"] = jumps(task)
            keep(result)
    return result


def machine() -> dict[str, object]:
    """The processor and how busy it is: runnable processes per core, this one among them, in the last minute."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    cores = os.cpu_count() or 1
    return {"processor": (names or [platform.processor()])[0], "architecture": llvm.get_host_cpu_name(),
            "lanes": LANES, "cores": cores, "load_per_core": round(os.getloadavg()[0] / cores, 1)}  # fmt: skip


def versions() -> dict[str, str]:
    """Of Python and what is measured."""
    packages = ("libroadrunner", "numba", "llvmlite", "numpy")
    return {"python": platform.python_version()} | {package: metadata.version(package) for package in packages}


def show(result: dict) -> None:
    """A table for people."""
    for name, figures in result["models"].items():
        print(name)
        for key in TARGETS:
            figure = figures[key]
            value = "not measured" if figure["value"] is None else f"{figure['value']:10.2f}"
            print(f"  {key:38s} {value}  target {figure['target']:g}  spread {figures['spread'].get(key, '')}")
        for key in [key for key in figures if key not in TARGETS and key != "spread"]:
            print(f"  {key}: {json.dumps(figures[key])}")
    print(json.dumps(result["machine"]))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--cells", type=int, default=1000, help="cells of a population")
    parser.add_argument("--store", type=Path, help="also write the JSON into this file")
    options = parser.parse_args()
    require_roadrunner()

    def keep(result: dict) -> None:
        if options.store:
            options.store.parent.mkdir(parents=True, exist_ok=True)
            options.store.write_text(json.dumps(result, indent=1) + "\n")

    result = measure(options.cells, keep)
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        show(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
