"""Hash-consed expression graph: one node per distinct expression, children before parents.

A node is an integer. Its record is `(operation, *arguments)`, where the
arguments of a leaf are plain numbers and those of any other node are nodes
with smaller numbers, so that ascending order is an order of evaluation.
Truth values are 1.0 and 0.0.

Products are kept as `p * (x * y)` with everything that depends on parameters
alone in `p`, so that it can be hoisted out of the time loop.

`x**y` with x < 0 and y not an integer is taken as `0**y`, and the square root
of a negative number as 0: a concentration that rounding has pushed below zero
must not turn a Hill term into NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

CONST, PARAMETER, STATE, TIME = "const", "parameter", "state", "time"
LEAVES = frozenset((CONST, PARAMETER, STATE, TIME))

BINARY = ("add", "sub", "mul", "div", "pow", "lt", "le", "eq", "and", "or", "slope", "ratio")
TRUTH = frozenset(("lt", "le", "eq", "and", "or", "not"))
UNARY = (
    "neg", "exp", "log", "sqrt", "abs", "not", "floor", "ceil",
    "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "gamma",
)  # fmt: skip
OPERATIONS = (*BINARY, *UNARY, "select")

_LARGEST_UNROLLED_POWER = 8


def _guarded(function: Callable[[float], float]) -> Callable[[float], float]:
    """`function` with IEEE results in place of exceptions."""

    def evaluate(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan

    return evaluate


def _log(x: float) -> float:
    return -math.inf if x == 0 else math.log(x)


def _rounded(rounding: Callable[[float], int]) -> Callable[[float], float]:
    return lambda x: float(rounding(x)) if math.isfinite(x) else x


SCALAR: dict[str, Callable[[float], float]] = {
    name: _guarded(getattr(math, name)) for name in (*UNARY[UNARY.index("sin") :], "exp")
} | {
    "neg": lambda x: -x,
    "log": _guarded(_log),
    "sqrt": lambda x: math.sqrt(max(x, 0.0)) if not math.isnan(x) else x,
    "abs": abs,
    "not": lambda x: 1.0 - x,
    "floor": _rounded(math.floor),
    "ceil": _rounded(math.ceil),
}


def power(x: float, y: float) -> float:
    """`x**y` by the convention of this module."""
    if x < 0 and not float(y).is_integer():
        x = 0.0
    try:
        return x**y
    except ZeroDivisionError:
        return math.inf
    except OverflowError:
        return math.inf if x > 0 or y % 2 == 0 else -math.inf


def quotient(x: float, y: float) -> float:
    """`x / y` with IEEE results at y = 0."""
    if y != 0:
        return x / y
    if x == 0 or math.isnan(x):
        return math.nan
    return math.copysign(math.inf, x) * math.copysign(1.0, y)


class Graph:
    """The expressions of one model."""

    def __init__(self) -> None:
        self.nodes: list[tuple] = []
        self._index: dict[tuple, int] = {}
        self._pure: list[bool] = []
        self._stateful: list[bool] = []
        self._number: list[float | None] = []

    def __len__(self) -> int:
        return len(self.nodes)

    def _make(self, *record) -> int:
        node = self._index.get(record)
        if node is None:
            operation = record[0]
            node = len(self.nodes)
            self.nodes.append(record)
            self._index[record] = node
            self._number.append(record[1] if operation == CONST else None)
            if operation in LEAVES:
                self._pure.append(operation in (CONST, PARAMETER))
                self._stateful.append(operation == STATE)
            else:
                self._stateful.append(any(self._stateful[child] for child in record[1:]))
                self._pure.append(all(self._pure[child] for child in record[1:]))
        return node

    # leaves -----------------------------------------------------------------
    def const(self, value: float) -> int:
        return self._make(CONST, float(value))

    def parameter(self, index: int) -> int:
        return self._make(PARAMETER, index)

    def state(self, index: int) -> int:
        return self._make(STATE, index)

    def time(self) -> int:
        return self._make(TIME)

    # questions --------------------------------------------------------------
    def operation(self, node: int) -> str:
        return self.nodes[node][0]

    def children(self, node: int) -> tuple[int, ...]:
        record = self.nodes[node]
        return () if record[0] in LEAVES else record[1:]

    def number(self, node: int) -> float | None:
        """The value of a constant, None for anything else."""
        return self._number[node]

    def is_pure(self, node: int) -> bool:
        """Whether the node depends on parameters and constants alone."""
        return self._pure[node]

    def holds_state(self, node: int) -> bool:
        """Whether the node depends on a state."""
        return self._stateful[node]

    def needed(self, roots: Iterable[int], known: Iterable[int] = ()) -> list[int]:
        """Every node below `roots`, ascending, stopping at `known` nodes (which are left out)."""
        seen = set(known)
        found: list[int] = []
        stack = list(roots)
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                found.append(node)
                stack.extend(self.children(node))
        return sorted(found)

    # arithmetic -------------------------------------------------------------
    def neg(self, a: int) -> int:
        x = self._number[a]
        if x is not None:
            return self.const(-x)
        if self.operation(a) == "neg":
            return self.nodes[a][1]
        return self._make("neg", a)

    def add(self, a: int, b: int) -> int:
        x, y = self._number[a], self._number[b]
        if x is not None and y is not None:
            return self.const(x + y)
        if x == 0:
            return b
        if y == 0:
            return a
        if self.operation(b) == "neg":
            return self.sub(a, self.nodes[b][1])
        if self.operation(a) == "neg":
            return self.sub(b, self.nodes[a][1])
        return self._make("add", min(a, b), max(a, b))

    def sub(self, a: int, b: int) -> int:
        x, y = self._number[a], self._number[b]
        if x is not None and y is not None:
            return self.const(x - y)
        if y == 0:
            return a
        if x == 0:
            return self.neg(b)
        if a == b:
            return self.const(0.0)
        if self.operation(b) == "neg":
            return self.add(a, self.nodes[b][1])
        return self._make("sub", a, b)

    def mul(self, a: int, b: int) -> int:
        x, y = self._number[a], self._number[b]
        if x is not None and y is not None:
            return self.const(x * y)
        if y is not None:
            a, b, x = b, a, y
        if x is not None:
            if x in (0.0, 1.0):
                return a if x == 0 else b
            if x == -1:
                return self.neg(b)
        if self.operation(a) == "neg":
            return self.neg(self.mul(self.nodes[a][1], b))
        if self.operation(b) == "neg":
            return self.neg(self.mul(a, self.nodes[b][1]))
        left, right = self._split(a), self._split(b)
        if left[1] is not None and right[1] is not None and (left[0] is not None or right[0] is not None):
            factors = [p for p in (left[0], right[0]) if p is not None]
            pure = factors[0] if len(factors) == 1 else self.mul(*factors)
            return self.mul(pure, self.mul(left[1], right[1]))
        if left[1] is None and right[0] is not None and right[1] is not None:
            return self.mul(self.mul(a, right[0]), right[1])
        if right[1] is None and left[0] is not None and left[1] is not None:
            return self.mul(self.mul(b, left[0]), left[1])
        if self._pure[a] == self._pure[b]:
            a, b = min(a, b), max(a, b)
        elif self._pure[b]:
            a, b = b, a
        return self._make("mul", a, b)

    def _split(self, a: int) -> tuple[int | None, int | None]:
        """`a` as (factor of parameters alone, the rest); either may be missing."""
        if self._pure[a]:
            return a, None
        record = self.nodes[a]
        if record[0] == "mul" and self._pure[record[1]]:
            return record[1], record[2]
        return None, a

    def div(self, a: int, b: int) -> int:
        x, y = self._number[a], self._number[b]
        if x is not None and y is not None:
            return self.const(quotient(x, y))
        if y is not None and y != 0:
            if y in (1.0, -1.0) or not self._pure[a]:
                return self.mul(a, self.const(1.0 / y))
            return self._make("div", a, b)
        if x == 0:
            return a
        if self.operation(b) == "neg":
            return self.neg(self.div(a, self.nodes[b][1]))
        if self.operation(a) == "neg":
            return self.neg(self.div(self.nodes[a][1], b))
        if self._pure[b] and not self._pure[a]:
            return self.mul(self.div(self.const(1.0), b), a)
        pure, rest = self._split(a)
        if pure is not None and rest is not None:
            return self.mul(pure, self.div(rest, b))
        return self._make("div", a, b)

    def pow(self, a: int, b: int) -> int:
        x, y = self._number[a], self._number[b]
        if x is not None and y is not None:
            return self.const(power(x, y))
        if y == 0:
            return self.const(1.0)
        if y == 1:
            return a
        if y == 0.5:
            return self.unary("sqrt", a)
        if y is not None and float(y).is_integer() and abs(y) <= _LARGEST_UNROLLED_POWER:
            product = self._repeated(a, int(abs(y)))
            return product if y > 0 else self.div(self.const(1.0), product)
        return self._make("pow", a, b)

    def _repeated(self, a: int, count: int) -> int:
        """`a` to a whole power by squaring."""
        result, square = None, a
        while count:
            if count & 1:
                result = square if result is None else self.mul(result, square)
            count >>= 1
            if count:
                square = self.mul(square, square)
        assert result is not None
        return result

    def slope(self, a: int, b: int) -> int:
        """`a**b` for use in derivatives: 0 where a <= 0 and b < 0."""
        y = self._number[b]
        if y is not None and y >= 0:
            return self.pow(a, b)
        return self._make("slope", a, b)

    def ratio(self, a: int, b: int) -> int:
        """`a / b` for use in derivatives: 0 where b is 0."""
        return self._make("ratio", a, b)

    def unary(self, operation: str, a: int) -> int:
        """One of the functions of `UNARY`."""
        if operation == "neg":
            return self.neg(a)
        x = self._number[a]
        if x is not None:
            return self.const(SCALAR[operation](x))
        if operation == "not" and self.operation(a) == "not":
            return self.nodes[a][1]
        return self._make(operation, a)

    # truth and choice ---------------------------------------------------------
    def is_truth(self, a: int) -> bool:
        """Whether the node can only be 0 or 1."""
        return self.operation(a) in TRUTH or self._number[a] in (0.0, 1.0)

    def truth(self, a: int) -> int:
        """`a` as a truth value: anything but 0 is true."""
        return a if self.is_truth(a) else self.unary("not", self.compare("eq", a, self.const(0.0)))

    def compare(self, operation: str, a: int, b: int) -> int:
        """One of `lt`, `le`, `eq`."""
        x, y = self._number[a], self._number[b]
        if x is not None and y is not None:
            return self.const(float({"lt": x < y, "le": x <= y, "eq": x == y}[operation]))
        return self._make(operation, a, b)

    def both(self, a: int, b: int) -> int:
        for x, y in ((a, b), (b, a)):
            if self._number[x] is not None:
                return y if self._number[x] else x
        return self._make("and", min(a, b), max(a, b))

    def either(self, a: int, b: int) -> int:
        for x, y in ((a, b), (b, a)):
            if self._number[x] is not None:
                return x if self._number[x] else y
        return self._make("or", min(a, b), max(a, b))

    def select(self, condition: int, a: int, b: int) -> int:
        """`a` where the condition is true, else `b`."""
        x = self._number[condition]
        if x is not None:
            return a if x else b
        return a if a == b else self._make("select", condition, a, b)

    def total(self, terms: Iterable[tuple[float, int]]) -> int:
        """Sum of coefficient times node."""
        result = self.const(0.0)
        for coefficient, node in terms:
            result = self.add(result, self.mul(self.const(coefficient), node))
        return result

    def rebuild(self, roots: Iterable[int], replace: dict[int, int]) -> list[int]:
        """`roots` with some nodes exchanged for others, simplified anew."""
        roots = list(roots)
        new = dict(replace)
        for node in self.needed(roots, replace):
            record = self.nodes[node]
            if record[0] in LEAVES:
                new[node] = node
                continue
            children = [new[child] for child in record[1:]]
            new[node] = node if tuple(children) == record[1:] else self._apply(record[0], children)
        return [new[root] for root in roots]

    def _apply(self, operation: str, children: list[int]) -> int:
        if operation in ("lt", "le", "eq"):
            return self.compare(operation, *children)
        if operation in UNARY:
            return self.unary(operation, *children)
        method = {"and": self.both, "or": self.either}.get(operation) or getattr(self, operation)
        return method(*children)
