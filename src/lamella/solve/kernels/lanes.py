"""A vector of doubles as a value that numba kernels compute with: one cell per lane.

Loads and stores take offsets in doubles and check nothing. No operation mixes
lanes, none is reassociated, and fused multiply-add is asked for by name, so
that a cell's numbers do not depend on its lane or its neighbours.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic as numba_intrinsic
from numba.extending import models, register_model

from lamella.solve.kernels import vector_math as vm

LANES = vm.LANES

intrinsic: Any = numba_intrinsic
"""Untyped: numba calls what it decorates with other arguments than those that are written."""


class _Lanes(types.Type):
    def __init__(self):
        super().__init__(name=f"lanes{LANES}")


lanes = _Lanes()


@register_model(_Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, vm.VECTOR)


def _address(context, builder, signature, arguments):
    """Address of element `arguments[1]` of the array `arguments[0]`, without wraparound."""
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    offset = arguments[1]
    if offset.type.width < 64:
        offset = builder.sext(offset, vm.I64)
    return builder.gep(array.data, [offset])


@intrinsic
def load(typing, array, offset):
    """`LANES` doubles from `array[offset:]`."""

    def generate(context, builder, signature, arguments):
        address = builder.bitcast(_address(context, builder, signature, arguments), vm.VECTOR.as_pointer())
        return builder.load(address, align=8)

    return lanes(array, offset), generate


@intrinsic
def store(typing, array, offset, value):
    """`LANES` doubles into `array[offset:]`."""

    def generate(context, builder, signature, arguments):
        address = builder.bitcast(_address(context, builder, signature, arguments), vm.VECTOR.as_pointer())
        builder.store(arguments[2], address, align=8)
        return context.get_dummy_value()

    return types.void(array, offset, value), generate


@intrinsic
def spread(typing, array, offset):
    """`array[offset]` in every lane."""

    def generate(context, builder, signature, arguments):
        return vm.splat(builder, builder.load(_address(context, builder, signature, arguments)))

    return lanes(array, offset), generate


@intrinsic
def fill(typing, value):
    """A number in every lane."""

    def generate(context, builder, signature, arguments):
        return vm.splat(builder, arguments[0])

    return lanes(types.float64), generate


@intrinsic
def number(typing, array, offset):
    """`array[offset]` of an array of 32-bit integers, as an integer of 64 bits."""

    def generate(context, builder, signature, arguments):
        return builder.sext(builder.load(_address(context, builder, signature, arguments)), vm.I64)

    return types.int64(array, offset), generate


def _operation(emit, arity: int):
    """An intrinsic of `arity` vectors made of a function that emits its instructions."""

    def generate(context, builder, signature, arguments):
        return emit(builder, *arguments)

    if arity == 1:
        return intrinsic(lambda typing, x: (lanes(lanes), generate))
    if arity == 2:
        return intrinsic(lambda typing, x, y: (lanes(lanes, lanes), generate))
    return intrinsic(lambda typing, x, y, z: (lanes(lanes, lanes, lanes), generate))


add = _operation(lambda b, x, y: b.fadd(x, y), 2)
sub = _operation(lambda b, x, y: b.fsub(x, y), 2)
mul = _operation(lambda b, x, y: b.fmul(x, y), 2)
div = _operation(lambda b, x, y: b.fdiv(x, y), 2)
ratio = _operation(vm.ratio, 2)
power = _operation(vm.power, 2)
slope = _operation(vm.slope, 2)
less = _operation(lambda b, x, y: vm.truth(b, b.fcmp_ordered("<", x, y)), 2)
less_equal = _operation(lambda b, x, y: vm.truth(b, b.fcmp_ordered("<=", x, y)), 2)
equal = _operation(lambda b, x, y: vm.truth(b, b.fcmp_ordered("==", x, y)), 2)
smaller = _operation(lambda b, x, y: b.select(b.fcmp_ordered("<", x, y), x, y), 2)
larger = _operation(lambda b, x, y: b.select(b.fcmp_ordered(">", x, y), x, y), 2)
negative = _operation(lambda b, x: b.fneg(x), 1)
magnitude = _operation(lambda b, x: vm.call(b, "llvm.fabs", x), 1)
root = _operation(vm.root, 1)
floor = _operation(lambda b, x: vm.call(b, "llvm.floor", x), 1)
ceil = _operation(lambda b, x: vm.call(b, "llvm.ceil", x), 1)
exponential = _operation(vm.exponential, 1)
logarithm = _operation(vm.logarithm, 1)
negation = _operation(lambda b, x: b.fsub(vm.constant(1.0), x), 1)
fused = _operation(lambda b, x, y, z: vm.call(b, "llvm.fma", x, y, z), 3)
fused_minus = _operation(lambda b, x, y, z: vm.call(b, "llvm.fma", b.fneg(x), y, z), 3)
choose = _operation(lambda b, c, x, y: b.select(b.fcmp_unordered("!=", c, vm.constant(0.0)), x, y), 3)


@intrinsic
def call_native(typing, address, a, b, c, d):
    """Call machine code at an address with four arrays of doubles."""

    def generate(context, builder, signature, arguments):
        arrays = zip(signature.args[1:], arguments[1:])
        pointers = [context.make_array(kind)(context, builder, array).data for kind, array in arrays]
        kind = ir.FunctionType(ir.VoidType(), [vm.F64.as_pointer()] * 4)
        builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), pointers)
        return context.get_dummy_value()

    return types.void(address, a, b, c, d), generate
