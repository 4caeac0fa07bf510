"""What is measured: a model, cells that differ, and inputs that change every minute."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lamella.assays.preparation import plated, sites_per_cell
from lamella.assays.protocol import Setting
from lamella.culture import constants, scale, sheet_with_gap
from lamella.culture.exchange import cell_inputs
from lamella.networks import Perturbations, assemble, cell_lines
from lamella.reactions import Program, compile_program, read_sbml

DAY, CHUNK, CHUNKS = 86_400.0, 60.0, 100
RECORDED_CELLS = 40


@dataclass
class Task:
    """One model.

    varied   parameters that differ from cell to cell
    inputs   input -> value in each chunk, [chunks, cells]
    """

    name: str
    sbml: str
    program: Program
    varied: list[str]
    inputs: dict[str, np.ndarray]

    def parameters(self, cells: int) -> np.ndarray:
        """[cells, parameters] log-normal about the defaults, sd 0.3; the first cell is the default."""
        table = np.repeat(self.program.defaults[None], cells, axis=0)
        columns = [self.program.parameter(name) for name in self.varied]
        noise = np.random.default_rng(1).standard_normal((cells, len(columns)))
        noise[0] = 0.0
        table[:, columns] *= np.exp(0.3 * noise)
        return table

    def inputs_of(self, cells: int) -> dict[str, np.ndarray]:
        """Inputs of the first cells."""
        return {name: values[:, :cells] for name, values in self.inputs.items()}


def public_task(cells: int) -> Task:
    """Schoeberl 2002 (BioModels 19, CC0); binding of the growth factor jumps every minute (log-normal, sd 0.5)."""
    text = (Path(__file__).parents[1] / "models" / "BIOMD0000000019.xml").read_text()
    task = _task("BIOMD0000000019", text, ["k1"])
    base = task.parameters(cells)[:, task.program.parameter("k1")]
    jumps = np.exp(0.5 * np.random.default_rng(2).standard_normal((CHUNKS, cells)))
    task.inputs = {"k1": base * jumps}
    return task


def own_task(cells: int) -> Task:
    """lamella's largest network, with the inputs that cells of a coupled dish got, minute by minute."""
    networks = {line: assemble(line) for line in cell_lines()}
    line = max(networks, key=lambda name: len(compile_program(read_sbml(networks[name].sbml)).species))
    recorded = _recorded(line)
    task = _task(f"lamella {line}", networks[line].sbml, sorted(recorded))
    order = np.random.default_rng(3).integers(0, RECORDED_CELLS, cells)
    task.inputs = {name: values[:, order] for name, values in recorded.items()}
    return task


def _task(name: str, sbml: str, inputs: list[str]) -> Task:
    model = read_sbml(sbml, name=name)
    plain = [p for p in model.parameters if p not in model.initial_parameters and "." not in p]
    used = compile_program(model).defaults
    varied = [p for p in plain if used[model.parameters.index(p)] > 0 and p.startswith("k") and p not in inputs[1:]]
    return Task(name, sbml, compile_program(model, inputs=inputs), varied, {})


def _recorded(line: str) -> dict[str, np.ndarray]:
    """Input -> what the cells of a scratch assay were told, [chunks, cells]."""
    setting = Setting(line, "control", Perturbations(), matrix={"fibronectin": "10 ug/ml"})
    numbers = constants()
    lengths = scale(numbers)
    layout = sheet_with_gap(RECORDED_CELLS, sites_per_cell(setting, lengths), 100, 150, 1, 0)
    culture = plated(setting, RECORDED_CELLS, layout, numbers, lengths, CHUNK)
    rows = []
    for _ in range(CHUNKS):
        culture.advance(CHUNK)
        rows.append(cell_inputs(culture.reading, culture.treatment.density, False, lengths))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}
