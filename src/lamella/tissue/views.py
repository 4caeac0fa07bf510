"""What can be seen of a dish and what may be set in it: places, fields, kinds. Nothing here moves a cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lamella.tissue import checks
from lamella.tissue.grid import Grid, interior, pad_field
from lamella.tissue.lattice import Lattice
from lamella.tissue.plating import write_kinds
from lamella.tissue.record import AXIS, CENTROID, FORCE, IMAGE, NUCLEUS_PLACE, NUCLEUS_SITES
from lamella.tissue.run import CLOCK
from lamella.tissue.tiles import ACCEPTED, SIZE, TRIED, VETOED, Tiles
from lamella.tissue.word import COUNT_BITS, ID, WALL

_NO_FIELD = np.zeros(0)


class Views:
    """The views of a `Dish`, which holds these arrays."""

    _lattice: Lattice
    _grid: Grid
    _tiles: Tiles
    _record: NDArray[np.float64]
    _energy: NDArray[np.float64]
    _counters: NDArray[np.uint64]
    _keys: NDArray[np.uint64]
    _kinds: NDArray[np.int64]
    _cells: int
    _periodic: tuple[bool, ...]
    _bonds_every: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Sites along each axis."""
        return self._grid.space.shape

    @property
    def periodic(self) -> tuple[bool, ...]:
        """Axes along which the dish is closed over its borders."""
        return self._periodic

    @property
    def mcs(self) -> int:
        """Monte Carlo steps done."""
        return int(self._counters[CLOCK])

    @property
    def bonds_every(self) -> int:
        """MCS between updates of bonds and axes."""
        return self._bonds_every

    @property
    def counts(self) -> dict[str, int]:
        """Since the start: attempts between different owners, copies made, copies that connectivity refused."""
        total = self._tiles.state.sum(axis=0)
        return {"tried": int(total[TRIED]), "accepted": int(total[ACCEPTED]), "vetoed": int(total[VETOED])}

    @property
    def border(self) -> NDArray[np.uint32]:
        """Sites with a neighbour of another owner, numbered as on the padded lattice; a copy."""
        listed = self._listed()
        return listed[self._lattice.word[listed] & COUNT_BITS != 0]

    def _listed(self) -> NDArray[np.uint32]:
        lists = zip(self._tiles.first.astype(int), self._tiles.state[:, SIZE].astype(int))
        return np.concatenate([self._lattice.border[first : first + size] for first, size in lists])

    @property
    def cell_keys(self) -> NDArray[np.uint64]:
        """Stream of each cell's axis noise.   [cells]"""
        return self._keys

    @property
    def kinds(self) -> NDArray[np.int64]:
        """Kind of each cell, `kinds[0]` that of medium; may be set, which changes no site.   [cells + 1], a copy

        raises   InputError: not one kind per cell, or one without a row of contact energies
        """
        return self._kinds[: self._cells + 1].copy()

    @kinds.setter
    def kinds(self, kinds: ArrayLike) -> None:
        wanted = checks.checked_kinds(kinds, self._cells, self._energy.shape[0] - 1)
        if (wanted != self._kinds[: wanted.size]).any():
            self._kinds[: wanted.size] = wanted
            write_kinds(self._lattice.word, self._kinds)

    @property
    def axis(self) -> NDArray[np.float64]:
        """Unit vector of each cell, a view that may be written.   [cells, D]"""
        return self._record[:, AXIS : AXIS + len(self._grid.space.shape)]

    @property
    def force(self) -> NDArray[np.float64]:
        """External force on each cell, energy per site of displacement; a view that may be written.   [cells, D]"""
        return self._record[:, FORCE : FORCE + len(self._grid.space.shape)]

    @property
    def centroid(self) -> NDArray[np.float64]:
        """Mean position of each cell's sites, inside the dish.   [cells, D], a copy"""
        return self._record[:, CENTROID : CENTROID + len(self._grid.space.shape)].copy()

    @property
    def position(self) -> NDArray[np.float64]:
        """Centroid unwrapped: a cell that crosses a periodic boundary walks on.   [cells, D], a copy"""
        image = self._record[:, IMAGE : IMAGE + len(self._grid.space.shape)]
        return self.centroid + image * self._grid.space.period

    @property
    def nucleus_position(self) -> NDArray[np.float64]:
        """Centroid of each nucleus, unwrapped like `position`; NaN where there is none.   [cells, D], a copy"""
        dimensions = len(self._grid.space.shape)
        ahead = self._record[:, NUCLEUS_PLACE : NUCLEUS_PLACE + dimensions] - self.centroid
        period = np.array(self._grid.space.period)
        ahead -= np.where(period > 0.0, period * np.round(ahead / np.where(period > 0.0, period, 1.0)), 0.0)
        present = self._record[:, NUCLEUS_SITES] > 0.0
        return np.where(present[:, None], self.position + ahead, np.nan)

    def labels(self) -> NDArray[np.int32]:
        """Cell on each site, 0 medium, -1 obstacle; a copy in the shape of the dish."""
        owner = (interior(self._lattice.word, self.shape) & ID).astype(np.int32)
        owner[owner == int(WALL)] = -1
        return owner

    @property
    def act(self) -> NDArray[np.float64]:
        """MCS for which each site stays active; a copy in the shape of the dish."""
        return np.maximum(interior(self._lattice.expiry, self.shape) - float(self.mcs), 0.0)

    @property
    def bonds(self) -> NDArray[np.float64]:
        """Bonds on each site; a copy in the shape of the dish."""
        return interior(self._lattice.bonds, self.shape).copy()

    @property
    def ligand(self) -> NDArray[np.float64]:
        """Ligand under each site; set it with an array in the shape of the dish or with one number."""
        return interior(self._lattice.ligand, self.shape).copy()

    @ligand.setter
    def ligand(self, field: ArrayLike) -> None:
        self._lattice.ligand[:] = pad_field(checks.checked_field(field, self.shape, "ligand"), self._grid)

    @property
    def attractant(self) -> NDArray[np.float64] | None:
        """Field that `sense_gradient` feels, or None."""
        return self._field("attractant")

    @attractant.setter
    def attractant(self, field: ArrayLike | None) -> None:
        self._set_field("attractant", field)

    def _field(self, name: str) -> NDArray[np.float64] | None:
        """A field of the lattice that need not be there; a copy."""
        field = getattr(self._lattice, name)
        return interior(field, self.shape).copy() if field.size else None

    def _set_field(self, name: str, field: ArrayLike | None) -> None:
        flat = _NO_FIELD if field is None else pad_field(checks.checked_field(field, self.shape, name), self._grid)
        self._lattice = self._lattice._replace(**{name: flat})

    def nuclei(self) -> NDArray[np.int32]:
        """Cell whose nucleus lies on each site, 0 elsewhere; a copy in the shape of the dish."""
        if not self._lattice.nucleus.size:
            return np.zeros(self.shape, np.int32)
        return interior(self._lattice.nucleus, self.shape).astype(np.int32)

    @property
    def fibres(self) -> NDArray[np.float64] | None:
        """Energy that a nucleus pays to cover each site, or None: fibres of the matrix stop nuclei and nothing else."""
        return self._field("fibres")

    @fibres.setter
    def fibres(self, field: ArrayLike | None) -> None:
        self._set_field("fibres", field)
