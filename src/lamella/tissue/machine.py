"""What kernels ask of the processor that numba has no words for: bits of a float, counters that threads share."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

_intrinsic: Any = intrinsic  # its stubs do not know what it returns


@_intrinsic
def bits_of(typing_context, value):
    """The bits of a float64 as an int64."""

    def build(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), build


@_intrinsic
def float_of(typing_context, bits):
    """The float64 that has these 64 bits."""

    def build(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), build


def _place(context, builder, signature, arguments):
    """Address of `array[index]`, unchecked."""
    kind = signature.args[0]
    array = context.make_array(kind)(context, builder, arguments[0])
    return cgutils.get_item_pointer(context, builder, kind, array, [arguments[1]], wraparound=False)


@_intrinsic
def add_to_shared(typing_context, array, index, number):
    """Add to `array[index]` (uint64) as one step that no other thread can split. Returns what stood there before.

    All that a thread wrote before it is seen by the thread that reads the sum with `read_shared`.
    """

    def build(context, builder, signature, arguments):
        return builder.atomic_rmw("add", _place(context, builder, signature, arguments), arguments[2], "acq_rel")

    return types.uint64(array, types.intp, types.uint64), build


@_intrinsic
def read_shared(typing_context, array, index):
    """`array[index]` (uint64) as other threads left it."""

    def build(context, builder, signature, arguments):
        return builder.load_atomic(_place(context, builder, signature, arguments), "acquire", 8)

    return types.uint64(array, types.intp), build


@_intrinsic
def ask_ahead(typing_context, array, index):
    """Ask the memory for `array[index]` without waiting for it."""

    def build(context, builder, signature, arguments):
        place = builder.bitcast(_place(context, builder, signature, arguments), ir.IntType(8).as_pointer())
        whole = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [place.type, whole, whole, whole])
        prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(prefetch, [place, whole(0), whole(3), whole(1)])
        return context.get_dummy_value()

    return types.none(array, types.uintp), build
