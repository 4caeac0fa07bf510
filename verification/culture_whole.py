"""A culture, cells with their networks in a dish, whose process is killed again and again: the bytes of one left alone.

The dish has a field that cells take up, a ligand that they cut, divisions and deaths: everything that a checkpoint of a
`Culture` holds. The process that is killed (kill -9) is a fork, so that it need not compile again.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import random
import tempfile
import time
from pathlib import Path

import numpy as np

from lamella.assays import Setting
from lamella.assays.preparation import sites_per_cell, treated
from lamella.culture import (
    Culture,
    Death,
    Division,
    Draw,
    Habitat,
    Protocol,
    cells_apart,
    constants,
    scale,
    substance,
    surrounding_constants,
)
from lamella.networks import Perturbations
from lamella.store import replacing
from lamella.tissue.fields import Ligand

CELLS, EXCHANGES, KILLS = 9, 30, 10
LIFE = (Division("MAPK1_p", 1.0, 6000.0, 0.1), Death("RAC1_gtp", 1.2e6, 2400.0, 0.3))
"""Two of the nine cells of this dish die, the others divide within hours; real ones take days."""


def full_culture(seed: int, threads: int) -> Culture:
    """A small dish in which everything happens."""
    setting = Setting("HeLa", "control", Perturbations(), {"fibronectin": "10 ug/ml"}, {"EGF": "10 ng/ml"}, seed)
    numbers, lengths = constants(), scale(constants())
    numbers = numbers.scaled({"clock.chronic": 3600.0 / numbers["clock.chronic"]})
    network, treatment = treated(setting)
    layout = cells_apart(CELLS, sites_per_cell(setting, lengths), 1.6, seed, 0)
    habitat = Habitat((substance("EGF", "growth_factor", surrounding_constants(), initial=1.0),),
                      (Ligand("fibronectin", 190.0, docked_rate=5e-9),), depth=20.0)  # fmt: skip
    return Culture(network, treatment, Draw(seed, 0, CELLS), layout, numbers, lengths, Protocol(threads=threads),
                   habitat, LIFE)  # fmt: skip


def digest(culture: Culture) -> str:
    """Hash of everything that a culture is."""
    hashed = hashlib.blake2b()
    for name, array in sorted(culture.checkpoint().items()):
        hashed.update(f"{name} {array.dtype} {array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    return hashed.hexdigest()


def events(culture: Culture) -> dict[str, int]:
    """How many cells there are and how many have died: that something happened at all."""
    return {"living": len(culture.living), "died": culture.died}


def work(folder: Path, seed: int, exchanges: int, threads: int) -> None:
    """Go on from the last checkpoint in `folder`, if there is one, and write one after every exchange."""
    culture, file = full_culture(seed, threads), folder / "culture.npz"
    if file.exists():
        with np.load(file) as kept:
            culture.restore(dict(kept))
    while culture.seconds < exchanges * culture.interval - 1e-6:
        culture.advance(culture.interval)
        with replacing(file) as lent, lent.open("wb") as stream:
            np.savez(stream, **culture.checkpoint())
    (folder / "done").write_text(digest(culture))


def kill_and_resume(folder: Path, seed: int, exchanges: int, kills: int, threads: int) -> tuple[str, int]:
    """Let another process do so many exchanges and kill it (kill -9) at random moments after its first checkpoint.

    returns   hash of what it ends with, and how many processes were killed before they were done
    """
    moments, forks = random.Random(seed), multiprocessing.get_context("fork")
    file, killed = folder / "culture.npz", 0
    for _ in range(kills):
        process = forks.Process(target=work, args=(folder, seed, exchanges, threads))
        before = file.stat().st_mtime_ns if file.exists() else None
        process.start()
        while process.is_alive() and (not file.exists() or file.stat().st_mtime_ns == before):
            time.sleep(0.01)
        time.sleep(moments.random() * 0.1)
        killed += process.is_alive()
        process.kill()
        process.join()
    last = forks.Process(target=work, args=(folder, seed, exchanges, threads))
    last.start()
    last.join()
    return (folder / "done").read_text(), killed


def killed_equals_whole(dishes: int) -> dict:
    """A culture whose process is killed at ten random moments, with 1, 2 and 4 threads, ends with the same bytes."""
    found, whole = {}, full_culture(1, 1)
    whole.advance(EXCHANGES * whole.interval)
    for threads in (1, 2, 4):
        with tempfile.TemporaryDirectory() as folder:
            end, killed = kill_and_resume(Path(folder), 1, EXCHANGES, KILLS, threads)
        found[f"{threads} threads"] = {"equal": end == digest(whole), "killed": killed}
    return {"value": found | events(whole), "target": "the bytes of one thread that was left alone",
            "met": all(row["equal"] for row in found.values())}  # fmt: skip
