"""Cells and dish on one clock: the dish tells the cells, the networks advance, the states drive the dish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lamella.culture.cells import Draw, grown_population
from lamella.culture.constants import Constants
from lamella.culture.exchange import READ_STATES, binding_rate, cell_inputs, mechanics, resting_mechanics
from lamella.culture.layout import Layout
from lamella.culture.scale import Scale
from lamella.culture.timed import make, pieces
from lamella.culture.variation import cell_keys
from lamella.errors import InputError, SolverError
from lamella.networks import Network, Treatment
from lamella.random import stream_key
from lamella.solve import Status
from lamella.tissue import Dish

_RELAX = 20


@dataclass(frozen=True)
class Protocol:
    """How cells and dish are coupled.

    network_interval   seconds between two exchanges; None: as in the constants
    front_equals_rear  networks see the mean of their front and rear inputs
    connectivity       cells stay in one piece
    """

    network_interval: float | None = None
    front_equals_rear: bool = False
    connectivity: bool = True


class Culture:
    """A dish of one population.

    layout      first picture; cell c of it is at first row c - 1 of the population
    .living     [rows] number in the dish of each row of the population
    raises      InputError, SolverError: a cell's network could not be advanced (names cell and reason)
    """

    def __init__(
        self,
        network: Network,
        treatment: Treatment,
        draw: Draw,
        layout: Layout,
        constants: Constants,
        scale: Scale,
        protocol: Protocol | None = None,
    ):
        self.network, self.treatment, self.scale, self.constants = network, treatment, scale, constants
        self.protocol = protocol or Protocol()
        self.interval = self.protocol.network_interval or constants["clock.network_interval"]
        self.seconds = 0.0
        self.dish = self._make_dish(draw, layout)
        self.living = np.arange(1, draw.cells + 1)
        self._draw = draw
        self._relax()
        self.reading = self.dish.read()
        mean = {name: float(np.mean(values)) for name, values in self._inputs().items()}
        self.population = grown_population(network, treatment, draw, constants, mean)
        self._write_mechanics()

    def _make_dish(self, draw: Draw, layout: Layout) -> Dish:
        kinds = np.concatenate([[0], np.ones(draw.cells, int)])
        medium, cell = self.constants["shape.contact_medium"], self.constants["shape.contact_cell"]
        finer = self.scale.site / self.scale.reference_site
        energy = np.array([[0.0, medium], [medium, cell]]) / finer
        dish = Dish(
            layout.labels,
            kinds,
            energy,
            temperature=self.constants["scale.temperature"],
            key=int(stream_key(draw.seed, "dish", draw.replicate, "lattice")),
            cell_keys=cell_keys(draw.seed, draw.replicate, draw.cells),
            periodic=(True, True),
            connectivity=self.protocol.connectivity,
            focus_exponent=int(self.constants["shape.focus"]),
            bonds_every=max(1, self.scale.steps(2.0 * self.constants["scale.step"])),
        )
        dish.ligand = 0.0 if self.treatment.suspended else 1.0
        spread = self.network.cell.body["spread_area"].value
        for name, value in resting_mechanics(spread, self.constants, self.scale).items():
            getattr(dish.cells, name)[1:] = value
        return dish

    def _relax(self) -> None:
        """Cells take their shape before the clock starts; nothing protrudes yet."""
        self.dish.advance(_RELAX * self.dish.bonds_every)

    def _inputs(self) -> dict[str, NDArray[np.float64]]:
        return cell_inputs(
            self.reading,
            self.treatment.density,
            self.treatment.suspended,
            self.scale,
            front_equals_rear=self.protocol.front_equals_rear,
            cells=self.living,
        )

    def divide(self, row: int) -> int:
        """Divide a cell across its long axis; the network's amounts go with the sites.

        row       of the population
        returns   row of the daughter; both have half of the mother's target area and keep her parameters
        raises    InputError: no such row, a cell too small or one whose network has failed
        """
        if not 0 <= row < self.population.cells:
            raise InputError(f"there is no row {row}", where="Culture.divide")
        mother = int(self.living[row])
        key = stream_key(self._draw.seed, "dish", self._draw.replicate, "cell", len(self.dish.cells), mother,
                         self.dish.mcs)  # fmt: skip
        daughter = self.dish.divide(mother, key=int(key))
        sites = self.dish.cells.volume[[mother, daughter]]
        new = self.population.divide(row, float(sites[1] / sites.sum()))
        for name, share in (("target_volume", 0.5), ("target_perimeter", np.sqrt(0.5))):
            getattr(self.dish.cells, name)[[mother, daughter]] *= share
        self.living = np.append(self.living, daughter)
        self.reading = self.dish.read()
        self._write_mechanics()
        return new

    def remove(self, row: int) -> None:
        """Take a cell out of dish and population; later rows move up."""
        if not 0 <= row < self.population.cells:
            raise InputError(f"there is no row {row}", where="Culture.remove")
        self.dish.remove(int(self.living[row]))
        self.population.remove([row])
        self.living = np.delete(self.living, row)
        self.reading = self.dish.read()

    def checkpoint(self) -> dict[str, NDArray]:
        """Everything that the future depends on: lattice, networks, clock."""
        parts = {"dish": self.dish.checkpoint(), "population": self.population.checkpoint()}
        flat = {f"{part}.{name}": array for part, arrays in parts.items() for name, array in arrays.items()}
        return flat | {"living": self.living.copy(), "seconds": np.array([self.seconds])}

    def restore(self, state: Mapping[str, NDArray]) -> None:
        """Go back to a checkpoint of a culture that was set up in the same way; from there on, bit for bit the same."""
        part = lambda name: {k.removeprefix(f"{name}."): v for k, v in state.items() if k.startswith(f"{name}.")}
        self.dish = Dish.restore(part("dish"))
        self.population.restore(part("population"))
        self.living, self.seconds = np.array(state["living"], np.int64), float(state["seconds"][0])
        self.reading = self.dish.read()

    def _write_mechanics(self) -> None:
        states = dict(zip(READ_STATES, self.population.observe(READ_STATES).T))
        binding = binding_rate(sum(self.treatment.density.values()), self.constants, self.scale)
        for name, values in mechanics(states, self.constants, binding).items():
            getattr(self.dish.cells, name)[self.living] = values

    def advance(self, seconds: float) -> None:
        """Advance cells and dish by `seconds`, a multiple of the network interval or less, with what the treatment
        changes on the way."""
        for change, span in list(pieces(self.treatment, self.seconds, seconds)):
            if change is not None:
                make(change, self.population)
            self._advance(span)

    def _advance(self, seconds: float) -> None:
        end = self.seconds + seconds
        while self.seconds < end - 1e-6:
            span = min(self.interval, end - self.seconds)
            self.population.advance(span, inputs=self._inputs())
            self._check()
            self._write_mechanics()
            self.dish.advance(self.scale.steps(span))
            self.reading = self.dish.read()
            self.seconds += span

    def _check(self) -> None:
        bad = np.flatnonzero(self.population.status != Status.OK)
        if bad.size:
            cell = int(bad[0])
            raise SolverError(
                f"the network of cell {int(self.living[cell])} could not be advanced",
                where=f"t = {self.seconds:g} s",
                why=f"{Status(int(self.population.status[cell])).name}; {bad.size} cell(s) in all",
            )
