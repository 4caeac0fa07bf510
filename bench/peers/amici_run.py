"""Run by `bench.peers.amici` under the Python that has AMICI: compile a model, run cells, write what came out."""

import json
import sys
import time
from pathlib import Path

import amici
import numpy as np
from amici.importers.sbml import SbmlImporter
from amici.sim.sundials import run_simulation

folder = Path(sys.argv[1])
given = np.load(folder / "in.npz")
SbmlImporter(str(folder / "model.xml")).sbml2amici(
    "peer", str(folder / "built"), generate_sensitivity_code=False, compute_conservation_laws=False
)
model = amici.import_model_module("peer", str(folder / "built")).get_model()
solver = model.create_solver()
solver.set_relative_tolerance(float(given["rtol"]))
solver.set_absolute_tolerance(float(given["atol"]))
solver.set_max_steps(1_000_000)

known = list(model.get_free_parameter_ids())
column = {str(name): i for i, name in enumerate(given["names"])}
states = list(model.get_state_ids())
species = [str(name) for name in given["species"]]
day, chunk = float(given["day"]), float(given["chunk"])


def values(cell):
    return np.array([given["parameters"][cell, column[name]] if name in column else model.get_free_parameter_by_id(name)
                     for name in known])  # fmt: skip


def run(parameters, state, end):
    model.set_free_parameters(parameters)
    model.set_initial_state(state)
    begun = time.thread_time()
    result = run_simulation(model, solver)
    if result.status != 0:
        raise SystemExit(f"status {result.status}")
    return np.array(result.x[-1]), time.thread_time() - begun


def start_of(cell):
    """States in AMICI's order; what nothing changes is a parameter for us and a state for it."""
    ours = {**dict(zip(species, given["start"][cell])), **{n: given["parameters"][cell, c] for n, c in column.items()}}
    return np.array([ours[name] for name in states])


def back(state):
    found = dict(zip(states, state))
    return np.array([found[name] for name in species])


whole, pieces, whole_s, pieces_s = [], [], [], []
changing = [(known.index(str(name)), k) for k, name in enumerate(given["input_names"]) if str(name) in known]
for cell in range(len(given["parameters"])):
    parameters, start = values(cell), start_of(cell)
    model.set_timepoints([day])
    run(parameters, start, day) if cell == 0 else None  # the first call of a process pays for its start-up
    state, took = run(parameters, start, day)
    whole.append(back(state))
    whole_s.append(took)
    model.set_timepoints([chunk])
    state, total = start, 0.0
    for row in given["inputs"][:, cell]:
        for place, k in changing:
            parameters[place] = row[k]
        state, took = run(parameters, state, chunk)
        total += took
    pieces.append(back(state))
    pieces_s.append(total)
np.savez(folder / "out.npz", whole=whole, chunks=pieces, whole_s=whole_s, chunks_s=pieces_s)
(folder / "about.json").write_text(json.dumps({"version": amici.__version__}))
