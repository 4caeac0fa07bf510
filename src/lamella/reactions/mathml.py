"""MathML, as libSBML parses it, to nodes of the expression graph."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import reduce
from itertools import pairwise
from typing import Protocol

import libsbml

from lamella.errors import ModelError
from lamella.reactions.graph import Graph

AVOGADRO = 6.02214179e23
"""Value of the csymbol `avogadro`, SBML L3V2 section 3.4.6."""

_DEEPEST = 2000
WIDEST = 10_000
"""Most arguments of one operation; libSBML takes a time that grows with their square."""

_WORTH_SHOWING = 20  # arguments up to which a formula is shown in a message

_UNARY = {
    libsbml.AST_FUNCTION_EXP: "exp",
    libsbml.AST_FUNCTION_LN: "log",
    libsbml.AST_FUNCTION_ABS: "abs",
    libsbml.AST_FUNCTION_FLOOR: "floor",
    libsbml.AST_FUNCTION_CEILING: "ceil",
    libsbml.AST_FUNCTION_SIN: "sin",
    libsbml.AST_FUNCTION_COS: "cos",
    libsbml.AST_FUNCTION_TAN: "tan",
    libsbml.AST_FUNCTION_ARCSIN: "asin",
    libsbml.AST_FUNCTION_ARCCOS: "acos",
    libsbml.AST_FUNCTION_ARCTAN: "atan",
    libsbml.AST_FUNCTION_SINH: "sinh",
    libsbml.AST_FUNCTION_COSH: "cosh",
    libsbml.AST_FUNCTION_TANH: "tanh",
    libsbml.AST_FUNCTION_ARCSINH: "asinh",
    libsbml.AST_FUNCTION_ARCCOSH: "acosh",
    libsbml.AST_FUNCTION_ARCTANH: "atanh",
}
_RECIPROCAL = {
    libsbml.AST_FUNCTION_SEC: "cos",
    libsbml.AST_FUNCTION_CSC: "sin",
    libsbml.AST_FUNCTION_COT: "tan",
    libsbml.AST_FUNCTION_SECH: "cosh",
    libsbml.AST_FUNCTION_CSCH: "sinh",
    libsbml.AST_FUNCTION_COTH: "tanh",
}
_OF_RECIPROCAL = {
    libsbml.AST_FUNCTION_ARCSEC: "acos",
    libsbml.AST_FUNCTION_ARCCSC: "asin",
    libsbml.AST_FUNCTION_ARCCOT: "atan",
    libsbml.AST_FUNCTION_ARCSECH: "acosh",
    libsbml.AST_FUNCTION_ARCCSCH: "asinh",
    libsbml.AST_FUNCTION_ARCCOTH: "atanh",
}
_CONSTANTS = {
    libsbml.AST_CONSTANT_E: math.e,
    libsbml.AST_CONSTANT_PI: math.pi,
    libsbml.AST_CONSTANT_TRUE: 1.0,
    libsbml.AST_CONSTANT_FALSE: 0.0,
    libsbml.AST_NAME_AVOGADRO: AVOGADRO,
}
_RELATIONS = {
    libsbml.AST_RELATIONAL_LT: ("lt", False),
    libsbml.AST_RELATIONAL_GT: ("lt", True),
    libsbml.AST_RELATIONAL_LEQ: ("le", False),
    libsbml.AST_RELATIONAL_GEQ: ("le", True),
    libsbml.AST_RELATIONAL_EQ: ("eq", False),
}


_DISTRIBUTIONS = {
    libsbml.AST_DISTRIB_FUNCTION_NORMAL: "normal",
    libsbml.AST_DISTRIB_FUNCTION_UNIFORM: "uniform",
    libsbml.AST_DISTRIB_FUNCTION_BERNOULLI: "bernoulli",
    libsbml.AST_DISTRIB_FUNCTION_BINOMIAL: "binomial",
    libsbml.AST_DISTRIB_FUNCTION_CAUCHY: "cauchy",
    libsbml.AST_DISTRIB_FUNCTION_CHISQUARE: "chisquare",
    libsbml.AST_DISTRIB_FUNCTION_EXPONENTIAL: "exponential",
    libsbml.AST_DISTRIB_FUNCTION_GAMMA: "gamma",
    libsbml.AST_DISTRIB_FUNCTION_LAPLACE: "laplace",
    libsbml.AST_DISTRIB_FUNCTION_LOGNORMAL: "lognormal",
    libsbml.AST_DISTRIB_FUNCTION_POISSON: "poisson",
    libsbml.AST_DISTRIB_FUNCTION_RAYLEIGH: "rayleigh",
}


class Scope(Protocol):
    """What names mean where a formula stands."""

    def value(self, name: str) -> int: ...

    def rate(self, name: str) -> int: ...

    def time(self) -> int: ...

    def draw(self, distribution: str, arguments: list[int]) -> int: ...


class Converter:
    """Formulas of one model as nodes.

    graph      where the nodes go
    functions  function definitions by id (libsbml.FunctionDefinition)
    """

    def __init__(self, graph: Graph, functions: Mapping[str, libsbml.FunctionDefinition]):
        self.graph, self.functions = graph, functions
        self.drawn = 0
        self._open: list[str] = []

    def convert(self, ast: libsbml.ASTNode, scope: Scope, where: str, local: Mapping[str, int] | None = None) -> int:
        """The node of a formula.

        local   names that stand before those of the scope: local parameters, arguments of a function
        errors  ModelError, naming what is not supported
        """
        if ast is None:
            raise ModelError("a formula is missing", where=where)
        try:
            return _Formula(self, scope, where, local or {}, calls={}).node(ast, 0)
        except ModelError as error:
            error.where = error.where or where
            raise

    def call(
        self, name: str, arguments: list[int], scope: Scope, where: str, calls: dict[tuple[str, ...], int]
    ) -> int:
        """A function definition applied to nodes.

        calls   calls made in the same formula before: functions that call each other twice double at every level
        """
        key = (name, *map(str, arguments))
        if key in calls:
            return calls[key]
        definition = self.functions.get(name)
        if definition is None:
            raise ModelError(f"the function '{name}' is not defined", where=where)
        if name in self._open:
            raise ModelError(f"the function '{name}' calls itself", where=where, why="SBML forbids recursion.")
        names = [definition.getArgument(i).getName() for i in range(definition.getNumArguments())]
        if len(names) != len(arguments) or definition.getBody() is None:
            raise ModelError(f"the function '{name}' takes {len(names)} arguments, not {len(arguments)}", where=where)
        self._open.append(name)
        drawn = self.drawn
        try:
            formula = _Formula(self, scope, where, dict(zip(names, arguments)), calls, is_function=True)
            node = formula.node(definition.getBody(), 0)
        finally:
            self._open.pop()
        if self.drawn == drawn:  # a random number is another one in every call
            calls[key] = node
        return node


class _Formula:
    """One formula on its way into the graph."""

    def __init__(
        self, owner: Converter, scope: Scope, where: str, local: Mapping[str, int], calls: dict[tuple[str, ...], int],
        is_function: bool = False,
    ):  # fmt: skip
        self.owner, self.graph, self.scope, self.where, self.local = owner, owner.graph, scope, where, local
        self.calls, self.is_function = calls, is_function

    def refuse(self, what: str, why: str | None = None) -> ModelError:
        return ModelError(what, where=self.where, why=why)

    def node(self, ast: libsbml.ASTNode, depth: int) -> int:
        if depth > _DEEPEST:
            raise self.refuse(f"a formula is nested more than {_DEEPEST} deep")
        kind = ast.getType()
        if ast.isNumber():
            return self.graph.const(ast.getValue())
        if kind in _CONSTANTS:
            return self.graph.const(_CONSTANTS[kind])
        if kind == libsbml.AST_NAME_TIME:
            return self.scope.time()
        if kind == libsbml.AST_FUNCTION_DELAY:
            raise self.refuse("the csymbol 'delay' is not supported", "Delay differential equations are not solved.")
        if kind == libsbml.AST_FUNCTION_RATE_OF:
            return self.rate_of(ast)
        if ast.isName():
            name = ast.getName()
            return self.local[name] if name in self.local else self.scope.value(name)
        if ast.getNumChildren() > WIDEST:
            raise self.refuse(f"an operation has more than {WIDEST} arguments")
        children = [self.node(ast.getChild(i), depth + 1) for i in range(ast.getNumChildren())]
        if kind == libsbml.AST_FUNCTION:
            return self.owner.call(ast.getName(), children, self.scope, self.where, self.calls)
        if kind in _DISTRIBUTIONS:
            self.owner.drawn += 1
            return self.scope.draw(_DISTRIBUTIONS[kind], children)
        return self.operation(ast, kind, children)

    def rate_of(self, ast: libsbml.ASTNode) -> int:
        target = ast.getChild(0)
        if ast.getNumChildren() != 1 or not target.isName():
            raise self.refuse("rateOf takes a name, not a formula", libsbml.formulaToL3String(ast)[:300])
        name = target.getName()
        if name not in self.local:
            return self.scope.rate(name)
        if self.is_function:
            raise self.refuse(
                f"rateOf an argument ('{name}') of a function is not supported", "It need not stand for a name."
            )
        return self.graph.const(0.0)

    def operation(self, ast: libsbml.ASTNode, kind: int, a: list[int]) -> int:
        g = self.graph
        try:
            if kind in _RELATIONS:
                return self.chain(*_RELATIONS[kind], a)
            if kind in _UNARY:
                (x,) = a
                return g.unary(_UNARY[kind], x)
            if kind in _RECIPROCAL:
                (x,) = a
                return g.div(g.const(1.0), g.unary(_RECIPROCAL[kind], x))
            if kind in _OF_RECIPROCAL:
                (x,) = a
                return g.unary(_OF_RECIPROCAL[kind], g.div(g.const(1.0), x))
            if kind in _RULES:
                return _RULES[kind](g, a)
        except (ValueError, IndexError, TypeError):
            formula = libsbml.formulaToL3String(ast)[:300] if len(a) <= _WORTH_SHOWING else None
            raise self.refuse(f"an operation of MathML has {len(a)} arguments", formula) from None
        name = ast.getOperatorName() or ast.getName() or libsbml.formulaToL3String(ast)
        raise self.refuse(f"the MathML construct '{name}' is not supported")

    def chain(self, operation: str, swapped: bool, a: list[int]) -> int:
        """`a < b < c` is `a < b and b < c`."""
        g = self.graph
        pairs = [(y, x) if swapped else (x, y) for x, y in pairwise(a)]
        return reduce(g.both, (g.compare(operation, x, y) for x, y in pairs), g.const(1.0))


def _minus(g: Graph, a: list[int]) -> int:
    if len(a) == 1:
        return g.neg(a[0])
    x, y = a
    return g.sub(x, y)


def _divide(g: Graph, a: list[int]) -> int:
    x, y = a
    return g.div(x, y)


def _power(g: Graph, a: list[int]) -> int:
    x, y = a
    if g.holds_state(x):  # rounding may have pushed it below zero: `graph` is lenient there
        return g.pow(x, y)
    whole = g.compare("eq", y, g.unary("floor", y))
    real = g.either(whole, g.unary("not", g.compare("lt", x, g.const(0.0))))
    return g.select(real, g.pow(x, y), g.const(math.nan))


def _root(g: Graph, a: list[int]) -> int:
    return _power(g, [a[-1], g.const(0.5) if len(a) == 1 else g.div(g.const(1.0), a[0])])


def _log(g: Graph, a: list[int]) -> int:
    base = g.const(10.0) if len(a) == 1 else a[0]
    return g.div(g.unary("log", a[-1]), g.unary("log", base))


def _truncate(g: Graph, x: int) -> int:
    return g.select(g.compare("lt", x, g.const(0.0)), g.unary("ceil", x), g.unary("floor", x))


def _quotient(g: Graph, a: list[int]) -> int:
    x, y = a
    return _truncate(g, g.div(x, y))


def _remainder(g: Graph, a: list[int]) -> int:
    x, y = a
    return g.sub(x, g.mul(y, _truncate(g, g.div(x, y))))


def _extreme(first: Callable[[Graph, int, int], int]) -> Callable[[Graph, list[int]], int]:
    return lambda g, a: reduce(lambda x, y: g.select(first(g, x, y), x, y), a)


def _piecewise(g: Graph, a: list[int]) -> int:
    result = a[-1] if len(a) % 2 else g.const(math.nan)
    for i in reversed(range(0, len(a) - 1, 2)):
        result = g.select(g.truth(a[i + 1]), a[i], result)
    return result


def _exclusive(g: Graph, a: list[int]) -> int:
    differ = lambda x, y: g.unary("not", g.compare("eq", x, y))
    return reduce(differ, (g.truth(x) for x in a), g.const(0.0))


def _different(g: Graph, a: list[int]) -> int:
    x, y = a
    return g.unary("not", g.compare("eq", x, y))


def _negate(g: Graph, a: list[int]) -> int:
    (x,) = a
    return g.unary("not", g.truth(x))


def _implies(g: Graph, a: list[int]) -> int:
    x, y = a
    return g.either(g.unary("not", g.truth(x)), g.truth(y))


def _factorial(g: Graph, a: list[int]) -> int:
    (x,) = a
    return g.unary("gamma", g.add(x, g.const(1.0)))


_RULES: dict[int, Callable[[Graph, list[int]], int]] = {
    libsbml.AST_PLUS: lambda g, a: reduce(g.add, a, g.const(0.0)),
    libsbml.AST_TIMES: lambda g, a: reduce(g.mul, a, g.const(1.0)),
    libsbml.AST_MINUS: _minus,
    libsbml.AST_DIVIDE: _divide,
    libsbml.AST_POWER: _power,
    libsbml.AST_FUNCTION_POWER: _power,
    libsbml.AST_FUNCTION_ROOT: _root,
    libsbml.AST_FUNCTION_LOG: _log,
    libsbml.AST_FUNCTION_QUOTIENT: _quotient,
    libsbml.AST_FUNCTION_REM: _remainder,
    libsbml.AST_FUNCTION_MAX: _extreme(lambda g, x, y: g.compare("lt", y, x)),
    libsbml.AST_FUNCTION_MIN: _extreme(lambda g, x, y: g.compare("lt", x, y)),
    libsbml.AST_FUNCTION_FACTORIAL: _factorial,
    libsbml.AST_FUNCTION_PIECEWISE: _piecewise,
    libsbml.AST_RELATIONAL_NEQ: _different,
    libsbml.AST_LOGICAL_AND: lambda g, a: reduce(g.both, (g.truth(x) for x in a), g.const(1.0)),
    libsbml.AST_LOGICAL_OR: lambda g, a: reduce(g.either, (g.truth(x) for x in a), g.const(0.0)),
    libsbml.AST_LOGICAL_XOR: _exclusive,
    libsbml.AST_LOGICAL_NOT: _negate,
    libsbml.AST_LOGICAL_IMPLIES: _implies,
}
