"""Nothing is lost: energies to the last bit, molecules in the books, and a run that is killed again and again."""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from bench.tissue import blocks

from lamella.store import replacing
from lamella.tissue import Dish
from lamella.tissue.fields import Acts, Behaviour, Ligand, Reaction, Substance, Surroundings, make_medium, occupy
from verification.tissue_cells import ROUND, one_cell


def mass_balance(seeds: int) -> dict:
    """What the books of growth factor, protease, inhibitor and ligand miss, under cells that give, take and cut."""
    worst, seeds = {}, min(seeds, 3)
    for seed in range(seeds):
        dish = one_cell(seed, sites=96)
        medium = make_medium(dish.shape, 2.0, coarsening=4, depth=20.0, periodic=(True, True))
        around = Surroundings(
            medium,
            [Substance("EGF", diffusion=100.0, decay=1e-3), Substance("MMP2", diffusion=50.0),
             Substance("TIMP2", diffusion=80.0, initial=1.0), Substance("bound", diffusion=40.0),
             Substance("fragment", diffusion=60.0)],
            [Ligand("fibronectin", 500.0, cut_by={"MMP2": 1e-4}, docked_rate=1e-5, releases="fragment")],
            [Reaction("MMP2", 1e-2, "TIMP2", product="bound", reverse=1e-4)],
        )  # fmt: skip
        for _ in range(100):
            dish.advance(2)
            cells = occupy(medium, dish.labels(), dish.centroid, dish.axis)
            acts = {"EGF": Acts(secretion=np.array([0.0, 200.0]), clearance=2000.0),
                    "MMP2": Acts(secretion=np.array([0.0, 50.0]))}  # fmt: skip
            around.advance(80.0, cells, Behaviour(acts=acts, docked=30.0,
                                                  deposition={"fibronectin": np.array([0.0, 20.0])}))  # fmt: skip
        for name, share in around.imbalance().items():
            worst[name] = max(worst.get(name, 0.0), abs(float(share)))
    return {"value": worst, "target": "at most 1e-6", "met": max(worst.values()) <= 1e-6,
            "seeds": seeds}  # fmt: skip


def tiled_dish(seed: int) -> Dish:
    """Nine cells, every term on, in sixteen tiles."""
    dish = Dish(
        blocks(64, 3, 18, 2), np.append(0, np.ones(9, int)), ((0, 20), (20, 40)), temperature=20.0, key=seed,
        cell_keys=np.arange(10), focus_exponent=2, tile=(16, 16),
    )  # fmt: skip
    columns = {**ROUND, "target_volume": 324, "target_perimeter": 270, "chemotaxis": 2, "nucleus_volume": 50,
               "nucleus_stiffness": 2, "nucleus_perimeter": 78, "nucleus_rigidity": 0.3,
               "nucleus_link": 40}  # fmt: skip
    for name, value in columns.items():
        setattr(dish.cells, name, value)
    field = np.random.default_rng(seed).random(dish.shape)
    dish.ligand, dish.attractant, dish.fibres = 1.28, field, 10.0 * field
    dish.force[1:] = (5.0, -5.0)
    return dish


def digest(dish: Dish) -> str:
    """Hash of everything that a dish is."""
    state = dish.checkpoint()
    return hashlib.blake2b(b"".join(state[name].tobytes() for name in sorted(state))).hexdigest()


def work(folder: Path, seed: int, mcs: int, every: int, threads: int) -> None:
    """Go on from the last checkpoint in `folder`, if there is one; write one every few MCS, and print how far it is."""
    file = folder / "dish.npz"
    dish = Dish.restore(np.load(file)) if file.exists() else tiled_dish(seed)
    while dish.mcs < mcs:
        dish.advance(min(every, mcs - dish.mcs), threads=threads)
        with replacing(file) as lent, lent.open("wb") as stream:
            np.savez(stream, **dish.checkpoint())
        print(dish.mcs, flush=True)
    (folder / "done").write_text(digest(dish))


def kill_and_resume(folder: Path, seed: int, mcs: int, every: int, kills: int, threads: int) -> tuple[str, int]:
    """Let another process do `mcs` MCS and kill it (kill -9) at random moments of the whole run.

    returns   hash of what it ends with; kills that hit it while it ran
    """
    moments = random.Random(seed)
    command = [sys.executable, "-m", "verification.tissue_whole", str(folder), str(seed), str(mcs), str(every),
               str(threads)]  # fmt: skip
    hits = 0
    for moment in sorted(moments.randrange(mcs - every) for _ in range(kills)):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            last = time.monotonic()
            for line in process.stdout:
                now = time.monotonic()
                if int(line) > moment:
                    time.sleep(moments.random() * min(now - last, 0.1))  # anywhere between two checkpoints
                    break
                last = now
            process.send_signal(signal.SIGKILL)
            hits += process.wait() == -signal.SIGKILL
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (folder / "done").read_text(), hits


KILLS = 10


def killed_equals_whole(seeds: int) -> dict:
    """A tiled dish whose process is killed at ten random moments, and goes on with another number of threads."""
    equal, hits = [], []
    for seed in range(min(seeds, 2)):
        whole = tiled_dish(seed)
        whole.advance(4000)
        with tempfile.TemporaryDirectory() as folder:
            found, hit = kill_and_resume(Path(folder), seed, 4000, 10, KILLS, threads=2)
        equal.append(found == digest(whole))
        hits.append(hit)
    return {"value": {"runs": len(equal), "equal": sum(equal), "kills_that_hit": hits}, "seeds": len(equal),
            "target": f"the same bytes after {KILLS} kills of a process that runs",
            "met": all(equal) and min(hits) >= KILLS}  # fmt: skip


if __name__ == "__main__":
    work(Path(sys.argv[1]), *(int(word) for word in sys.argv[2:]))
