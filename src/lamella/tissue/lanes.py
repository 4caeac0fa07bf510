"""Many pairs of sites looked at together: their words, and which of them a copy has touched."""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import types

from lamella.tissue.machine import bit_set, instruction, splat
from lamella.tissue.word import COUNT_BITS, ID, WALL

LANES = 32
"""Pairs of sites that are looked at together."""

NOBODY = np.uint32(0xFFFFFFFF)
"""Number that no cell has."""

_LANES = ir.VectorType(ir.IntType(32), LANES)


@instruction
def lanes_of_words(typing_context, word, sites, sources, site_words, source_words):
    """Look up the words of `LANES` pairs of sites, and tell which of them differ.

    word                        [N] uint32
    sites, sources              [LANES or more] uint32, the sites of each pair
    site_words, source_words    [LANES or more] uint32 out
    returns                     two bit sets: pairs of two owners of which the source is no wall; sites without a
                                differing neighbour
    """

    def build(context, builder, signature, arguments):
        arrays = zip(signature.args, arguments)
        data = [context.make_array(kind)(context, builder, value).data for kind, value in arrays]
        looked_up = []
        for places, out in ((data[1], data[3]), (data[2], data[4])):
            words = ir.Constant(_LANES, ir.Undefined)
            for lane in range(LANES):  # an element at a time: what the processor has for it is slower
                place = builder.load(builder.gep(places, [ir.IntType(64)(lane)]))
                found = builder.load(builder.gep(data[0], [builder.zext(place, ir.IntType(64))]))
                words = builder.insert_element(words, found, ir.IntType(32)(lane))
            builder.store(words, builder.bitcast(out, _LANES.as_pointer()), 4)
            looked_up.append(words)
        here, there = looked_up
        constant = lambda value: ir.Constant(_LANES, [int(value)] * LANES)
        nothing, owner = constant(0), constant(ID)
        differs = builder.icmp_unsigned("!=", builder.and_(builder.xor(here, there), owner), nothing)
        differs = builder.and_(differs, builder.icmp_unsigned("!=", builder.and_(there, owner), constant(WALL)))
        alone = builder.icmp_unsigned("==", builder.and_(here, constant(COUNT_BITS)), nothing)
        found = [bit_set(builder, lanes) for lanes in (differs, alone)]
        return context.make_tuple(builder, signature.return_type, found)

    result = types.UniTuple(types.uint64, 2)
    return result(word, sites, sources, site_words, source_words), build


@instruction
def lanes_touched(typing_context, sites, site_words, source_words, least, span, winner, loser):
    """Which of `LANES` pairs have `winner` or `loser` for either owner, or a site from `least` to `least + span`.

    sites, site_words, source_words    [LANES or more] uint32
    least, span, winner, loser         uint32; `least` wraps round; `NOBODY` is an owner that none has
    returns                            bit set
    """

    def build(context, builder, signature, arguments):
        at, here, there = (
            builder.load(
                builder.bitcast(context.make_array(kind)(context, builder, value).data, _LANES.as_pointer()), align=4
            )
            for kind, value in zip(signature.args[:3], arguments[:3])
        )
        least, span, *cells = (splat(builder, value, _LANES) for value in arguments[3:])
        hit = builder.icmp_unsigned("<=", builder.sub(at, least), span)
        for words in (here, there):
            owner = builder.and_(words, ir.Constant(_LANES, [int(ID)] * LANES))
            for cell in cells:
                hit = builder.or_(hit, builder.icmp_unsigned("==", owner, cell))
        return bit_set(builder, hit)

    result = types.uint64(sites, site_words, source_words, types.uint32, types.uint32, types.uint32, types.uint32)
    return result, build
