"""AMICI on a task, in an environment of its own: it compiles C++, and its packages are none of ours."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from bench.peers.task import CHUNK, DAY, Task

_SCRIPT = Path(__file__).with_name("amici_run.py")


def environment() -> tuple[Path | None, str]:
    """Python of an environment with AMICI, made once; or None and the reason."""
    if not (shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")):
        return None, "no C++ compiler"
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lamella" / "bench-amici"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        steps = (
            [sys.executable, "-m", "venv", "--clear", str(home)],
            [str(python), "-m", "pip", "install", "--quiet", "swig", "cmake", "ninja"],
            [str(python), "-m", "pip", "install", "--quiet", "amici"],
        )
        for step in steps:
            done = subprocess.run(step, env=_path_of(home), capture_output=True, text=True)
            if done.returncode:
                return None, f"the installation failed: {done.stderr.strip().splitlines()[-1:]}"
        (home / "ready").touch()
    return python, ""


def _path_of(home: Path) -> dict[str, str]:
    return {**os.environ, "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def run_amici(
    python: Path, task: Task, parameters: np.ndarray, inputs: dict[str, np.ndarray], rtol: float, atol: float
) -> dict:
    """End states [cells, species] and processor seconds [cells], of a day and of chunks, and the version.

    parameters  [cells, parameters];   inputs  name -> [chunks, cells]
    """
    program = task.program
    complete = program.complete(parameters)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "model.xml").write_text(task.sbml)
        np.savez(
            place / "in.npz", parameters=complete, names=np.array(program.parameters),
            species=np.array(program.species), start=program.initial_states(complete), rtol=rtol, atol=atol,
            day=DAY, chunk=CHUNK,
            inputs=np.stack(list(inputs.values()), axis=2), input_names=np.array(list(inputs)),
        )  # fmt: skip
        done = subprocess.run(
            [str(python), "-P", str(_SCRIPT), folder], env=_path_of(python.parents[1]), capture_output=True, text=True
        )
        if done.returncode:
            return {"why": f"AMICI fails on this model: {(done.stderr.strip().splitlines() or ['?'])[-1]}"}
        out = np.load(place / "out.npz")
        return {name: out[name] for name in out.files} | json.loads((place / "about.json").read_text())
