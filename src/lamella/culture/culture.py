"""Cells and dish on one clock: the dish tells the cells, the networks advance, the states drive the dish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lamella.culture.carriers import carrier_columns, held_by
from lamella.culture.cells import Draw, grown_population, program
from lamella.culture.constants import Constants
from lamella.culture.exchange import (
    READ_STATES,
    binding_rate,
    cell_inputs,
    means_of_halves,
    mechanics,
    resting_mechanics,
    standing_mechanics,
    turnover_rate,
    wandering_rate,
)
from lamella.culture.habitat import Coupling, Habitat
from lamella.culture.junctions import BYSTANDER, JUNCTIONS, contact_energies, kinds_of
from lamella.culture.layout import Layout
from lamella.culture.life import Death, Division, Life
from lamella.culture.nucleus import nucleus_columns, section_area
from lamella.culture.scale import Scale
from lamella.culture.spreading import BOUND, follow, round_area, spare_perimeter, spread_share
from lamella.culture.timed import make, pieces
from lamella.culture.trail import Trail
from lamella.culture.variation import cell_keys
from lamella.errors import InputError, SolverError
from lamella.networks import Change, Network, Treatment
from lamella.random import generator, stream_key
from lamella.solve import Status
from lamella.tissue import Dish, Reading

_RELAX = 20


@dataclass(frozen=True)
class Protocol:
    """How cells and dish are coupled.

    network_interval   seconds between two exchanges; None: as in the constants, by the pace of the cells
    front_equals_rear  networks see the mean of their front and rear inputs
    connectivity       cells stay in one piece
    spreads            the area of a cell follows its adhesion (`lamella.culture.spreading`), from what the layout
                       gives it on; otherwise it is that of a spread cell of the line
    section            cells are seen in section, with a nucleus: their area is that of a section through a cell in a
                       gel, and all the membrane of a spread cell is round it
    bare_walls         an edge with a wall costs as much as one with medium; otherwise it costs nothing
    trail              integrins that cells leave on the matrix are kept, site by site, as `Culture.trail`
    threads            that share lattice and networks; they change no result
    """

    network_interval: float | None = None
    front_equals_rear: bool = False
    connectivity: bool = True
    spreads: bool = False
    section: bool = False
    bare_walls: bool = False
    trail: bool = False
    threads: int = 1


class Culture:
    """A dish of one population.

    layout      first picture; cell c of it is at first row c - 1 of the population. Bystanders come after them
    habitat     fields and matrix; None: the coating stays as it is, and doses are the same everywhere
    life        how cells divide and die, as `life_table()` of life.toml; without it they do neither, nor where their
                network does not tell
    .living     [rows] number in the dish of each row of the population
    .coupling   fields and matrix on the culture's clock, or None
    .trail      integrins left behind by site, or None
    .died       cells shed so far
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
        habitat: Habitat | None = None,
        life: tuple[Division | None, Death | None] | None = None,
    ):
        self.network, self.treatment, self.scale, self.constants = network, treatment, scale, constants
        self.protocol = protocol or Protocol()
        self.interval = self.protocol.network_interval or scale.paced(constants["clock.network_interval"])
        self.seconds, self.died = 0.0, 0
        self._draw, self._habitat = draw, habitat
        self.dish = self._make_dish(draw, layout)
        self.living = np.arange(1, draw.cells + 1)
        names = _names(network)
        self._life = Life(draw.cells, *(life or (None, None)), names)
        self._relax()
        self.coupling = None if habitat is None else Coupling(
            habitat, self.dish, scale.site, self._coated, names, holds=held_by(network, treatment))  # fmt: skip
        self._look()
        told = self.told()
        carried = () if self.coupling is None else self.coupling.carried
        by_place = {f"{name}{end}" for name in carried for end in ("", "_front", "_rear")}
        mean = {name: float(np.mean(values)) for name, values in told.items() if name not in by_place}
        self.population = grown_population(network, treatment, draw, constants, mean, threads=self.protocol.threads)
        self._write_mechanics()
        self.trail = None
        if self.protocol.trail:
            self.trail = Trail(network, self.dish, self.population, self.living, scale.site)

    @property
    def _coated(self) -> float:
        """Density of all ligands [molecules/um^2] that counts 1 on the lattice."""
        total = sum(self.treatment.density.values())
        held = self._habitat is not None and (self._habitat.ligands or self._habitat.carriers is not None)
        return 1.0 if total == 0.0 and held else total

    @property
    def _area(self) -> float:
        """Area of a cell at rest, of average size [um^2]."""
        body = self.network.cell.body
        return section_area(body["volume"].value) if self.protocol.section else body["spread_area"].value

    def _make_dish(self, draw: Draw, layout: Layout) -> Dish:
        aside = layout.bystanders
        kinds = np.repeat([0, 1, BYSTANDER], [1, draw.cells, aside])
        energy = contact_energies(self.constants, self.scale.site / self.scale.reference_site)
        dish = Dish(
            layout.labels,
            kinds,
            energy,
            temperature=self.constants["scale.temperature"],
            key=int(stream_key(draw.seed, "dish", draw.replicate, "lattice")),
            cell_keys=cell_keys(draw.seed, draw.replicate, draw.cells + aside),
            periodic=(True, True) if self._habitat is None else self._habitat.periodic,
            connectivity=self.protocol.connectivity,
            obstacles=layout.obstacles,
            focus_exponent=int(self.constants["shape.focus"]),
            wall_energy=energy[0] if self.protocol.bare_walls else None,
            bonds_every=max(1, self.scale.steps(self.scale.paced(2.0 * self.constants["scale.step"]))),
        )
        dish.ligand = 0.0 if self.treatment.suspended else 1.0
        columns = resting_mechanics(self._area, self.constants, self.scale)
        if self.protocol.section:
            columns |= nucleus_columns(self.network.cell.body["volume"].value, self.constants, self.scale)
        for name, value in columns.items():
            getattr(dish.cells, name)[1 : draw.cells + 1] = value
        if aside:
            dish.cells.contact_gain[1 : draw.cells + 1] = self.constants["bystanders.contact_gain"]
        for cell in range(draw.cells + 1, draw.cells + aside + 1):
            area = self.scale.area(dish.cells.volume[cell])
            standing = standing_mechanics(area, self.constants, self.scale)
            if self._habitat is not None and self._habitat.carriers is not None:
                standing |= carrier_columns(self._habitat.carriers, float(dish.cells.volume[cell]),
                                            float(dish.cells.perimeter[cell]), self.constants, self.scale)  # fmt: skip
            for name, value in standing.items():
                getattr(dish.cells, name)[cell] = value
        if self.protocol.spreads:
            own = slice(1, draw.cells + 1)
            landed = dish.cells.volume[own]
            slack = spare_perimeter(np.zeros(draw.cells), self.constants)
            dish.cells.target_perimeter[own] *= np.sqrt(landed / dish.cells.target_volume[own]) * slack
            dish.cells.target_volume[own] = landed
        return dish

    def _relax(self) -> None:
        """Cells take their shape before the clock starts; nothing protrudes yet."""
        self.dish.advance(_RELAX * self.dish.bonds_every, self.protocol.threads)

    def _look(self) -> None:
        """Take note of the dish as it is now."""
        self.reading = self.dish.read()
        if self.coupling is not None:
            self.coupling.read(self.dish)

    def told(self) -> dict[str, NDArray[np.float64]]:
        """What the networks are told now: input -> [rows]."""
        reading = self.reading if self.coupling is None else self.coupling.under(self.reading)
        told = cell_inputs(
            reading, self.treatment.density, self.treatment.suspended, self.scale, cells=self.living
        )
        if self.protocol.section:
            for half in ("front", "rear"):
                told[f"area_{half}"] *= self.network.cell.body["spread_area"].value / self._area
        if self.coupling is not None:
            told |= self.coupling.inputs(self.living)
            told |= {name: told.get(name, 0.0) + more for name, more in self.coupling.touched(self.living).items()}
            told |= self.coupling.on_footing(told, self.living, self.constants["stiffness.half"])
        return means_of_halves(told) if self.protocol.front_equals_rear else told

    def _told_and_touched(self) -> dict[str, NDArray[np.float64]]:
        """The same with what beads and pipettes add, which go with the cell."""
        told = self.told()
        for name, amount in self.treatment.touched(self.seconds).items():
            told[name] = told.get(name, np.zeros(len(self.living))) + amount
        return told

    def scatter_ages(self) -> None:
        """Cells that are in cycle when the dish begins are at all places of it; see `Life.scatter`."""
        self._life.scatter(self.population, generator(self._draw.seed, "dish", self._draw.replicate, "ages"))
        self._write_mechanics()

    def divide(self, row: int) -> int:
        """Divide a cell across its long axis; the network's amounts go with the sites.

        row       of the population
        returns   row of the daughter; both have half of the mother's target area and keep her parameters
        raises    InputError: no such row, a cell too small or one whose network has failed
        """
        new = self._split(row)
        self._write_mechanics()
        self._look()
        self._note_trail()
        return new

    def _split(self, row: int) -> int:
        """Divide a cell; nobody has looked at the dish since.   returns row of the daughter"""
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
        self._life.divided(row, self.population, new)
        return new

    def remove(self, row: int) -> None:
        """Take a cell out of dish and population; later rows move up."""
        self._take_out(row)
        self._look()
        self._note_trail()

    def _note_trail(self) -> None:
        """Cells have divided or are gone: what they have left stays."""
        if self.trail is not None:
            self.trail.note(self.dish, self.population, self.living)

    def _take_out(self, row: int) -> None:
        """Remove a cell; nobody has looked at the dish since."""
        if not 0 <= row < self.population.cells:
            raise InputError(f"there is no row {row}", where="Culture.remove")
        self.dish.remove(int(self.living[row]))
        self.population.remove([row])
        self.living = np.delete(self.living, row)
        self._life.removed(row)

    def checkpoint(self) -> dict[str, NDArray]:
        """Everything that the future depends on: lattice, networks, fields and matrix, ages, clock."""
        parts = {"dish": self.dish.checkpoint(), "population": self.population.checkpoint(),
                 "life": self._life.checkpoint(),
                 "reading": {name: array.copy() for name, array in vars(self.reading).items()}}  # fmt: skip
        if self.coupling is not None:
            parts["coupling"] = self.coupling.checkpoint()
        if self.trail is not None:
            parts["trail"] = self.trail.checkpoint()
        flat = {f"{part}.{name}": array for part, arrays in parts.items() for name, array in arrays.items()}
        return flat | {"living": self.living.copy(), "seconds": np.array([self.seconds]), "died": np.array([self.died])}

    def restore(self, state: Mapping[str, NDArray]) -> None:
        """Go back to a checkpoint of a culture that was set up in the same way; from there on, bit for bit the same."""
        part = lambda name: {k.removeprefix(f"{name}."): v for k, v in state.items() if k.startswith(f"{name}.")}
        self.dish = Dish.restore(part("dish"))
        self.population.restore(part("population"))
        self._life.restore(part("life"))
        self.living, self.seconds = np.array(state["living"], np.int64), float(state["seconds"][0])
        self.died = int(state["died"][0])
        if self.coupling is not None:
            self.coupling.restore(part("coupling"), self.dish)
        if self.trail is not None:
            self.trail.restore(part("trail"))
        self.reading = Reading(**part("reading"))  # of the dish before states were last written to it, at the start

    def _write_mechanics(self, seconds: float = 0.0) -> None:
        """States to the columns of the dish.   seconds: for which areas follow what is wanted"""
        states = dict(zip(READ_STATES, self.population.observe(READ_STATES).T))
        columns = mechanics(states, self.constants, binding_rate(self._coated, self.constants, self.scale),
                            wandering_rate(self.constants, self.scale),
                            turnover_rate(self.constants, self.scale))  # fmt: skip
        dying = np.isfinite(self._life.dying)
        for name, values in columns.items():
            lets_go = name in ("protrusion", "integrins") and dying.any()
            getattr(self.dish.cells, name)[self.living] = np.where(dying, 0.0, values) if lets_go else values
        kinds = self.dish.kinds
        kinds[self.living] = kinds_of(self.population.observe((JUNCTIONS,))[:, 0], self.constants)
        self.dish.kinds = kinds
        if self.protocol.spreads or self._life.happens:
            self._write_areas(columns, seconds)
        if self.coupling is not None:
            self.coupling.write(self.dish, self.population, self.living, self.constants)

    def _write_areas(self, columns: Mapping[str, NDArray[np.float64]], seconds: float) -> None:
        """Areas that cells want, and the perimeters that go with them: by size, spreading and death."""
        body = self.network.cell.body
        resting = resting_mechanics(self._area, self.constants, self.scale)
        full = resting["target_volume"] * self._life.size
        wanted, slack = full * self._life.shrunken(), np.ones(len(full))
        if self.protocol.spreads:
            least = self.scale.sites(round_area(body["volume"].value)) * self._life.size
            room = np.maximum(full - least, 1e-9)
            bound = self.population.observe(BOUND).sum(axis=1)
            share = spread_share(bound, columns["protrusion"], columns["contraction"], self.constants)
            wanted = (least + room * share) * self._life.shrunken()
            wanted = follow(self.dish.cells.target_volume[self.living], wanted, seconds, self.constants)
            slack = spare_perimeter(np.clip((wanted - least) / room, 0.0, 1.0), self.constants)
        self.dish.cells.target_volume[self.living] = wanted
        self.dish.cells.target_perimeter[self.living] = (
            resting["target_perimeter"] * np.sqrt(wanted / resting["target_volume"]) * slack
        )

    def advance(self, seconds: float) -> None:
        """Advance cells and dish by `seconds`, a multiple of the network interval or less, with what the treatment
        changes on the way."""
        for change, span in list(pieces(self.treatment, self.seconds, seconds)):
            if change is not None:
                self._make(change)
            self._advance(span)

    def _make(self, change: Change) -> None:
        """What the treatment changes now; doses of factors that fields carry are changed in the fields."""
        values = dict(change.values)
        if self.coupling is not None:
            for parameter in self.coupling.carried.keys() & values.keys():
                self.coupling.set_dose(parameter, values.pop(parameter))
        make(replace(change, values=values), self.population)

    def _advance(self, seconds: float) -> None:
        end = self.seconds + seconds
        while self.seconds < end - 1e-6:
            span = min(self.interval, end - self.seconds)
            self.population.advance(span, inputs=self._told_and_touched())
            self._check()
            self._life.advance(span, self.population)
            self._write_mechanics(span)
            self.dish.advance(self.scale.steps(span), self.protocol.threads)
            if self.coupling is not None:
                self.coupling.guide(self.dish, self.living, span * self.scale.pace)
            self._look()
            if self.trail is not None:
                self.trail.take(span, self.dish, self.population, self.living)
            if self.coupling is not None:
                self.coupling.advance(span, self.population, self.living)
            self.seconds += span
            if self._life.happens:
                self._live()
                self._note_trail()

    def _live(self) -> None:
        """Cells that are due divide; the dead are shed, and those that the lattice has squeezed out with them."""
        share = self.dish.cells.volume[self.living] / np.maximum(self.dish.cells.target_volume[self.living], 1e-9)
        ready = self._life.ready(share)
        for row in ready:
            self._split(int(row))
        if ready.size:  # one look for all of them: it costs as much as the rest of an exchange
            self._write_mechanics()
            self._look()
        lost = np.flatnonzero(self.dish.cells.volume[self.living] == 0.0)
        gone = np.union1d(self._life.shed(), lost)[::-1]
        for row in gone:
            self._take_out(int(row))
            self.died += 1
        if gone.size:
            self._look()

    def _check(self) -> None:
        bad = np.flatnonzero(self.population.status != Status.OK)
        if bad.size:
            cell = int(bad[0])
            raise SolverError(
                f"the network of cell {int(self.living[cell])} could not be advanced",
                where=f"t = {self.seconds:g} s",
                why=f"{Status(int(self.population.status[cell])).name}; {bad.size} cell(s) in all",
            )


def _names(network: Network) -> frozenset[str]:
    """What can be observed in a network, and set."""
    made = program(network.cell.name)
    return frozenset(made.species) | frozenset(made.observables) | frozenset(made.parameters)
