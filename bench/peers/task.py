"""What is measured: a model, cells that differ, and inputs that change every minute."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lamella.assays.preparation import plated, sites_per_cell
from lamella.assays.protocol import Setting
from lamella.culture import constants, scale, sheet_with_gap
from lamella.culture.exchange import cell_inputs
from lamella.networks import Network, Perturbations, assemble, cell_lines
from lamella.reactions import Program, compile_program, read_sbml

DAY, CHUNK, CHUNKS = 86_400.0, 60.0, 100
RECORDED_CELLS = 40


class Run(NamedTuple):
    """End states [cells, species], and processor seconds per cell."""

    states: np.ndarray
    seconds: float


@dataclass(frozen=True)
class Task:
    """One model.

    parameters  [cells, parameters]
    inputs      input -> value in each chunk, [chunks, cells]
    """

    name: str
    sbml: str
    program: Program
    parameters: np.ndarray
    inputs: dict[str, np.ndarray]

    @property
    def cells(self) -> int:
        return len(self.parameters)

    def first(self, cells: int) -> Task:
        """The same with the first cells only."""
        inputs = {name: values[:, :cells] for name, values in self.inputs.items()}
        return replace(self, parameters=self.parameters[:cells], inputs=inputs)

    def jumping(self, name: str) -> Task:
        """The same where one input jumps every minute about its value (log-normal, sd 0.5), and no other changes."""
        base = self.parameters[:, self.program.parameter(name)]
        jumps = np.exp(0.5 * np.random.default_rng(2).standard_normal((self.cells, CHUNKS)).T)
        return replace(self, inputs={name: base * jumps})


def public_task(cells: int) -> Task:
    """Schoeberl 2002 (BioModels 19, CC0); binding of the growth factor jumps every minute."""
    text = (Path(__file__).parents[1] / "models" / "BIOMD0000000019.xml").read_text()
    return _task("BIOMD0000000019", text, ["k1"], cells).jumping("k1")


def own_task(cells: int) -> Task:
    """lamella's largest network, with the inputs that cells of a coupled dish got, minute by minute.

    The recorded cells are dealt out to all cells in turn, each round in an order of its own.
    """
    line = largest_network()
    recorded = _recorded(line)
    task = _task(f"lamella {line.cell.name}", line.sbml, sorted(recorded), cells)
    rng = np.random.default_rng(3)
    rounds = [rng.permutation(RECORDED_CELLS) for _ in range(0, cells, RECORDED_CELLS)]
    order = np.concatenate(rounds)[:cells]
    return replace(task, inputs={name: values[:, order] for name, values in recorded.items()})


def largest_network() -> Network:
    """The one with the most states; among equals, the most reactions, then the most parameters."""

    def size(network: Network) -> tuple[int, int, int]:
        program = compile_program(read_sbml(network.sbml))
        return len(program.species), len(program.reactions), len(program.parameters)

    return max((assemble(line) for line in cell_lines()), key=size)


def _task(name: str, sbml: str, inputs: list[str], cells: int) -> Task:
    """Cells whose rate constants are log-normal about the defaults, sd 0.3; the first cell is the default."""
    model = read_sbml(sbml, name=name)
    program = compile_program(model, inputs=inputs)
    table = np.repeat(program.defaults[None], cells, axis=0)
    varied = [
        column
        for column, p in enumerate(program.parameters)
        if p.startswith("k") and "." not in p and p not in model.initial_parameters and program.defaults[column] > 0
    ]
    noise = np.random.default_rng(1).standard_normal((cells, len(varied)))
    noise[0] = 0.0
    table[:, varied] *= np.exp(0.3 * noise)
    return Task(name, sbml, program, table, {})


def _recorded(network: Network) -> dict[str, np.ndarray]:
    """Input -> what the cells of a scratch assay on fibronectin were told, [chunks, cells]."""
    setting = Setting(network.cell.name, "control", Perturbations(), matrix={"fibronectin": "10 ug/ml"})
    numbers = constants()
    lengths = scale(numbers)
    layout = sheet_with_gap(RECORDED_CELLS, sites_per_cell(setting, lengths), 100, 150, 1, 0)
    culture = plated(setting, RECORDED_CELLS, layout, numbers, lengths, CHUNK)
    rows = []
    for _ in range(CHUNKS):
        culture.advance(CHUNK)
        rows.append(cell_inputs(culture.reading, culture.treatment.density, False, lengths))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}
