"""A network as LLVM text: the instructions of its tapes, sums and LU, written out for a block of lanes.

The same operations in the same order as the kernels in `step`, so that both
executions give the same numbers to the last bit. Functions are cut into pieces
with memory between them, which keeps the compiler's time linear in the network.

Functions of (slots, matrix, x, lanes):
    begin   rates of change into x
    stage   rates of change added to x
    factor  derivatives and LU of diagonal - J into matrix
    solve   x becomes the solution of the LU
and, for every stage s of the method but the first, of (slots, start, stages, lanes):
    combine.s  arguments of the stage into the slots, the sum over earlier stages into its place
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
from llvmlite import ir

from lamella.reactions.graph import BINARY, OPERATIONS
from lamella.reactions.lower import PIVOT, Factorisation, Lowered, Sums
from lamella.reactions.tape import Tape
from lamella.solve.kernels import vector_math as vm
from lamella.solve.kernels.lanes import LANES
from lamella.solve.kernels.step import DIAGONAL, INVERSE_STEP
from lamella.solve.rosenbrock import Method

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


def functions(method: Method) -> tuple[str, ...]:
    """Names of the functions, in the order of their addresses."""
    return (*FUNCTIONS, *(f"combine.{s}" for s in range(1, method.stages)))


def source(net: Lowered, method: Method) -> str:
    """LLVM text of the functions of a network."""
    later = {int(slot) for sums in (net.matrix, net.drift) for slot in sums.slot}
    later |= set(net.jacobian.code[:, 1:].ravel().tolist())
    parts = [
        _prelude(),
        _with_registers("begin", lambda f: _rates(f, net, False), later),
        _with_registers("stage", lambda f: _rates(f, net, True), set()),
        _with_registers("factor", lambda f: _factor(f, net), {int(slot) for slot in net.drift.slot}),
        _with_registers("solve", lambda f: _solve(f, net.factorisation), set()),
    ]
    parts += [_combine(method, s, net.size) for s in range(1, method.stages)]
    return "\n".join(parts)


def _with_registers(name: str, write: Callable[[_Function], None], later: set[int]) -> str:
    """Text of a function, written twice: the first time shows which slots must go through memory.

    later  slots that other functions read
    """
    draft = _Function(name, None)
    write(draft)
    final = _Function(name, draft.crossing | later)
    write(final)
    return final.text()


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
    """The text of one function, in pieces; values stay in registers within a piece.

    kept      temporaries that are stored (None: all);   crossing  those that a later piece reads
    """

    def __init__(self, name: str, kept: set[int] | None):
        self.name, self.kept = name, kept
        self.pieces: list[str] = []
        self.defined: set[int] = set()
        self.crossing: set[int] = set()
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
            if base == "%slots" and index in self.defined:
                self.crossing.add(index)
            address = self._address(base, index)
            self.known[base, index] = self.emit(f"load {_VECTOR}, ptr {address}, align 8")
        return self.known[base, index]

    def store(self, base: str, index: int, value: str) -> None:
        address = self._address(base, index)
        self.lines.append(f"store {_VECTOR} {value}, ptr {address}, align 8")
        self.known[base, index] = value

    def define(self, slot: int, value: str) -> None:
        """Give a temporary its value, in memory only if it is needed there."""
        self.defined.add(slot)
        self.known["%slots", slot] = value
        if self.kept is None or slot in self.kept:
            self.store("%slots", slot, value)

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
        parameters = "ptr noalias %slots, ptr noalias %matrix, ptr noalias %x, ptr noalias %lanes"
        arguments = "ptr %slots, ptr %matrix, ptr %x, ptr %lanes"
        pieces = [
            f"define internal void @{self.name}.{k}({parameters}) noinline {{\n{piece}\nret void\n}}"
            for k, piece in enumerate(self.pieces)
        ]
        calls = "\n".join(f"call void @{self.name}.{k}({arguments})" for k in range(len(pieces)))
        return "\n".join([*pieces, f"define void @lamella_{self.name}({parameters}) {{\n{calls}\nret void\n}}"])


class _Pending:
    """Instructions of a tape that wait until somebody asks for their result.

    Sums that ask in their own order keep a value near its use, and most values in registers; the tape's order, by
    level, would send nearly all of them through memory. The numbers are the same.
    """

    def __init__(self, f: _Function, tape: Tape):
        self.f = f
        self.waiting: dict[int, tuple[str, list[int]]] = {}
        for code, first, last in tape.runs.tolist():
            operation = OPERATIONS[code]
            arity = 3 if operation == "select" else 2 if operation in BINARY else 1
            for target, *sources in tape.code[first:last].tolist():
                self.waiting[target] = (operation, sources[:arity])

    def value(self, slot: int) -> str:
        """The value of a slot, computed now if it has not been."""
        stack = [slot]
        while stack:
            top = stack[-1]
            if top not in self.waiting:
                stack.pop()
                continue
            operation, sources = self.waiting[top]
            missing = [source for source in sources if source in self.waiting]
            if missing:
                stack += reversed(missing)
                continue
            del self.waiting[top]
            stack.pop()
            self.f.define(top, _operation(self.f, operation, sources))
            self.f.tick()
        return self.f.load("%slots", slot)

    def finish(self) -> None:
        """Compute what nobody has asked for."""
        for slot in list(self.waiting):
            self.value(slot)


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


def _terms(f: _Function, pending: _Pending, sums: Sums, row: int, start: Callable[[], str]) -> str:
    """A start value plus the terms of one row of a sum.

    All values first: computing one may begin a new piece, and a total would stay behind in the old one.
    """
    terms = range(sums.first[row], sums.first[row + 1])
    for k in terms:
        pending.value(int(sums.slot[k]))
    total = start()
    for k in terms:
        coefficient, value = float(sums.coefficient[k]), f.load("%slots", int(sums.slot[k]))
        if abs(coefficient) == 1.0:
            total = f.binary("fadd" if coefficient > 0 else "fsub", total, value)
        else:
            total = f.fma(_constant(coefficient), value, total)
    return total


def _rates(f: _Function, net: Lowered, accumulate: bool) -> None:
    pending, balance = _Pending(f, net.rates), net.balance
    for row in range(len(balance.first) - 1):
        start = lambda row=row: f.load("%x", row) if accumulate else _constant(0.0)
        f.store("%x", row, _terms(f, pending, balance, row, start))
        f.tick(1 + int(balance.first[row + 1] - balance.first[row]))
    pending.finish()


def _factor(f: _Function, net: Lowered) -> None:
    pending, matrix, lu = _Pending(f, net.jacobian), net.matrix, net.factorisation
    for entry, kind in enumerate(lu.kind.tolist()):
        start = lambda kind=kind: f.load("%lanes", DIAGONAL) if kind == PIVOT else _constant(0.0)
        total = _terms(f, pending, matrix, entry, start)
        for k in range(lu.first[entry], lu.first[entry + 1]):
            left, right = f.load("%matrix", int(lu.left[k])), f.load("%matrix", int(lu.right[k]))
            total = f.fma_minus(left, right, total)
        if kind >= 0:
            total = f.binary("fmul", total, f.load("%matrix", kind))
        elif kind == PIVOT:
            total = f.binary("fdiv", _constant(1.0), total)
        f.store("%matrix", entry, total)
        f.tick(1 + int(lu.first[entry + 1] - lu.first[entry]))
    pending.finish()


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


def _combine(method: Method, stage: int, n: int) -> str:
    """The loop over states of `step._prepare_stage`, with the coefficients of one stage in registers."""
    f = _Function(f"combine.{stage}", None)
    at = lambda base, offset: f.emit(f"getelementptr double, ptr {base}, i64 {offset}")
    vector = lambda base, offset: f.emit(f"load {_VECTOR}, ptr {at(base, offset)}, align 8")
    inverse = f.emit(f"load {_VECTOR}, ptr {at('%lanes', str(INVERSE_STEP * LANES))}, align 8")
    f.lines += ["br label %loop", "loop:"]
    f.lines.append("%i = phi i64 [0, %entry], [%next, %loop]")
    u = []
    for j in range(stage):
        place = f.emit(f"add i64 %i, {j * n * LANES}")
        u.append(vector("%stages", place))
    total = _constant(0.0)
    follows = stage > 1 and (method.a[stage, : stage - 1] == method.a[stage - 1, : stage - 1]).all()
    if follows and method.a[stage, stage - 1] == 1.0:
        y = f.binary("fadd", vector("%slots", "%i"), u[-1])
    else:
        y = vector("%start", "%i")
        for j in range(stage):
            y = f.fma(_constant(method.a[stage, j]), u[j], y)
    for j in range(stage):
        total = f.fma(_constant(method.c[stage, j]), u[j], total)
    total = f.binary("fmul", total, inverse)
    f.lines.append(f"store {_VECTOR} {y}, ptr {at('%slots', '%i')}, align 8")
    place = f.emit(f"add i64 %i, {stage * n * LANES}")
    f.lines.append(f"store {_VECTOR} {total}, ptr {at('%stages', place)}, align 8")
    f.lines += [f"%next = add i64 %i, {LANES}", f"%more = icmp ult i64 %next, {n * LANES}"]
    f.lines += ["br i1 %more, label %loop, label %done", "done:", "ret void"]
    body = "\n".join(f.lines)
    parameters = "ptr noalias %slots, ptr noalias %start, ptr noalias %stages, ptr noalias %lanes"
    return f"define void @lamella_combine.{stage}({parameters}) {{\nentry:\n{body}\n}}"
