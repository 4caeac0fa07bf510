"""Values of expressions with numpy, for all cells at once: plain, slow, the reference for the kernels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from lamella.reactions.graph import CONST, PARAMETER, STATE, TIME, Graph


def _pow(x, y):
    return np.power(np.where((x < 0) & (y != np.floor(y)), 0.0, x), y)


def _gamma(x):
    from scipy.special import gamma

    return gamma(x)


_FUNCTIONS = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": _pow,
    "lt": lambda a, b: np.less(a, b).astype(float),
    "le": lambda a, b: np.less_equal(a, b).astype(float),
    "eq": lambda a, b: np.equal(a, b).astype(float),
    "and": np.minimum,
    "or": np.maximum,
    "slope": lambda a, b: np.where((np.asarray(a) <= 0) & (np.asarray(b) < 0), 0.0, _pow(a, b)),
    "ratio": lambda a, b: np.where(np.asarray(b) == 0, 0.0, np.divide(a, b)),
    "neg": np.negative,
    "exp": np.exp,
    "log": np.log,
    "sqrt": lambda a: np.sqrt(np.maximum(a, 0.0)),
    "abs": np.abs,
    "not": lambda a: 1.0 - a,
    "floor": np.floor,
    "ceil": np.ceil,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "gamma": _gamma,
    "select": lambda c, a, b: np.where(np.asarray(c) != 0, a, b),
}


class Evaluator:
    """Values of chosen nodes of a graph.

    graph   the expressions
    nodes   what is wanted, in this order
    """

    def __init__(self, graph: Graph, nodes: Iterable[int]):
        self.outputs = list(nodes)
        self.steps: Sequence[tuple[int, str, tuple]] = [
            (node, graph.nodes[node][0], graph.nodes[node][1:]) for node in graph.needed(self.outputs)
        ]

    def __call__(self, states: np.ndarray, parameters: np.ndarray, time: np.ndarray | float = 0.0) -> np.ndarray:
        """states [cells, species], parameters [cells, parameters], time scalar or [cells] -> [cells, nodes]."""
        cells = len(parameters)
        values: dict[int, np.ndarray | float] = {}
        with np.errstate(all="ignore"):
            for node, operation, arguments in self.steps:
                if operation == CONST:
                    values[node] = np.float64(arguments[0])
                elif operation == PARAMETER:
                    values[node] = parameters[:, arguments[0]]
                elif operation == STATE:
                    values[node] = states[:, arguments[0]]
                elif operation == TIME:
                    values[node] = np.float64(time) if np.ndim(time) == 0 else time
                else:
                    values[node] = _FUNCTIONS[operation](*(values[a] for a in arguments))
        out = np.empty((cells, len(self.outputs)))
        for column, node in enumerate(self.outputs):
            out[:, column] = values[node]
        return out
