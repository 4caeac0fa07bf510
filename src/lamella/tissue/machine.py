"""What kernels ask of the processor that numba has no words for.

Bits of a float, bit sets, the ring round a site in a few vector instructions, prefetches, counters that threads share.
All of it is plain LLVM, for any processor.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from lamella.tissue.word import COUNT_BITS, COUNT_SHIFT, ID, LISTED, LISTED_SHIFT


def instruction(build: Callable) -> Callable[..., Any]:
    """`numba.extending.intrinsic`; its stubs do not know what it returns."""
    return intrinsic(build)


@instruction
def bits_of(typing_context, value):
    """The bits of a float64 as an int64."""

    def build(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), build


@instruction
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


@instruction
def add_to_shared(typing_context, array, index, number):
    """Add to `array[index]` (uint64) as one step that no other thread can split. Returns what stood there before.

    All that a thread wrote before it is seen by the thread that reads the sum with `read_shared`.
    """

    def build(context, builder, signature, arguments):
        return builder.atomic_rmw("add", _place(context, builder, signature, arguments), arguments[2], "acq_rel")

    return types.uint64(array, types.intp, types.uint64), build


@instruction
def read_shared(typing_context, array, index):
    """`array[index]` (uint64) as other threads left it."""

    def build(context, builder, signature, arguments):
        return builder.load_atomic(_place(context, builder, signature, arguments), "acquire", 8)

    return types.uint64(array, types.intp), build


@instruction
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


@instruction
def count_bits(typing_context, bits):
    """Number of bits set in a uint64."""

    def build(context, builder, signature, arguments):
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), build


@instruction
def lowest_bit(typing_context, bits):
    """Place of the lowest bit set in a uint64 that is not 0."""

    def build(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.IntType(1)(True))

    return types.uint64(types.uint64), build


@instruction
def match_ring(typing_context, word, site, strides, mask, first, second):
    """Where in the block of 3^D sites round `site` a word under `mask` equals `first`, and where `second`.

    word            [N] uint32; one site beyond the block is read, and ignored
    strides         steps along the axes, the last of them 1
    mask, first, second   uint32
    returns         two bit sets, in the slots of `grid.ring_slots`, centre included
    """
    levels = 1 if strides.count == 2 else 3

    def build(context, builder, signature, arguments):
        whole = ir.IntType(64)
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        steps = cgutils.unpack_tuple(builder, arguments[2], strides.count)
        splats = [splat(builder, value, _BLOCK) for value in arguments[3:6]]
        found = [whole(0), whole(0)]
        for level in range(levels):
            quads = _quads(builder, _row_starts(builder, data, arguments[1], steps, level))
            block = builder.and_(_block(builder, quads), splats[0])
            for n in (0, 1):
                equal = builder.icmp_unsigned("==", block, splats[1 + n])
                bits = builder.zext(builder.bitcast(equal, ir.IntType(16)), whole)
                bits = builder.and_(bits, whole(0x777))
                found[n] = builder.or_(found[n], builder.shl(bits, whole(16 * level)))
        return context.make_tuple(builder, signature.return_type, found)

    result = types.UniTuple(types.uint64, 2)
    return result(word, types.uint64, strides, types.uint32, types.uint32, types.uint32), build


@instruction
def hand_over_ring(typing_context, word, site, strides, loser, winner):
    """Tell the sites round `site` that it goes from one cell to another: their counts of differing neighbours, and the
    mark of those that come on a border list. None of them is a ghost or a wall. See `word` for the bits.

    word            [N] uint32, written, also at the centre
    strides         steps along the axes, the last of them 1
    loser, winner   uint32
    returns         four bit sets in the slots of `grid.ring_slots`, centre included: sites of the winner; those that
                    had a differing neighbour; that have one; that have one and were not on a list
    """
    levels = 1 if strides.count == 2 else 3

    def build(context, builder, signature, arguments):
        whole, single = ir.IntType(64), ir.IntType(32)
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        steps = cgutils.unpack_tuple(builder, arguments[2], strides.count)
        cells = [splat(builder, value, _BLOCK) for value in arguments[3:5]]
        constant = lambda value: ir.Constant(_BLOCK, [value] * 16)
        found = [whole(0)] * 4
        for level in range(levels):
            places = _row_starts(builder, data, arguments[1], steps, level)
            before = _block(builder, _quads(builder, places))
            owner = builder.and_(before, constant(int(ID)))
            lost, won = (builder.icmp_unsigned("==", owner, cell) for cell in cells)
            step = builder.sub(builder.zext(lost, _BLOCK), builder.zext(won, _BLOCK))
            after = builder.add(before, builder.shl(step, constant(int(COUNT_SHIFT))))
            had, has = (
                builder.icmp_unsigned("!=", builder.and_(block, constant(int(COUNT_BITS))), constant(0))
                for block in (before, after)
            )
            unlisted = builder.icmp_unsigned("==", builder.and_(before, constant(int(LISTED))), constant(0))
            after = builder.or_(after, builder.shl(builder.zext(has, _BLOCK), constant(int(LISTED_SHIFT))))
            for row, at in enumerate(places):
                lanes = ir.Constant(ir.VectorType(single, 2), [4 * row, 4 * row + 1])
                pair = builder.bitcast(at, ir.VectorType(single, 2).as_pointer())
                builder.store(builder.shuffle_vector(after, after, lanes), pair, 4)
                third = builder.extract_element(after, single(4 * row + 2))
                builder.store(third, builder.gep(at, [whole(2)]), 4)
            for n, mask in enumerate((won, had, has, builder.and_(has, unlisted))):
                bits = builder.zext(builder.bitcast(mask, ir.IntType(16)), whole)
                bits = builder.and_(bits, whole(0x777))
                found[n] = builder.or_(found[n], builder.shl(bits, whole(16 * level)))
        return context.make_tuple(builder, signature.return_type, found)

    result = types.UniTuple(types.uint64, 4)
    return result(word, types.uint64, strides, types.uint32, types.uint32), build


@instruction
def activity_product(typing_context, word, expiry, site, strides, cell, now, scale):
    """Remaining Act activity of the sites of `cell` in the block of 3^D sites round `site`, centre included.

    word, expiry    [N] uint32, int32; one site beyond the block is read, and ignored
    strides         steps along the axes, the last of them 1
    cell, now       uint32; int32, MCS done
    scale           float64, one over the memory of the cell
    returns         product of the shares of the memory for which they stay active; how many sites there are
    """
    levels = 1 if strides.count == 2 else 3

    def build(context, builder, signature, arguments):
        whole, four = ir.IntType(64), ir.VectorType(ir.DoubleType(), 4)
        words, ends = (context.make_array(signature.args[n])(context, builder, arguments[n]).data for n in (0, 1))
        steps = cgutils.unpack_tuple(builder, arguments[3], strides.count)
        owner, now = (splat(builder, value, _QUAD) for value in arguments[4:6])
        scale, ones = splat(builder, arguments[6], four), ir.Constant(four, [1.0] * 4)
        nothing, mask = ir.Constant(_QUAD, [0] * 4), ir.Constant(_QUAD, [int(ID)] * 4)
        inside = ir.Constant(ir.VectorType(ir.IntType(1), 4), [1, 1, 1, 0])
        product, own = ones, whole(0)
        for level in range(levels):
            starts = (_row_starts(builder, data, arguments[2], steps, level) for data in (words, ends))
            for cells, expires in zip(*(_quads(builder, places) for places in starts)):
                mine = builder.and_(builder.icmp_unsigned("==", builder.and_(cells, mask), owner), inside)
                left = builder.sub(expires, now)
                left = builder.select(builder.icmp_signed(">", left, nothing), left, nothing)
                share = builder.fmul(builder.sitofp(left, four), scale)
                product = builder.fmul(product, builder.select(mine, share, ones))
                bits = builder.zext(builder.bitcast(mine, ir.IntType(4)), whole)
                own = builder.add(own, builder.ctpop(bits))
        total = builder.extract_element(product, ir.IntType(32)(0))
        for lane in (1, 2):
            total = builder.fmul(total, builder.extract_element(product, ir.IntType(32)(lane)))
        return context.make_tuple(builder, signature.return_type, [total, own])

    result = types.Tuple((types.float64, types.int64))
    return result(word, expiry, types.uint64, strides, types.uint32, types.int32, types.float64), build


_QUAD, _BLOCK = ir.VectorType(ir.IntType(32), 4), ir.VectorType(ir.IntType(32), 16)
"""Sites of a row of the block round a site, and one beyond; the rows of a level in steps of four, and four more."""


def _row_starts(builder, data, site, steps, level):
    """Addresses of the first sites of the three rows of a level (0 to 2; 0 in two dimensions) of the block."""
    whole = ir.IntType(64)
    place = builder.sub(site, whole(1))
    if len(steps) == 3:
        place = builder.add(place, builder.mul(steps[0], whole(level - 1)))
    return [builder.gep(data, [builder.add(place, builder.mul(steps[-2], whole(row)))]) for row in (-1, 0, 1)]


def _quads(builder, places):
    """The sites of three rows, and one beyond each."""
    return [builder.load(builder.bitcast(place, _QUAD.as_pointer()), align=4) for place in places]


def _block(builder, quads):
    """Three rows in one vector."""
    eight = [builder.shuffle_vector(quads[a], quads[b], _lanes(8)) for a, b in ((0, 1), (2, 2))]
    return builder.shuffle_vector(*eight, _lanes(16))


def _lanes(number):
    return ir.Constant(ir.VectorType(ir.IntType(32), number), list(range(number)))


def bit_set(builder, truths):
    """A vector of truth values as bits of an integer."""
    return builder.zext(builder.bitcast(truths, ir.IntType(truths.type.count)), ir.IntType(64))


def splat(builder, value, kind):
    """A vector of equal elements."""
    single = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.IntType(32)(0))
    lanes = ir.Constant(ir.VectorType(ir.IntType(32), kind.count), [0] * kind.count)
    return builder.shuffle_vector(single, single, lanes)
