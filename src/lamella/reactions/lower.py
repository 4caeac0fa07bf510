"""A program as the arrays that the stiff solver runs on: tapes, sparse sums, a symbolic LU.

Slots of a lane, in this order: states (in elimination order), time, constants,
hoisted values, modes, temporaries. Everything that depends on parameters alone
is hoisted: computed once per cell, and again only when its inputs change.
Modes are the watched relations (a < b ...) as they stood at the start of a
step: rates see those, so that a step never runs across a jump.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lamella.reactions.differentiate import BY_TIME, derivatives
from lamella.reactions.graph import CONST, PARAMETER, STATE, TIME, Graph
from lamella.reactions.model import Terms
from lamella.reactions.ordering import filled_rows, markowitz_order
from lamella.reactions.tape import Sheet, Tape, layout, sheet

PIVOT, UPPER = -2, -1
"""Kinds of an entry of the LU: on the diagonal (with 1/(h gamma)), right of it; left of
it stands the number of the pivot that divides it."""


@dataclass(frozen=True)
class Sums:
    """Sparse sums of coefficient times slot, row by row: `first` [rows + 1], `coefficient` [terms], `slot` [terms]."""

    first: np.ndarray
    coefficient: np.ndarray
    slot: np.ndarray


@dataclass(frozen=True)
class Factorisation:
    """LU without pivoting, entries row by row.

    first   [entries + 1]  products of each entry;  left, right [products]  entries to multiply
    kind    [entries]      PIVOT, UPPER, or the pivot of its column
    lower_first [n + 1], lower_entry, lower_column   forward substitution
    upper_first [n + 1], upper_entry, upper_column   backward substitution
    pivot   [n]            entry of each pivot
    place   [entries]      row * n + column of each entry
    """

    first: np.ndarray
    left: np.ndarray
    right: np.ndarray
    kind: np.ndarray
    lower_first: np.ndarray
    lower_entry: np.ndarray
    lower_column: np.ndarray
    upper_first: np.ndarray
    upper_entry: np.ndarray
    upper_column: np.ndarray
    pivot: np.ndarray
    place: np.ndarray


@dataclass(frozen=True)
class Lowered:
    """Arrays of one network.

    order      [n]  number of the state at each position of the elimination
    constants  [k]  values of the constant slots
    hoisted    how many hoisted slots, and columns of the array of hoisted values that they take
    stored     columns of the array of hoisted values (those of the slots, then those that inputs build on)
    slots      slots of a lane
    rates, jacobian   tapes: rates of change, and their derivatives
    balance    rows: states in elimination order
    matrix     rows: entries of the LU; minus the Jacobian
    drift      rows: states in elimination order; derivative by explicit time
    timed      whether the rates depend on time
    watch      tape of the relations whose change ends a step;   watched  their slots
    modes      first slot of the modes, in the order of `watched`
    hoist, hoist_inputs   sheets for the hoisted values: all, and those that inputs move
    """

    order: np.ndarray
    constants: np.ndarray
    hoisted: int
    stored: int
    slots: int
    rates: Tape
    jacobian: Tape
    watch: Tape
    watched: np.ndarray
    modes: int
    balance: Sums
    matrix: Sums
    drift: Sums
    timed: bool
    factorisation: Factorisation
    hoist: Sheet
    hoist_inputs: Sheet

    @property
    def size(self) -> int:
        return len(self.order)

    @property
    def entries(self) -> int:
        return len(self.factorisation.kind)


def lower(
    graph: Graph,
    balance: list[Terms],
    inputs: set[int],
    triggers: Iterable[int] = (),
) -> Lowered:
    """Lay out a network for the solver.

    balance    for each state, its time derivative
    inputs     numbers of the parameters that change during a run
    triggers   nodes of the triggers of events
    """
    signed = [[_strip(graph, c, node) for c, node in terms if graph.number(node) != 0.0] for terms in balance]
    jacobian, drift = _linearise(graph, signed)
    order = markowitz_order(len(balance), jacobian)
    position = {old: new for new, old in enumerate(order)}
    slots = _Slots(graph, position)
    wanted = [node for terms in signed for _, node in terms]
    slopes = [node for table in (*jacobian.values(), *drift.values()) for _, node in table]
    relations = _relations(graph, wanted, triggers)
    slots.place_leaves([*wanted, *slopes, *relations], relations)
    rates = slots.lay(wanted)
    jacobian_tape = slots.lay(slopes)
    watch, watched = slots.lay_apart(relations)
    rows = filled_rows(len(order), [(position[i], position[k]) for i, k in jacobian])
    cells = [(i, j) for i, row in enumerate(rows) for j in row]
    minus = {
        (position[i], position[k]): [(-c, slots.of[node]) for c, node in terms] for (i, k), terms in jacobian.items()
    }
    by_position = lambda table: [[(c, slots.of[node]) for c, node in table[old]] for old in order]
    hoist, hoist_inputs, stored = _hoist(graph, slots.hoisted, inputs)
    return Lowered(
        order=np.array(order, dtype=np.int64),
        constants=np.array([graph.number(node) for node in slots.constants], dtype=float),
        hoisted=len(slots.hoisted),
        stored=stored,
        slots=slots.next,
        rates=rates,
        jacobian=jacobian_tape,
        watch=watch,
        watched=np.array(watched, dtype=np.int64),
        modes=slots.first_mode,
        balance=_sums(by_position(signed)),
        matrix=_sums([minus.get(cell, []) for cell in cells]),
        drift=_sums(by_position({i: drift.get(i, []) for i in range(len(order))})),
        timed=bool(drift) or any(graph.operation(node) == TIME for node in graph.needed(wanted)),
        factorisation=_factorisation(rows, cells),
        hoist=hoist,
        hoist_inputs=hoist_inputs,
    )


def _strip(graph: Graph, coefficient: float, node: int) -> tuple[float, int]:
    """A term with the sign of its node moved into the coefficient."""
    while graph.operation(node) == "neg":
        coefficient, node = -coefficient, graph.nodes[node][1]
    return coefficient, node


def _linearise(graph: Graph, balance: list[Terms]) -> tuple[dict[tuple[int, int], Terms], dict[int, Terms]]:
    """Jacobian (row, column) -> terms, and derivative by time row -> terms."""
    nodes = sorted({node for terms in balance for _, node in terms})
    rows = dict(zip(nodes, derivatives(graph, nodes)))
    jacobian: dict[tuple[int, int], Terms] = {}
    drift: dict[int, Terms] = {}
    for i, terms in enumerate(balance):
        for coefficient, node in terms:
            for k, slope in sorted(rows[node].items()):
                term = _strip(graph, coefficient, slope)
                if k == BY_TIME:
                    drift.setdefault(i, []).append(term)
                else:
                    jacobian.setdefault((i, k), []).append(term)
    return jacobian, drift


def _relations(graph: Graph, rates: list[int], triggers: Iterable[int]) -> list[int]:
    """Relations to watch: those that triggers are made of, and those by which rates depend on time.

    A pulse in time could otherwise lie unseen between two steps; where states alone decide, the error control sees it.
    """
    timed: set[int] = set()
    for node in graph.needed(rates):
        if graph.operation(node) == TIME or any(child in timed for child in graph.children(node)):
            timed.add(node)
    watched = set(timed)
    watched.update(graph.needed(triggers))
    for node in sorted(watched):
        if graph.operation(node) == "eq" and not graph.is_pure(node) and not graph.holds_state(node):
            left, right = graph.children(node)  # true for an instant: the step ends there, where the order changes
            watched.update((graph.compare("lt", left, right), graph.compare("lt", right, left)))
    return [n for n in sorted(watched) if graph.operation(n) in ("lt", "le", "eq") and not graph.is_pure(n)]


class _Slots:
    """Where each node lies in a lane."""

    def __init__(self, graph: Graph, position: dict[int, int]):
        self.graph = graph
        self.of = {graph.state(old): new for old, new in position.items()}
        self.of[graph.time()] = len(position)
        self.next = len(position) + 1
        self.constants: list[int] = []
        self.hoisted: list[int] = []
        self.first_mode = self.next

    def place_leaves(self, roots: list[int], modes: list[int]) -> None:
        """Slots for constants, for the topmost nodes that depend on parameters alone, and for modes."""
        graph = self.graph
        stack, seen = list(roots), set()
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            if graph.operation(node) == CONST:
                self.constants.append(node)
            elif graph.is_pure(node):
                self.hoisted.append(node)
            else:
                stack.extend(graph.children(node))
        self.constants.sort()
        self.hoisted.sort()
        self.first_mode = self.next + len(self.constants) + len(self.hoisted)
        for node in (*self.constants, *self.hoisted, *modes):
            self.of[node] = self.next
            self.next += 1

    def lay(self, roots: list[int]) -> Tape:
        nodes = self.graph.needed(roots, self.of)
        tape, self.next = layout(self.graph, nodes, self.of, self.next)
        return tape

    def lay_apart(self, roots: list[int]) -> tuple[Tape, list[int]]:
        """A tape that shares no temporaries with the others and sees no modes, and the slots of its roots."""
        shared = self.of
        self.of = {node: slot for node, slot in shared.items() if slot < self.first_mode}
        tape = self.lay(roots)
        placed = [self.of[node] for node in roots]
        self.of = shared
        return tape, placed


def _hoist(graph: Graph, hoisted: list[int], inputs: set[int]) -> tuple[Sheet, Sheet, int]:
    """Sheets for all hoisted values and for those that depend on inputs, and the columns they need.

    What the second sheet takes from the part that inputs do not move is stored beside the hoisted values.
    """
    column = {node: k for k, node in enumerate(hoisted)}
    moved: set[int] = set()
    for node in graph.needed(hoisted):
        record = graph.nodes[node]
        if (record[0] == PARAMETER and record[1] in inputs) or any(c in moved for c in graph.children(node)):
            moved.add(node)
    stored = dict(column)
    for node in sorted(moved):
        for child in graph.children(node):
            if child not in moved and child not in stored and graph.operation(child) not in (CONST, PARAMETER, STATE):
                stored[child] = len(stored)
    ready = {node: k for node, k in stored.items() if node not in moved}
    full = sheet(graph, stored)
    partial = sheet(graph, {node: k for node, k in column.items() if node in moved}, ready)
    return full, partial, len(stored)


def _sums(rows: list[Terms]) -> Sums:
    first = np.cumsum([0, *(len(row) for row in rows)])
    flat = [term for row in rows for term in row]
    return Sums(
        first.astype(np.int32),
        np.array([c for c, _ in flat], dtype=float),
        np.array([s for _, s in flat], dtype=np.int32),
    )


def _factorisation(rows: list[list[int]], cells: list[tuple[int, int]]) -> Factorisation:
    entry = {cell: number for number, cell in enumerate(cells)}
    first, left, right, kind = [0], [], [], []
    for i, j in cells:
        for k in rows[i]:
            if k >= min(i, j):
                break
            if (k, j) in entry:
                left.append(entry[i, k])
                right.append(entry[k, j])
        first.append(len(left))
        kind.append(entry[j, j] if j < i else PIVOT if i == j else UPPER)
    lower_part = [[(entry[i, j], j) for j in row if j < i] for i, row in enumerate(rows)]
    upper_part = [[(entry[i, j], j) for j in row if j > i] for i, row in enumerate(rows)]
    whole = lambda values: np.array(values, dtype=np.int32)
    starts = lambda part: whole(np.cumsum([0, *(len(row) for row in part)]))
    pick = lambda part, which: whole([pair[which] for row in part for pair in row])
    return Factorisation(
        whole(first), whole(left), whole(right), whole(kind),
        starts(lower_part), pick(lower_part, 0), pick(lower_part, 1),
        starts(upper_part), pick(upper_part, 0), pick(upper_part, 1),
        whole([entry[i, i] for i in range(len(rows))]),
        np.array([i * len(rows) + j for i, j in cells], dtype=np.int64),
    )  # fmt: skip
