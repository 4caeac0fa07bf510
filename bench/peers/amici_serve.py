"""Run by `bench.peers.amici` under the Python that has AMICI: compile a model, then run its cells when asked.

    python amici_serve.py FOLDER MODELS

FOLDER holds model.xml and in.npz; MODELS keeps compiled models by digest. Says the version when ready; each line that
comes in, `day` or `chunks`, is answered by `done` when FOLDER/day.npz or FOLDER/chunks.npz is written.
"""

import hashlib
import os
import sys
import time
from pathlib import Path

import amici
import numpy as np
from amici.importers.sbml import SbmlImporter
from amici.sim.sundials import run_simulation

FOLDER, MODELS = Path(sys.argv[1]), Path(sys.argv[2])


def compiled():
    """The model as machine code, without code for sensitivities and without observables; made once."""
    digest = hashlib.sha256((amici.__version__ + (FOLDER / "model.xml").read_text()).encode()).hexdigest()[:16]
    name, place = f"peer_{digest}", MODELS / digest
    if not (place / "ready").exists():
        SbmlImporter(str(FOLDER / "model.xml")).sbml2amici(
            name, str(place), generate_sensitivity_code=False, compute_conservation_laws=False, observation_model=[]
        )
        (place / "ready").touch()
    return amici.import_model_module(name, str(place)).get_model()


class Runs:
    """The cells of in.npz on a compiled model; CVODES with KLU, as AMICI comes."""

    def __init__(self, model, given):
        self.model, self.given, self.solver = model, given, model.create_solver()
        self.solver.set_relative_tolerance(float(given["rtol"]))
        self.solver.set_absolute_tolerance(float(given["atol"]))
        self.solver.set_max_steps(1_000_000)
        self.known = list(model.get_free_parameter_ids())
        self.states = list(model.get_state_ids())
        self.species = [str(name) for name in given["species"]]
        self.column = {str(name): i for i, name in enumerate(given["names"])}
        self.cells = range(len(given["parameters"]))

    def day(self):
        """End states of all cells, and processor seconds per cell."""
        self.model.set_timepoints([float(self.given["day"])])
        runs = [self._run(self._parameters(cell), self._start(cell)) for cell in self.cells]
        return [self._back(state) for state, _ in runs], sum(took for _, took in runs) / len(runs)

    def chunks(self):
        """The same for runs in chunks. No model here knows the time of day, so that each chunk begins at 0."""
        self.model.set_timepoints([float(self.given["chunk"])])
        names = [str(name) for name in self.given["input_names"]]
        changing = [(self.known.index(name), k) for k, name in enumerate(names) if name in self.known]
        ends, total = [], 0.0
        for cell in self.cells:
            parameters, state = self._parameters(cell), self._start(cell)
            for row in self.given["inputs"][:, cell]:
                for place, k in changing:
                    parameters[place] = row[k]
                state, took = self._run(parameters, state)
                total += took
            ends.append(self._back(state))
        return ends, total / len(ends)

    def _run(self, parameters, state):
        self.model.set_free_parameters(parameters)
        self.model.set_initial_state(state)
        begun = time.thread_time()
        result = run_simulation(self.model, self.solver)
        took = time.thread_time() - begun
        if result.status != 0:
            raise SystemExit(f"a simulation ended with status {result.status}")
        return np.array(result.x[-1]), took

    def _parameters(self, cell):
        given = self.given["parameters"][cell]
        default = self.model.get_free_parameter_by_id
        return np.array([given[self.column[name]] if name in self.column else default(name) for name in self.known])

    def _start(self, cell):
        """States in AMICI's order; what nothing changes is a parameter for us and a state for it."""
        ours = {name: self.given["parameters"][cell, column] for name, column in self.column.items()}
        ours |= dict(zip(self.species, self.given["start"][cell]))
        return np.array([ours[name] for name in self.states])

    def _back(self, state):
        found = dict(zip(self.states, state))
        return np.array([found[name] for name in self.species])


def serve():
    """Answer on what was standard output; what AMICI and the compiler print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    runs = Runs(compiled(), np.load(FOLDER / "in.npz"))
    runs.day()  # the first call of a process pays for its start-up
    print(amici.__version__, file=answers, flush=True)
    for line in sys.stdin:
        states, seconds = {"day": runs.day, "chunks": runs.chunks}[line.strip()]()
        np.savez(FOLDER / f"{line.strip()}.npz", states=states, seconds=seconds)
        print("done", file=answers, flush=True)


serve()
