"""AMICI on a task, in an environment of its own: it compiles C++, and its packages are none of ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from bench.peers.task import CHUNK, DAY, Run, Task

_SCRIPT = Path(__file__).with_name("amici_serve.py")


class NotMeasured(Exception):
    """AMICI cannot be measured here; the message says why."""


def environment() -> Path:
    """Python of an environment with AMICI, made once in the user's cache folder.

    raises  NotMeasured: there is no C++ compiler, or the installation fails
    """
    if not (shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")):
        raise NotMeasured("no C++ compiler")
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
                raise NotMeasured(f"the installation failed: {_last_line(done.stderr)}")
        (home / "ready").touch()
    return python


class Amici:
    """One task; times are processor seconds of the simulation calls alone. A process of its own serves the runs.

    python  of the environment
    raises  NotMeasured: AMICI cannot import, compile or run the model
    """

    def __init__(self, python: Path, task: Task, rtol: float, atol: float):
        self._folder = tempfile.TemporaryDirectory()
        place, home = Path(self._folder.name), python.parents[1]
        program = task.program
        complete = program.complete(task.parameters)
        (place / "model.xml").write_text(task.sbml)
        np.savez(
            place / "in.npz", parameters=complete, names=np.array(program.parameters),
            species=np.array(program.species), start=program.initial_states(complete), rtol=rtol, atol=atol,
            day=DAY, chunk=CHUNK,
            inputs=np.stack(list(task.inputs.values()), axis=2), input_names=np.array(list(task.inputs)),
        )  # fmt: skip
        self._said = (place / "said").open("w+")
        self._process = subprocess.Popen(
            [str(python), "-P", str(_SCRIPT), str(place), str(home / "models")],
            env=_path_of(home), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, text=True,
        )  # fmt: skip
        self.version = self._answer()

    def day(self) -> Run:
        """One day without interruption, cell by cell."""
        return self._run("day")

    def chunks(self) -> Run:
        """Runs in chunks, with new inputs in each; the state is carried over as the next initial state."""
        return self._run("chunks")

    def close(self) -> None:
        """End the process."""
        self._process.communicate()
        self._said.close()
        self._folder.cleanup()

    def _run(self, what: str) -> Run:
        print(what, file=self._process.stdin, flush=True)
        self._answer()
        out = np.load(Path(self._folder.name) / f"{what}.npz")
        return Run(out["states"], float(out["seconds"]))

    def _answer(self) -> str:
        line = (self._process.stdout.readline() if self._process.stdout else "").strip()
        if not line:
            self._process.wait()
            self._said.seek(0)
            raise NotMeasured(f"AMICI fails on this model: {_last_line(self._said.read())}")
        return line


def _path_of(home: Path) -> dict[str, str]:
    """Environment variables under which the tools of the environment are found, and one thread is used."""
    return {**os.environ, "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]
