"""The axis of a cell: what turns it, and its noise.

The axis turns by an angle towards

    u = sense_act * q + sense_gradient * g - sense_contact * c

each the covariance, over the boundary sites of the cell, of the outward
direction with a quantity: Act activity over its mean (q), the sensed field
over its mean (g), and the share of the site's foreign neighbours that are
other cells, bystanders left out (c). A covariance does not ask how the sites are spread over the
directions, so that an elongated cell, or one with contacts all round, has no
preference. Rotational diffusion is explicit; adding a noise vector and
normalising would bias it.
"""

from __future__ import annotations

import math

import numpy as np

from lamella.random import normal
from lamella.tissue.bonds import activity
from lamella.tissue.kernel import kernel, part, term
from lamella.tissue.lattice import RING_2D, RING_3D, coordinates, nearest
from lamella.tissue.machine import count_bits, match_ring
from lamella.tissue.record import (
    AXIS,
    CENTROID,
    ROTATIONAL_DIFFUSION,
    SENSE_ACT,
    SENSE_CONTACT,
    SENSE_GRADIENT,
    TURNING_TIME,
    VOLUME,
)
from lamella.tissue.tiles import SIZE
from lamella.tissue.word import COUNT_BITS, ID, KIND, KIND_SHIFT, STANDING, WALL

_SITES, _DIRECTION, _ACT, _ACT_DIRECTION, _FIELD, _FIELD_DIRECTION, _TOUCH, _TOUCH_DIRECTION = 0, 1, 4, 5, 8, 9, 12, 13
_MEDIUM, _STANDING = np.uint32(0), np.uint32(STANDING << KIND_SHIFT)
SUMS = 16
"""Width of the scratch array of boundary sums; each direction takes three places."""


@term
def foreign_share(site, cell, word, space):
    """Share of the neighbours of `site` that are not its own, walls left out, that are cells which do not stand by."""
    own, walls = match_ring(word, site, space.stride, ID, cell, WALL)
    medium, _ = match_ring(word, site, space.stride, ID, _MEDIUM, _MEDIUM)
    standing, _ = match_ring(word, site, space.stride, KIND << KIND_SHIFT, _STANDING, _STANDING)
    foreign = (RING_3D if len(space.shape) == 3 else RING_2D) & ~(own | walls)
    return count_bits(foreign & ~(medium | standing)) / max(count_bits(foreign), 1)


@kernel
def boundary_sums(lattice, grid, record, tiles, now, gradient, contact, sums):
    """Sums over the boundary sites of each cell.

    gradient, contact   whether any cell wants them: they cost a look at the field, or at the neighbours
    sums                [cells, SUMS] out
    """
    word, expiry, border, attractant = lattice.word, lattice.expiry, lattice.border, lattice.attractant
    space = grid.space
    dimensions = len(space.shape)
    sums[:] = 0.0
    outward = np.empty(3)
    for tile in range(tiles.state.shape[0]):
        for n in range(tiles.state[tile, SIZE]):
            site = np.uint64(border[tiles.first[tile] + np.uint64(n)])
            cell = word[site] & ID
            if cell == 0 or word[site] & COUNT_BITS == 0:
                continue
            place = coordinates(site, space)
            square = 0.0
            for d in range(dimensions):
                outward[d] = nearest(place[d] - record[cell, CENTROID + d], d, space)
                square += outward[d] * outward[d]
            scale = 1.0 / math.sqrt(square) if square > 1e-18 else 0.0
            act = activity(cell, np.int64(expiry[site]), now, record)
            field = attractant[site] if gradient else 0.0
            touch = foreign_share(site, cell, word, space) if contact else 0.0
            sums[cell, _SITES] += 1.0
            sums[cell, _ACT] += act
            sums[cell, _FIELD] += field
            sums[cell, _TOUCH] += touch
            for d in range(dimensions):
                e = outward[d] * scale
                sums[cell, _DIRECTION + d] += e
                sums[cell, _ACT_DIRECTION + d] += act * e
                sums[cell, _FIELD_DIRECTION + d] += field * e
                sums[cell, _TOUCH_DIRECTION + d] += touch * e


@term
def _covariance(row, total, direction, d):
    """Covariance of a quantity with component `d` of the outward direction."""
    n = row[_SITES]
    return row[direction + d] / n - (row[total] / n) * (row[_DIRECTION + d] / n)


@term
def _pull(row, cell, d, record):
    """Component `d` of the input u of a cell's axis."""
    n = row[_SITES]
    pull = -record[cell, SENSE_CONTACT] * _covariance(row, _TOUCH, _TOUCH_DIRECTION, d)
    if row[_ACT] > 0.0:
        pull += record[cell, SENSE_ACT] * _covariance(row, _ACT, _ACT_DIRECTION, d) * n / row[_ACT]
    if row[_FIELD] > 0.0:
        pull += record[cell, SENSE_GRADIENT] * _covariance(row, _FIELD, _FIELD_DIRECTION, d) * n / row[_FIELD]
    return pull


@kernel
def turn_axes(record, dimensions, span, sums, keys, turns):
    """Turn every cell's axis for `span` MCS.

    record   [cells, WIDTH]
    sums     [cells, SUMS] of `boundary_sums`
    keys     [cells] uint64, stream of each cell's noise
    turns    [cells] uint64, steps that each cell has taken: draw n of a cell is the n-th of its stream
    """
    for cell in range(1, record.shape[0]):
        if record[cell, VOLUME] < 1.0:
            continue
        row = sums[cell]
        seen = row[_SITES] > 0.0
        ux = _pull(row, cell, 0, record) if seen else 0.0
        uy = _pull(row, cell, 1, record) if seen else 0.0
        rate = span / record[cell, TURNING_TIME]
        spread = math.sqrt(2.0 * record[cell, ROTATIONAL_DIFFUSION] * span)
        px, py = record[cell, AXIS], record[cell, AXIS + 1]
        if dimensions == 2:
            angle = rate * (px * uy - py * ux) + spread * normal(turns[cell], keys[cell])
            record[cell, AXIS] = px * math.cos(angle) - py * math.sin(angle)
            record[cell, AXIS + 1] = py * math.cos(angle) + px * math.sin(angle)
            turns[cell] += np.uint64(1)
        else:
            uz = _pull(row, cell, 2, record) if seen else 0.0
            first = spread * normal(turns[cell], keys[cell])
            second = spread * normal(turns[cell] + np.uint64(1), keys[cell])
            _rotate(record, cell, rate * ux, rate * uy, rate * uz, first, second)
            turns[cell] += np.uint64(2)


@part
def _rotate(record, cell, ux, uy, uz, first, second):
    """Turn the axis in 3D: along the part of u across it, plus two independent angles across it."""
    px, py, pz = record[cell, AXIS], record[cell, AXIS + 1], record[cell, AXIS + 2]
    # two directions across the axis, from the coordinate axis that is least along it
    if abs(px) <= abs(py) and abs(px) <= abs(pz):
        ax, ay, az = 0.0, pz, -py
    elif abs(py) <= abs(pz):
        ax, ay, az = -pz, 0.0, px
    else:
        ax, ay, az = py, -px, 0.0
    length = math.sqrt(ax * ax + ay * ay + az * az)
    ax, ay, az = ax / length, ay / length, az / length
    bx, by, bz = py * az - pz * ay, pz * ax - px * az, px * ay - py * ax
    along_a = ux * ax + uy * ay + uz * az + first
    along_b = ux * bx + uy * by + uz * bz + second
    angle = math.sqrt(along_a * along_a + along_b * along_b)
    if angle == 0.0:
        return
    c, s = math.cos(angle), math.sin(angle) / angle
    px = c * px + s * (along_a * ax + along_b * bx)
    py = c * py + s * (along_a * ay + along_b * by)
    pz = c * pz + s * (along_a * az + along_b * bz)
    length = math.sqrt(px * px + py * py + pz * pz)
    record[cell, AXIS], record[cell, AXIS + 1], record[cell, AXIS + 2] = px / length, py / length, pz / length
