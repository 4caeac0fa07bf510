"""The dish: cells on a lattice, advanced in Monte Carlo steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lamella.errors import InputError
from lamella.tissue import checks
from lamella.tissue.axis import SUMS
from lamella.tissue.division import (
    half_along,
    hand_over,
    long_axis,
    offsets_from_centroid,
    recount,
    sites_of,
)
from lamella.tissue.grid import interior, make_grid
from lamella.tissue.nuclei import plant_nuclei
from lamella.tissue.physics import make_physics
from lamella.tissue.plating import first_lattice, first_record, with_slack
from lamella.tissue.reading import Reading, read_cells
from lamella.tissue.record import (
    NUCLEUS_SITES,
    NUCLEUS_VOLUME,
    SENSE_ACT,
    SENSE_CONTACT,
    SENSE_GRADIENT,
    VOLUME,
    CellTable,
    aligned,
    check_record,
    clear_medium,
    empty_record,
)
from lamella.tissue.run import run_alone, run_together, what_is_asked
from lamella.tissue.saving import dump, load
from lamella.tissue.terms.mobility import set_reluctance
from lamella.tissue.terms.protrusion import set_strongest_push
from lamella.tissue.tiles import largest_first, make_tiles, tile_lengths
from lamella.tissue.views import Views
from lamella.tissue.word import ID, KIND_SHIFT, MOST_CELLS, WALL
from lamella.tissue.workers import Workers, make_workers, most_threads


class Dish(Views):
    """Shape-resolved cells on a 2D or 3D lattice (Cellular Potts), with protrusion, bonds and an axis.

    Lengths are sites, times Monte Carlo steps (MCS). Every term is off until a
    column of `cells` switches it on.

    labels           cell on each site, 0 medium, cells 1 to n without gaps; 2D or 3D
    kinds            [n + 1] kind of each cell, kinds[0] = 0; cells of kind `STANDING` stand by: to touch them is no
                     contact
    contact_energy   [kinds, kinds] energy per pair of neighbouring sites of different cells
    temperature      in the same unit
    key              64-bit stream of the copy attempts (`random.stream_key`)
    cell_keys        [n + 1] 64-bit stream of each cell's axis noise: equal keys share the noise between dishes.
                     Draws are numbered from 0; use another key for anything else about that cell
    periodic         one truth value an axis; default all
    connectivity     whether cells must stay in one piece
    focus_exponent   how narrow the front is: protrusion goes as cos^exponent
    capacity         cells that the dish has room for at first; default n
    bonds_every      MCS between updates of bonds, axes and nuclei
    wall_energy      [kinds] contact energy with walls and obstacles, default 0; walls never count as perimeter
    obstacles        mask of sites that belong to nobody, in the shape of the dish
    tile             [D] sites of a tile along each axis, about; default by the size of the dish, see `tiles`. The
                     same dish in other tiles makes its attempts in another order
    raises           InputError

    Dishes do not share state, and `advance` releases the interpreter: several may advance in different threads.
    """

    def __init__(
        self,
        labels: ArrayLike,
        kinds: ArrayLike,
        contact_energy: ArrayLike,
        *,
        temperature: float,
        key: int,
        cell_keys: ArrayLike,
        periodic: Sequence[bool] | None = None,
        connectivity: bool = True,
        focus_exponent: int = 4,
        capacity: int | None = None,
        bonds_every: int = 2,
        wall_energy: ArrayLike | None = None,
        obstacles: ArrayLike | None = None,
        tile: Sequence[int] | None = None,
    ):
        array, kind, room = checks.checked_labels(labels, kinds, capacity)
        periodic = tuple(bool(p) for p in (periodic if periodic is not None else (True,) * array.ndim))
        checks.checked_constants(temperature, focus_exponent, bonds_every, periodic, array.ndim)
        energy = checks.checked_energy(contact_energy, wall_energy, kind)
        keys = np.asarray(cell_keys).astype(np.uint64)
        if keys.shape != kind.shape:
            raise InputError(f"cell_keys has shape {keys.shape}, kinds {kind.shape}", where="tissue.Dish")
        if obstacles is not None:
            mask = np.asarray(obstacles, bool)
            if mask.shape != array.shape or array[mask].any():
                raise InputError("obstacles must have the shape of labels and lie in medium", where="tissue.Dish")
            array = np.where(mask, int(WALL), array)

        self._periodic, self._energy, self._connected = periodic, energy, bool(connectivity)
        self._temperature, self._exponent = float(temperature), int(focus_exponent)
        self._bonds_every = int(bonds_every)
        self._key = np.uint64(int(key) & 0xFFFFFFFFFFFFFFFF)
        self._cells = kind.size - 1
        self._kinds = np.zeros(room + 1, np.int64)
        self._kinds[: kind.size] = kind
        self._keys = np.zeros(room + 1, np.uint64)
        self._keys[: kind.size] = keys
        self._turns = np.zeros(room + 1, np.uint64)
        self._counters = np.zeros(1, np.uint64)
        self._record = empty_record(room + 1)
        self._grid = make_grid(array.shape, periodic)
        self._tile = tile_lengths(array.shape) if tile is None else checks.checked_tile(tile, array.shape)
        self._tiles = make_tiles(array.shape, periodic, self._tile)
        self._lattice = first_lattice(array, kind, energy.shape[0] - 1, self._grid, self._tiles)
        first_record(self._record, array, self._lattice, self._keys, self._grid)
        self._finish()

    def _finish(self) -> None:
        """What follows from the state, for a new dish and for a restored one."""
        dimensions = len(self._grid.space.shape)
        self._physics = make_physics(self._energy, self._temperature, self._exponent, self._connected, dimensions)
        self._sums = np.zeros((self._record.shape[0], SUMS))
        self._boxes = np.zeros((self._record.shape[0], 3, 2), np.int64)
        self._workers: Workers | None = None
        self._open_sites = int((interior(self._lattice.word, self._grid.space.shape) & ID != WALL).sum())
        self.cells = CellTable(self._record)

    def advance(self, mcs: int, threads: int = 1) -> None:
        """Advance by `mcs` Monte Carlo steps.

        threads   how many may share the work, which a large dish has; the result does not depend on it
        raises    InputError if a column of `cells` is out of range
        """
        if int(mcs) != mcs or mcs < 0:
            raise InputError(f"advance by {mcs} MCS", where="tissue.Dish", why="it must be a whole number, 0 or more")
        if int(threads) != threads or threads < 1:
            raise InputError(f"{threads} threads", where="tissue.Dish", why="it must be a whole number, 1 or more")
        clear_medium(self._record)
        check_record(self._record, self._cells)
        checks.check_step(self._record, self._cells, self._bonds_every, self._open_sites)
        act = bool(self._record[1:, SENSE_ACT].any())
        gradient = self._lattice.attractant.size > 0 and bool(self._record[1:, SENSE_GRADIENT].any())
        contact = bool(self._record[1:, SENSE_CONTACT].any())
        set_reluctance(self._record)
        set_strongest_push(self._record, self._physics.norm)
        self._plant_missing()
        threads = min(int(threads), most_threads(self._tiles))
        if self._workers is None or self._workers.turn.size != threads:
            self._workers = make_workers(threads, self._record.shape[0], self._tiles)
        largest_first(self._tiles)
        run = run_alone if threads == 1 else run_together
        asked = what_is_asked(self._record, self._lattice.expiry)
        run(
            self._workers, asked, self._lattice, self._grid, self._record, self._physics,
            self._tiles, self._counters, self._key, self._keys, self._turns, self._sums, self._boxes,
            self._bonds_every, int(mcs), act, gradient, contact,
        )  # fmt: skip

    def _plant_missing(self) -> None:
        """Nuclei for cells that should have one, none for those that should not."""
        wanted, present = self._record[:, NUCLEUS_VOLUME] >= 1.0, self._record[:, NUCLEUS_SITES] > 0.0
        self._plant(np.flatnonzero((wanted != present) & (self._record[:, VOLUME] >= 2.0)))

    def _plant(self, cells: NDArray[np.int64]) -> None:
        cells = cells[cells > 0]
        if not cells.size:
            return
        if not self._lattice.nucleus.size:
            self._lattice = self._lattice._replace(nucleus=with_slack(np.zeros_like(self._lattice.word)))
        plant_nuclei(cells, self._lattice, self._grid, self._record)

    def divide(self, cell: int, *, key: int, direction: ArrayLike | None = None) -> int:
        """Split a cell in two halves of the same number of sites.

        key        64-bit stream of the daughter's axis noise
        direction  [D] from the mother's half to the daughter's; default the long axis of the cell, after Hertwig
        returns    number of the daughter: the next one; its parameters, axis, activity and bonds are those of the
                   mother, site by site; both get a new nucleus. What belongs to a cell as a whole (`target_volume`,
                   `integrins`, ...) is copied: halve it, or let it grow, as the biology asks
        raises     InputError: no such cell, or fewer than two sites
        """
        self._require_cell(cell)
        sites, where = sites_of(cell, self._lattice, self._grid)
        if sites.size < 2:
            raise InputError(f"cell {cell} has {sites.size} site(s)", where="tissue.Dish", why="a half needs one")
        delta = offsets_from_centroid(where, cell, self._record, self._grid)
        along = long_axis(delta) if direction is None else np.asarray(direction, float)
        if along.shape != (where.shape[1],) or not np.isfinite(along).all() or not along.any():
            raise InputError(f"direction is {direction}", where="tissue.Dish", why="it must be a vector, not 0")
        daughter = self._new_row(cell, key)
        chosen = half_along(delta, along)
        self._hand_over(sites[chosen], daughter, int(self._kinds[cell]), keep_bonds=True)
        for half, part in ((cell, ~chosen), (daughter, chosen)):
            recount(half, self._lattice, self._grid, self._record, (sites[part], where[part]))
        if self._lattice.nucleus.size:
            self._plant(np.array([cell, daughter]))
        return daughter

    def remove(self, cell: int) -> None:
        """Take a cell out of the dish: its sites become medium, its bonds go. Its number is not used again.

        raises   InputError: no such cell
        """
        self._require_cell(cell)
        sites, _ = sites_of(cell, self._lattice, self._grid)
        self._hand_over(sites, 0, 0, keep_bonds=False)
        if self._record[cell, NUCLEUS_SITES] > 0.0:
            self._plant(np.array([cell]))
        recount(cell, self._lattice, self._grid, self._record)

    def _require_cell(self, cell: int) -> None:
        if not 1 <= cell <= self._cells:
            raise InputError(f"there is no cell {cell}", where="tissue.Dish", why=f"cells are 1 to {self._cells}")

    def _hand_over(self, sites: NDArray[np.uint64], owner: int, kind: int, *, keep_bonds: bool) -> None:
        word = np.uint32(owner) | (np.uint32(kind) << KIND_SHIFT)
        hand_over(sites, word, keep_bonds, self._lattice, self._grid, self._tiles)

    def _new_row(self, mother: int, key: int) -> int:
        """A row for a new cell, like its mother's; makes room where there is none."""
        new = self._cells + 1
        if new > MOST_CELLS:
            raise InputError(f"room for {new} cells is asked for", where="tissue.Dish", why=f"ids end at {MOST_CELLS}")
        rows = self._record.shape[0]
        if new >= rows:
            more = min(2 * rows, MOST_CELLS + 1) - rows
            room = np.zeros(more, np.int64)
            self._kinds = np.concatenate([self._kinds, room])
            self._keys = np.concatenate([self._keys, room.astype(np.uint64)])
            self._turns = np.concatenate([self._turns, room.astype(np.uint64)])
            self._record = aligned(np.concatenate([self._record, empty_record(more)]))
            self._workers = None
            self._sums = np.zeros((self._record.shape[0], SUMS))
            self._boxes = np.zeros((self._record.shape[0], 3, 2), np.int64)
            self.cells = CellTable(self._record)
        self._cells = new
        self._kinds[new], self._turns[new] = self._kinds[mother], 0
        self._keys[new] = np.uint64(int(key) & 0xFFFFFFFFFFFFFFFF)
        self._record[new] = self._record[mother]
        return new

    def read(self) -> Reading:
        """What each cell is told: front and rear means, contacts, shape. Changes nothing."""
        return read_cells(self._lattice, self._grid, self._record, self._physics, self.mcs)

    def checkpoint(self) -> dict[str, NDArray]:
        """Everything that the dish is, as arrays. `Dish.restore` continues as if it had not stopped, bit for bit."""
        return dump(self)

    @classmethod
    def restore(cls, state: Mapping[str, NDArray]) -> Dish:
        """The dish that `checkpoint` described."""
        dish = cls.__new__(cls)
        load(dish, state)
        dish._finish()
        return dish
