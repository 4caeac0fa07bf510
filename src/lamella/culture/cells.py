"""The cells of an arm before the assay: drawn, perturbed, brought to their own steady state, then treated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lamella.culture.constants import Constants
from lamella.culture.growth import NURSERY
from lamella.culture.switches import DELETED, set_parameter
from lamella.culture.timed import treat
from lamella.culture.variation import expression_factors
from lamella.errors import InputError, nearest
from lamella.networks import FORCES, Network, Treatment, assemble, drugs, factors
from lamella.reactions import SWITCH, Program, compile_program, read_sbml
from lamella.solve import Population


@cache
def program(cell: str) -> Program:
    """The compiled network of a cell line, with a switch for every reaction."""
    network = assemble(cell)
    return compile_program(
        read_sbml(network.sbml, name=network.cell.name), inputs=network.inputs + dose_names(network), switches=True
    )


def dose_names(network: Network) -> tuple[str, ...]:
    """Parameters that a drug or a soluble factor sets in the course of an assay."""
    names = {row["dose"] for row in drugs().values()} | {row["parameter"] for row in factors().values()}
    names |= {key for row in drugs().values() for key in row["kd"]} | set(FORCES)
    return tuple(sorted(names & network.parameters.keys()))


def chosen_reactions(made: Program, patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Reactions that the patterns name ('*' stands for anything).   raises InputError: a pattern names none"""
    chosen: list[str] = []
    for pattern in patterns:
        found = [pattern] if pattern in made.reactions else [r for r in made.reactions if fnmatchcase(r, pattern)]
        if not found:
            raise InputError(
                f"no reaction is called '{pattern}'",
                where="--without",
                remedy=nearest(pattern.replace("*", ""), made.reactions),
            )
        chosen += [r for r in found if r not in chosen]
    return tuple(chosen)


@dataclass(frozen=True)
class Draw:
    """Which cells.

    seed, replicate, cells   number of the dish, number of cells in it
    without                  reactions deleted from their network
    scaled                   parameter -> factor on the library's value; what an arm sets itself is not scaled
    """

    seed: int
    replicate: int
    cells: int
    without: tuple[str, ...] = ()
    scaled: Mapping[str, float] = field(default_factory=dict)


def drawn_parameters(network: Network, treatment: Treatment, draw: Draw, constants: Constants) -> NDArray[np.float64]:
    """Parameters of every cell: drawn totals, genetics of the arm, deleted reactions.   [cells, parameters]"""
    made = program(network.cell.name)
    column = {name: i for i, name in enumerate(made.parameters)}
    parameters = np.tile(made.defaults, (draw.cells, 1))
    for name, factor in draw.scaled.items():
        if name in column:
            parameters[:, column[name]] *= factor
    carriers = tuple(name for name in made.parameters if name.endswith("_expression"))
    factors_ = expression_factors(draw.seed, draw.replicate, draw.cells, carriers, constants)
    for i, name in enumerate(carriers):
        parameters[:, column[name]] = factors_[:, i] * treatment.chronic.get(name, 1.0)
    for name, value in treatment.chronic.items():
        if name not in carriers:
            parameters[:, column[name]] = value
    for reaction in chosen_reactions(made, draw.without):
        parameters[:, column[f"{SWITCH}{reaction}"]] = DELETED
    return parameters


def grown_population(
    network: Network, treatment: Treatment, draw: Draw | Sequence[Draw], constants: Constants,
    inputs: dict[str, float], *, threads: int = 1,
) -> Population:  # fmt: skip
    """Cells after long culture in the medium, under `inputs`; drugs and the arm's own factors come at its end.

    draw     which cells; of several draws one after the other
    inputs   what the surroundings tell a cell in that time
    threads  change no result
    """
    draws = (draw,) if isinstance(draw, Draw) else draw
    parameters = np.concatenate([drawn_parameters(network, treatment, one, constants) for one in draws])
    return grown(network, treatment, parameters, constants, inputs, threads=threads)


def grown(
    network: Network,
    treatment: Treatment,
    parameters: NDArray[np.float64],
    constants: Constants,
    inputs: dict[str, float],
    *,
    threads: int = 1,
) -> Population:
    """The same for cells whose parameters are given.

    parameters  [cells, parameters] as `drawn_parameters` makes them; written to
    threads     change no result
    """
    made = program(network.cell.name)
    column = {name: i for i, name in enumerate(made.parameters)}
    for name, value in (inputs | treatment.medium).items():
        if name in column:
            set_parameter(parameters, column[name], name, value)
    population = NURSERY.population(made, network.digest, parameters, constants["clock.chronic"], threads=threads)
    treat(population, treatment)
    return population
