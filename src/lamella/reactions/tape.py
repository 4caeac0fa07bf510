"""Straight-line programs: nodes of the graph laid out as instructions on numbered slots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lamella.reactions.graph import CONST, OPERATIONS, PARAMETER, STATE, TIME, Graph

CODES = {operation: code for code, operation in enumerate(OPERATIONS)}


@dataclass(frozen=True)
class Tape:
    """Instructions, sorted so that equal operations follow each other.

    runs  [runs, 3]          operation, first instruction, one past the last
    code  [instructions, 4]  slot of the result and of up to three arguments
    """

    runs: np.ndarray
    code: np.ndarray


def layout(graph: Graph, nodes: Iterable[int], slots: dict[int, int], first: int) -> tuple[Tape, int]:
    """A tape that computes `nodes`.

    nodes    what to compute; every node below them is either among them or has a slot
    slots    node -> slot; the new ones are added
    first    first free slot
    returns  the tape, and the next free slot
    """
    nodes = list(nodes)
    level: dict[int, int] = {}
    for node in sorted(nodes):
        level[node] = 1 + max((level.get(child, 0) for child in graph.children(node)), default=0)
    order = sorted(nodes, key=lambda node: (level[node], CODES[graph.operation(node)], node))
    runs: list[list[int]] = []
    code = np.zeros((len(order), 4), dtype=np.int32)
    last = None
    for row, node in enumerate(order):
        slots[node] = first + row
        arguments = [slots[child] for child in graph.children(node)]
        code[row, 0] = slots[node]
        code[row, 1 : 1 + len(arguments)] = arguments
        key = (level[node], graph.operation(node))
        if key != last:
            runs.append([CODES[key[1]], row, row])
            last = key
        runs[-1][2] = row + 1
    return Tape(np.array(runs, dtype=np.int64).reshape(-1, 3), code), first + len(order)


@dataclass(frozen=True)
class Sheet:
    """Chosen values for every cell: what to load, the tape, what to store.

    constants                                  [k, 2]  slot, value
    from_parameters, from_states, from_stored  [k, 2]  slot, column of the array
    times   [k]     slots that take the time (none or one)
    to      [k, 2]  slot, column of the result
    slots   how many slots it needs
    """

    tape: Tape
    constants: np.ndarray
    from_parameters: np.ndarray
    from_states: np.ndarray
    from_stored: np.ndarray
    times: np.ndarray
    to: np.ndarray
    slots: int


def sheet(graph: Graph, outputs: dict[int, int] | list[tuple[int, int]], stored: dict[int, int] | None = None) -> Sheet:
    """A sheet that computes nodes.

    outputs  (node, column of the result)
    stored   node -> column of an array in which its value lies ready
    """
    pairs = list(outputs.items()) if isinstance(outputs, dict) else list(outputs)
    stored = stored or {}
    slots: dict[int, int] = {}
    loads: dict[str, list[tuple]] = {CONST: [], PARAMETER: [], STATE: [], TIME: [], "stored": []}
    computed = []
    ready = set(stored)
    for node in _needed(graph, [node for node, _ in pairs], ready):
        record = graph.nodes[node]
        if node in ready:
            loads["stored"].append((len(slots), stored[node]))
        elif record[0] in loads:
            loads[record[0]].append((len(slots), *record[1:]))
        else:
            computed.append(node)
            continue
        slots[node] = len(slots)
    tape, count = layout(graph, computed, slots, len(slots))
    pick = lambda kind: np.array(loads[kind], dtype=np.int64).reshape(-1, 2)
    return Sheet(
        tape, np.array(loads[CONST], dtype=float).reshape(-1, 2), pick(PARAMETER), pick(STATE), pick("stored"),
        np.array([slot for (slot,) in loads[TIME]], dtype=np.int64),
        np.array([(slots[node], column) for node, column in pairs], dtype=np.int64).reshape(-1, 2), count,
    )  # fmt: skip


def _needed(graph: Graph, roots: Iterable[int], ready: set[int]) -> list[int]:
    """Every node below the roots, not looking below those that are ready."""
    found: set[int] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            if node not in ready:
                stack.extend(graph.children(node))
    return sorted(found)
