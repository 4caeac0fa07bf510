"""First pictures of a dish: a confluent sheet beside an open gap, cells apart, islands of cells, a layer on a wall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from lamella.errors import InputError
from lamella.random import generator

_JITTER = 0.2
_EVEN = 30


@dataclass(frozen=True)
class Layout:
    """Labels [x, y] of the first picture.

    wound        sites from `wound[0]` up to `wound[1]` along x, if any
    opening      [x, y] sites of a wound of any shape, if any; see `lamella.culture.openings`
    obstacles    [x, y] sites that belong to nobody, if any
    bystanders   so many of the last labels are cells without a network, which neither push nor hold on
    """

    labels: NDArray[np.int32]
    wound: tuple[int, int] = (0, 0)
    bystanders: int = 0
    opening: NDArray[np.bool_] | None = None
    obstacles: NDArray[np.bool_] | None = None


def sheet_with_gap(cells: int, sites_per_cell: float, height: int, gap: int, seed: int, replicate: int) -> Layout:
    """A confluent sheet of `cells` with a gap of `gap` sites along x, closed over the borders.

    height   sites along y
    raises   InputError: no room for two cells on either side of the gap
    """
    per_row = max(2, round(height / np.sqrt(sites_per_cell)))
    rows = -(-cells // per_row)
    width = round(cells * sites_per_cell / height)
    if width < 4 * np.sqrt(sites_per_cell):
        raise InputError(
            "the sheet is too thin",
            where="layout",
            why="it needs two rows of cells on each side of the wound",
            remedy="Ask for more cells or for a shorter wound edge.",
        )
    stream = generator(seed, "dish", replicate, "layout")
    row, place = np.divmod(np.arange(cells), per_row)
    in_row = np.where(row == rows - 1, cells - (rows - 1) * per_row, per_row)
    noise = stream.uniform(-_JITTER, _JITTER, (cells, 2))
    x = (row + 0.5 + noise[:, 0]) * width / rows
    y = (place + 0.5 + 0.5 * (row % 2) + noise[:, 1]) * height / in_row % height
    labels = np.zeros((width + gap, height), np.int32)
    half = width // 2
    grid = np.stack(np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5, indexing="ij"), axis=-1)
    tree = KDTree(np.stack([x, y], axis=1), boxsize=(1e9, height))
    owner = tree.query(grid.reshape(-1, 2))[1].reshape(width, height).astype(np.int32) + 1
    labels[:half] = owner[width - half :]
    labels[half + gap :] = owner[: width - half]
    return Layout(labels, (half, half + gap))


def cells_apart(cells: int, sites_per_cell: float, spacing: float, seed: int, replicate: int) -> Layout:
    """Round cells on a jittered square grid, `spacing` cell diameters between centres."""
    diameter = 2.0 * np.sqrt(sites_per_cell / np.pi)
    pitch = round(spacing * diameter)
    side = int(np.ceil(np.sqrt(cells)))
    rows = -(-cells // side)
    labels = np.zeros((rows * pitch, side * pitch), np.int32)
    stream = generator(seed, "dish", replicate, "layout")
    room = 0.25 * max(0.0, pitch - diameter)
    reach = int(np.ceil(diameter / 2)) + 1
    near = np.arange(-reach, reach + 1)
    inside = np.add.outer(near**2, near**2) <= sites_per_cell / np.pi
    for c in range(cells):
        i, j = divmod(c, side)
        shift = stream.uniform(-room, room, 2).round().astype(int)
        cx, cy = i * pitch + pitch // 2 + shift[0], j * pitch + pitch // 2 + shift[1]
        xs = (cx + near) % labels.shape[0]
        ys = (cy + near) % labels.shape[1]
        patch = labels[np.ix_(xs, ys)]
        labels[np.ix_(xs, ys)] = np.where(inside & (patch == 0), c + 1, patch)
    return Layout(labels)


def row_above(cells: int, sites_per_cell: float, pitch: float, above: int, below: int) -> Layout:
    """Round cells side by side on a surface along y, seen in section: the first axis is the depth.

    pitch    sites between the middles of neighbours
    above    sites of liquid over the surface, the cells among them; below: sites under it
    raises   InputError: no room for a cell
    """
    diameter = 2.0 * float(np.sqrt(sites_per_cell / np.pi))
    if pitch < diameter or above < diameter:
        raise InputError("cells do not fit on the surface", where="layout",
                         why=f"a cell is {diameter:.0f} sites across, its place {pitch:.0f} by {above} sites")
    width = round(cells * pitch)
    labels = np.zeros((above + below, width), np.int32)
    x, y = np.meshgrid(np.arange(above) + 0.5, np.arange(width) + 0.5, indexing="ij")
    for c in range(cells):
        inside = (x - (above - diameter / 2)) ** 2 + (y - (c + 0.5) * pitch) ** 2 <= sites_per_cell / np.pi
        labels[:above][inside] = c + 1
    return Layout(labels)


def on_carpet(made: Layout, surface: int, thick: int, long: float, seed: int, replicate: int) -> Layout:
    """A section with flat bystanders side by side on its surface, and the cells of it lying on them.

    made      cells above the surface, e.g. of `row_above`
    surface   sites from the top to it
    thick     sites that the flat cells are high, `long` sites that they are long, about
    raises    InputError: no room above the cells to lift them
    """
    labels, width = made.labels, made.labels.shape[1]
    if labels[:thick].any():
        raise InputError("the cells have no room above a layer", where="layout", why=f"it is {thick} sites thick")
    lifted = np.vstack([labels[thick:surface], np.zeros((thick, width), np.int32), labels[surface:]])
    count = max(2, round(width / long))
    stream = generator(seed, "dish", replicate, "carpet")
    joints = (np.arange(count) + stream.uniform(-_JITTER, _JITTER, count)) * width / count + stream.uniform(0, width)
    owner = np.searchsorted(np.sort(joints % width), np.arange(width) + 0.5) % count
    lifted[surface - thick : surface] = labels.max() + 1 + owner
    return Layout(lifted, bystanders=count)


def islands(count: int, each: int, sites_per_cell: float, room: float, seed: int, replicate: int) -> Layout:
    """Round islands of packed cells on a square grid.

    count, each   islands, cells in each; the cells of an island follow each other
    room          distance between the centres of neighbouring islands, over their diameter
    """
    radius = np.sqrt(each * sites_per_cell / np.pi)
    pitch, side = round(2.0 * radius * room), int(np.ceil(np.sqrt(count)))
    labels = np.zeros((-(-count // side) * pitch, side * pitch), np.int32)
    stream = generator(seed, "dish", replicate, "layout")
    reach = int(np.ceil(radius)) + 1
    near = np.stack(np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1), indexing="ij"), axis=-1)
    inside = (near**2).sum(axis=-1) <= radius**2
    for island in range(count):
        places = near[inside]
        seeds = even_points(places, each, stream)
        owner = KDTree(seeds).query(places)[1].astype(np.int32) + 1 + island * each
        row, column = divmod(island, side)
        x, y = (places + np.array([row * pitch + pitch // 2, column * pitch + pitch // 2])).T
        labels[x % labels.shape[0], y % labels.shape[1]] = owner
    return Layout(labels)


def layer(cells: int, sites_per_cell: float, before: int, thick: int, after: int, seed: int, replicate: int) -> Layout:
    """Packed cells in a layer across the dish: from `before` sites along x on, `thick` sites of it.

    after    sites behind the layer
    raises   InputError: the layer is not as thick as a cell is long
    """
    long = float(np.sqrt(sites_per_cell))
    if thick < long:
        raise InputError("the layer is too thin", where="layout",
                         why=f"it is {thick} sites thick, and a cell of this line {long:.0f} long",
                         remedy="Ask for a thicker layer, or for a line of smaller cells.")
    width = max(4, round(cells * sites_per_cell / thick))
    stream = generator(seed, "dish", replicate, "layout")
    places = np.stack(np.meshgrid(np.arange(thick), np.arange(width), indexing="ij"), axis=-1).reshape(-1, 2)
    owner = KDTree(even_points(places, cells, stream)).query(places)[1].astype(np.int32) + 1
    labels = np.zeros((before + thick + after, width), np.int32)
    labels[before : before + thick] = owner.reshape(thick, width)
    return Layout(labels)


def even_points(places: NDArray[np.int64], count: int, stream: np.random.Generator) -> NDArray[np.float64]:
    """`count` points that share the places evenly (Lloyd 1982, doi:10.1109/TIT.1982.1056489).   [count, 2]"""
    points = places[stream.choice(len(places), count, replace=False)].astype(float)
    for _ in range(_EVEN):
        owner = KDTree(points).query(places)[1]
        size = np.bincount(owner, minlength=count)[:, None]
        total = np.stack([np.bincount(owner, places[:, d], minlength=count) for d in range(2)], axis=1)
        points = np.where(size > 0, total / np.maximum(size, 1), points)
    return points
