"""A network as expressions: what `read_sbml` returns and `compile_program` takes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from lamella.reactions.graph import Graph

Terms = list[tuple[float, int]]
"""A sum: coefficient and node."""


@dataclass(frozen=True)
class Assignment:
    """What an event does to one state.

    state   number of the state
    value   node of the new value, as formulas take it
    volume  node of the size of the compartment, for a concentration whose compartment may change in size; the
            value then stands for the amount that it means before the event, and that amount is kept
    stored_as_amount  such a concentration is stored as the amount
    rides_along  the event does not name the state: its compartment changes in size, and its amount stays what it is
                 when the event is executed, whenever the event takes its values
    """

    state: int
    value: int
    volume: int | None = None
    stored_as_amount: bool = False
    rides_along: bool = False


@dataclass(frozen=True)
class Event:
    """One event of SBML.

    trigger      node, a truth value
    delay        node [time], or None
    priority     node, or None
    assignments  what it sets
    persistent   fires even if the trigger has become false while the event waited
    initial      value of the trigger before the start
    values_at_trigger  values are taken when the trigger fires, not when the event is executed
    """

    name: str
    trigger: int
    delay: int | None
    priority: int | None
    assignments: tuple[Assignment, ...]
    persistent: bool = True
    initial: bool = True
    values_at_trigger: bool = True


@dataclass(frozen=True)
class Draw:
    """A random number, drawn anew whenever the formula that holds it is evaluated.

    leaf          node that stands for it
    distribution  as the SBML package `distrib` calls it
    arguments     nodes; two more than the distribution takes mean that it is cut off below and above
    """

    leaf: int
    distribution: str
    arguments: tuple[int, ...]


@dataclass
class Model:
    """A reaction network in one expression graph.

    name          of the model
    source        SBML text that it was read from
    graph         every expression
    species       names of the states, in SBML order: species that reactions or rate rules change, then
                  parameters, compartments and stoichiometries that rate rules or events change
    parameters    names of what is constant within a run: parameters, constant compartments, species that
                  nothing changes, local parameters as 'reaction.local'
    values        [parameters] their values in the file; NaN where the file leaves them out
    initial_parameters  parameter -> node of its initial assignment
    initial_species     node of the start value of each state
    reactions     their names;   rates  their nodes, one each, with the switch as a factor: reaction j has the
                  leaf parameter(-1 - j), which `compile_program` makes a parameter or 1
    balance       for each state, its time derivative as a sum of coefficient times node
    stoichiometry for each state, reaction -> net change in amount per event; NaN where it is not a number
    observables   name -> node of each assignment rule
    symbols       name -> node of every name that has a value (species: as they stand in a formula)
    amounts, concentrations  species -> node, in either measure
    events        in file order
    draws         random numbers in event assignments and initial assignments
    divisible     for each state, whether it is an amount or a size, which daughters of a cell share
    compartments  compartment -> species in it that are kept as concentrations
    units         name -> unit for readers, where the file states one, also of 'amount:S' and 'concentration:S'
    kinds         name -> 'species', 'compartment', 'parameter' or 'reference' (a stoichiometry)
    titles        name -> what the file calls it for readers, where it does
    time_unit     seconds in the model's unit of time; None if the file does not say
    """

    name: str
    source: str = ""
    graph: Graph = field(default_factory=Graph)
    species: list[str] = field(default_factory=list)
    parameters: list[str] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    initial_parameters: dict[str, int] = field(default_factory=dict)
    initial_species: list[int] = field(default_factory=list)
    reactions: list[str] = field(default_factory=list)
    rates: list[int] = field(default_factory=list)
    balance: list[Terms] = field(default_factory=list)
    stoichiometry: list[dict[int, float]] = field(default_factory=list)
    observables: dict[str, int] = field(default_factory=dict)
    symbols: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    concentrations: dict[str, int] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    draws: list[Draw] = field(default_factory=list)
    divisible: list[bool] = field(default_factory=list)
    compartments: dict[str, list[str]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    time_unit: float | None = None

    @property
    def defaults(self) -> np.ndarray:
        """[parameters] values of the file, NaN where it has none."""
        return np.array(self.values, dtype=float)
