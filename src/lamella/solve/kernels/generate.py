"""A network as LLVM text: the instructions of its tapes, sums and LU, written out for eight lanes.

The same operations in the same order as the kernels in `step`, so that both
executions give the same numbers to the last bit. Functions are cut into pieces
with memory between them, which keeps the compiler's time linear in the network.

Four functions of (slots, matrix, x):
    begin   rates of change into x
    stage   rates of change added to x
    factor  derivatives and LU of diagonal - J into matrix; x holds the diagonal
    solve   x becomes the solution of the LU
"""

from __future__ import annotations

import struct

import numpy as np
from llvmlite import ir

from lamella.reactions.graph import OPERATIONS
from lamella.reactions.lower import ALGEBRAIC_PIVOT, PIVOT, Factorisation, Lowered, Sums
from lamella.reactions.tape import Tape
from lamella.solve.kernels import vector_math as vm
from lamella.solve.kernels.lanes import LANES

FUNCTIONS = ("begin", "stage", "factor", "solve")
_VECTOR = f"<{LANES} x double>"
_PIECE = 400  # statements
_INFIX = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
_CALLS = {"pow": vm.power, "slope": vm.slope, "ratio": vm.ratio}
_UNARY_CALLS = {"exp": vm.exponential, "log": vm.logarithm, "sqrt": vm.root}
_COMPARISONS = {"lt": "olt", "le": "ole", "eq": "oeq"}
_INTRINSICS = {"abs": "llvm.fabs", "floor": "llvm.floor", "ceil": "llvm.ceil"}
SUPPORTED = frozenset(
    (*_INFIX, *_CALLS, *_UNARY_CALLS, *_COMPARISONS, *_INTRINSICS, "neg", "not", "and", "or", "select")
)


def can_generate(net: Lowered) -> bool:
    """Whether every operation of the network has LLVM text (trigonometry goes lane by lane on the tape)."""
    codes = {int(run[0]) for tape in (net.rates, net.jacobian) for run in tape.runs}
    return all(OPERATIONS[code] in SUPPORTED for code in codes)


def source(net: Lowered) -> str:
    """LLVM text of the functions of a network."""
    parts = [_prelude()]
    for name, accumulate in (("begin", False), ("stage", True)):
        function = _Function(name)
        _tape(function, net.rates)
        _balance(function, net.balance, accumulate)
        parts.append(function.text())
    function = _Function("factor")
    _tape(function, net.jacobian)
    _factor(function, net.matrix, net.factorisation)
    parts.append(function.text())
    function = _Function("solve")
    _solve(function, net.factorisation)
    parts.append(function.text())
    return "\n".join(parts)


def _prelude() -> str:
    """Vector functions and declarations."""
    module = ir.Module(name="lamella")
    for name, emit, arity in (
        *((name, emit, 2) for name, emit in _CALLS.items()),
        *((name, emit, 1) for name, emit in _UNARY_CALLS.items()),
    ):
        function = ir.Function(module, ir.FunctionType(vm.VECTOR, [vm.VECTOR] * arity), f"lamella.{name}")
        function.linkage = "internal"
        builder = ir.IRBuilder(function.append_basic_block())
        builder.ret(emit(builder, *function.args))
    for name, arity in (("llvm.fma", 3), *((name, 1) for name in _INTRINSICS.values())):
        full = f"{name}.v{LANES}f64"
        if full not in module.globals:
            ir.Function(module, ir.FunctionType(vm.VECTOR, [vm.VECTOR] * arity), full)
    return str(module)


def _constant(value: float) -> str:
    bits = struct.unpack("<Q", struct.pack("<d", value))[0]
    return "<" + ", ".join([f"double 0x{bits:016X}"] * LANES) + ">"


class _Function:
    """The text of one function, in pieces; values stay in registers within a piece."""

    def __init__(self, name: str):
        self.name = name
        self.pieces: list[str] = []
        self._begin()

    def _begin(self) -> None:
        self.lines: list[str] = []
        self.known: dict[tuple[str, int], str] = {}
        self.count = 0

    def tick(self, statements: int = 1) -> None:
        """Count statements, and begin a new piece when there are enough."""
        self.count += statements
        if self.count >= _PIECE:
            self.cut()

    def cut(self) -> None:
        if self.lines:
            self.pieces.append("\n".join(self.lines))
        self._begin()

    def emit(self, text: str) -> str:
        name = f"%v{len(self.lines)}"
        self.lines.append(f"{name} = {text}")
        return name

    def _address(self, base: str, index: int) -> str:
        return self.emit(f"getelementptr double, ptr {base}, i64 {index * LANES}")

    def load(self, base: str, index: int) -> str:
        """Vector `index` of a block of memory."""
        if (base, index) not in self.known:
            address = self._address(base, index)
            self.known[base, index] = self.emit(f"load {_VECTOR}, ptr {address}, align 8")
        return self.known[base, index]

    def store(self, base: str, index: int, value: str) -> None:
        address = self._address(base, index)
        self.lines.append(f"store {_VECTOR} {value}, ptr {address}, align 8")
        self.known[base, index] = value

    def binary(self, operation: str, x: str, y: str) -> str:
        return self.emit(f"{operation} {_VECTOR} {x}, {y}")

    def call(self, name: str, *arguments: str) -> str:
        return self.emit(f'call {_VECTOR} @"{name}"({", ".join(f"{_VECTOR} {a}" for a in arguments)})')

    def fma(self, x: str, y: str, z: str) -> str:
        return self.call(f"llvm.fma.v{LANES}f64", x, y, z)

    def fma_minus(self, x: str, y: str, z: str) -> str:
        return self.fma(self.emit(f"fneg {_VECTOR} {x}"), y, z)

    def choose(self, condition: str, x: str, y: str) -> str:
        return self.emit(f"select <{LANES} x i1> {condition}, {_VECTOR} {x}, {_VECTOR} {y}")

    def compare(self, predicate: str, x: str, y: str) -> str:
        return self.emit(f"fcmp {predicate} {_VECTOR} {x}, {y}")

    def text(self) -> str:
        self.cut()
        parameters = "ptr noalias %slots, ptr noalias %matrix, ptr noalias %x"
        arguments = "ptr %slots, ptr %matrix, ptr %x"
        pieces = [
            f"define internal void @{self.name}.{k}({parameters}) noinline {{\n{piece}\nret void\n}}"
            for k, piece in enumerate(self.pieces)
        ]
        calls = "\n".join(f"call void @{self.name}.{k}({arguments})" for k in range(len(pieces)))
        return "\n".join([*pieces, f"define void @lamella_{self.name}({parameters}) {{\n{calls}\nret void\n}}"])


def _tape(f: _Function, tape: Tape) -> None:
    for code, first, last in tape.runs.tolist():
        operation = OPERATIONS[code]
        for target, *sources in tape.code[first:last].tolist():
            f.store("%slots", target, _operation(f, operation, sources))
            f.tick()


def _operation(f: _Function, operation: str, sources: list[int]) -> str:
    one, zero = _constant(1.0), _constant(0.0)
    x = f.load("%slots", sources[0])
    if operation == "neg":
        return f.emit(f"fneg {_VECTOR} {x}")
    if operation == "not":
        return f.binary("fsub", one, x)
    if operation in _UNARY_CALLS:
        return f.call(f"lamella.{operation}", x)
    if operation in _INTRINSICS:
        return f.call(f"{_INTRINSICS[operation]}.v{LANES}f64", x)
    y = f.load("%slots", sources[1])
    if operation in _INFIX:
        return f.binary(_INFIX[operation], x, y)
    if operation in _CALLS:
        return f.call(f"lamella.{operation}", x, y)
    if operation in _COMPARISONS:
        return f.choose(f.compare(_COMPARISONS[operation], x, y), one, zero)
    if operation == "select":
        return f.choose(f.compare("une", x, zero), y, f.load("%slots", sources[2]))
    return f.choose(f.compare("olt" if operation == "and" else "ogt", x, y), x, y)


def _terms(f: _Function, sums: Sums, row: int, total: str) -> str:
    for k in range(sums.first[row], sums.first[row + 1]):
        total = f.fma(_constant(float(sums.coefficient[k])), f.load("%slots", int(sums.slot[k])), total)
    return total


def _balance(f: _Function, balance: Sums, accumulate: bool) -> None:
    for row in range(len(balance.first) - 1):
        start = f.load("%x", row) if accumulate else _constant(0.0)
        f.store("%x", row, _terms(f, balance, row, start))
        f.tick(1 + int(balance.first[row + 1] - balance.first[row]))


def _factor(f: _Function, matrix: Sums, lu: Factorisation) -> None:
    for entry, kind in enumerate(lu.kind.tolist()):
        total = f.load("%x", 0) if kind == PIVOT else _constant(0.0)
        total = _terms(f, matrix, entry, total)
        for k in range(lu.first[entry], lu.first[entry + 1]):
            left, right = f.load("%matrix", int(lu.left[k])), f.load("%matrix", int(lu.right[k]))
            total = f.fma_minus(left, right, total)
        if kind >= 0:
            total = f.binary("fmul", total, f.load("%matrix", kind))
        elif kind in (PIVOT, ALGEBRAIC_PIVOT):
            total = f.binary("fdiv", _constant(1.0), total)
        f.store("%matrix", entry, total)
        f.tick(1 + int(lu.first[entry + 1] - lu.first[entry]))


def _solve(f: _Function, lu: Factorisation) -> None:
    n = len(lu.pivot)
    for i in range(n):
        if lu.lower_first[i] == lu.lower_first[i + 1]:
            continue
        forwards = range(lu.lower_first[i], lu.lower_first[i + 1])
        f.store("%x", i, _eliminated(f, i, lu.lower_entry, lu.lower_column, forwards))
        f.tick(1 + int(lu.lower_first[i + 1] - lu.lower_first[i]))
    for i in reversed(range(n)):
        backwards = range(lu.upper_first[i + 1] - 1, lu.upper_first[i] - 1, -1)
        total = _eliminated(f, i, lu.upper_entry, lu.upper_column, backwards)
        f.store("%x", i, f.binary("fmul", total, f.load("%matrix", int(lu.pivot[i]))))
        f.tick(1 + len(backwards))


def _eliminated(f: _Function, row: int, entries: np.ndarray, columns: np.ndarray, order: range) -> str:
    total = f.load("%x", row)
    for k in order:
        total = f.fma_minus(f.load("%matrix", int(entries[k])), f.load("%x", int(columns[k])), total)
    return total
