"""The matrix of a dish: ligands on its sites, laid down by cells, cut by proteases in solution and on cells.

On every site, over a step,

    lost = density * (1 - exp(-soluble) exp(-docked))
    soluble = seconds * sum over proteases of rate * concentration in the voxel
    docked  = seconds * docked_rate * surface protease of the half cell that sits there

exact for constant proteases, so that densities stay positive for any step. A
cell on a flat coating cuts what lies under it. In 3D it also cuts what it
touches: a site outside of it counts the surface protease of its face
neighbours, each for one face in 2 D. What is cut is counted, and can expose
another ligand in its place or set a soluble substance free.

A ligand that cells alone work on, each where it sits, asks nothing of fields
and other ligands: any number of its steps is one product for a site,

    density' = density q^n + laid (q + q^2 + ... + q^n),   q = exp(-docked)
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lamella.errors import InputError, unknown
from lamella.tissue.fields.field import Field
from lamella.tissue.fields.ledger import Ledger
from lamella.tissue.fields.medium import Medium
from lamella.tissue.fields.occupancy import Occupancy
from lamella.tissue.kernel import kernel


@dataclass(frozen=True)
class Ligand:
    """One component of the matrix.

    name          e.g. 'fibronectin'; unique among ligands and fields
    initial       one number, or [shape of the dish]                   (molecules/um^2; molecules/um^3 in 3D)
    cut_by        soluble proteases by field                           (um^3/(molecules*s))
    docked_rate   for the surface protease of a cell that touches it   (um^2/(molecules*s))
    exposes       ligand that stays on the site when this is cut: a cryptic site
    releases      field that gets the fragments
    fragments     molecules exposed or released per molecule cut
    """

    name: str
    initial: ArrayLike = 0.0
    cut_by: Mapping[str, float] = field(default_factory=dict)
    docked_rate: float = 0.0
    exposes: str | None = None
    releases: str | None = None
    fragments: float = 1.0

    @property
    def where(self) -> str:
        return f"ligand '{self.name}'"

    def check(self, ligands: Sequence[str], fields: Sequence[str]) -> None:
        """Refuse what makes no sense.   raises InputError"""
        numbers = {"docked_rate": self.docked_rate, "fragments": self.fragments}
        numbers |= {f"cut_by {name}": value for name, value in self.cut_by.items()}
        for name, value in numbers.items():
            if not (isinstance(value, (int, float)) and math.isfinite(value) and value >= 0.0):
                raise InputError(f"{name} is {value}", where=self.where, why="It must be finite and not negative.")
        for name in self.cut_by:
            if name not in fields:
                raise unknown("field", name, fields, where=self.where)
        if self.releases is not None and self.releases not in fields:
            raise unknown("field", self.releases, fields, where=self.where)
        if self.exposes is not None and (self.exposes not in ligands or self.exposes == self.name):
            raise unknown("other ligand", self.exposes, ligands, where=self.where)
        if self.exposes is not None and self.releases is not None:
            raise InputError("both exposed and released", where=self.where, remedy="Write two ligands.")
        if not self.name or "/" in self.name or self.name in fields or list(ligands).count(self.name) > 1:
            raise InputError(f"the name '{self.name}' is empty, holds '/' or is taken", where=self.where)


@dataclass(frozen=True)
class Worked:
    """Molecules of a ligand that cells laid down, and that their docked proteases cut.   [cells, 2]"""

    deposited: NDArray[np.float64]
    cut: NDArray[np.float64]


class Matrix:
    """Ligands of a dish by name.

    touching   docked proteases also reach the sites next to the cell; default in 3D only
    .alone     ligands that cells lay down and cut where they sit, and that nothing else acts on
    raises     InputError
    """

    def __init__(
        self,
        ligands: Sequence[Ligand],
        medium: Medium,
        fields: Mapping[str, Field],
        ledger: Ledger,
        *,
        touching: bool | None = None,
    ):
        names = [ligand.name for ligand in ligands]
        for ligand in ligands:
            ligand.check(names, list(fields))
        self.ligands = {ligand.name: ligand for ligand in ligands}
        self.medium, self.fields, self.ledger = medium, fields, ledger
        self.touching = medium.dimensions == 3 if touching is None else bool(touching)
        self._density = {}
        for ligand in ligands:
            self._density[ligand.name] = self._checked(ligand.initial, ligand.where)
            ledger.book(ligand.name, "initial", self.total(ligand.name))
        exposed = {ligand.exposes for ligand in ligands}
        self.alone = tuple(
            ligand.name for ligand in ligands
            if not (any(ligand.cut_by.values()) or ligand.exposes or ligand.releases or ligand.name in exposed)
            and not (self.touching and ligand.docked_rate > 0.0)
        )  # fmt: skip

    def _checked(self, values: ArrayLike, where: str) -> NDArray[np.float64]:
        """A density on the sites; 0 on obstacles.   returns [site box]"""
        array = np.asarray(values, float)
        if array.ndim and array.shape != self.medium.shape:
            raise InputError(f"density has shape {array.shape}, the dish {self.medium.shape}", where=where)
        wrong = ~(np.isfinite(array) & (array >= 0.0))
        if wrong.any():
            raise InputError(
                f"density is {array[wrong].flat[0]} at {int(wrong.sum())} site(s)",
                where=where,
                why="It must be finite and not negative.",
            )
        full = np.array(np.broadcast_to(array, self.medium.shape), order="C")
        if self.medium.obstacles is not None:
            full[self.medium.obstacles] = 0.0
        return full.reshape(self.medium.site_box)

    def _known(self, name: str) -> str:
        if name not in self._density:
            raise unknown("ligand", name, self._density, where="tissue.fields.Matrix")
        return name

    def density(self, name: str) -> NDArray[np.float64]:
        """molecules/um^2 (um^3 in 3D) on each site; a view that is read-only.   [shape of the dish]"""
        view = self._density[self._known(name)].reshape(self.medium.shape)
        view.flags.writeable = False
        return view

    def set_density(self, name: str, values: ArrayLike) -> None:
        """Overwrite a ligand; the books count the difference as `set`."""
        before = self.total(self._known(name))
        self._density[name] = self._checked(values, self.ligands[name].where)
        self.ledger.book(name, "set", self.total(name) - before)

    def total(self, name: str) -> float:
        """Molecules in the dish."""
        return float(np.sum(self._density[self._known(name)])) * self.medium.measure

    def imbalance(self, name: str) -> float:
        """What the books miss, over all that came and went."""
        return self.ledger.imbalance(name, self.total(name))

    def advance(
        self,
        seconds: float,
        occupancy: Occupancy | None,
        *,
        docked: ArrayLike = 0.0,
        deposition: Mapping[str, ArrayLike] | None = None,
        steps: int = 1,
        only: Collection[str] | None = None,
    ) -> dict[str, Worked]:
        """Lay down, then cut, `steps` times.

        docked       surface protease that faces the matrix, one number, [cells] or [cells, 2]     (molecules/um^2)
        deposition   by ligand, in all by each cell or half, spread over its sites                 (molecules/s)
        seconds      of one step; several only for ligands in `alone`
        only         ligands to advance; default all
        returns      by ligand, for those that cells worked on
        raises       InputError
        """
        if not (math.isfinite(seconds) and seconds > 0.0):
            raise InputError(f"advance by {seconds} s", where="tissue.fields.Matrix", why="A step is positive.")
        laying = {self._known(name): rates for name, rates in (deposition or {}).items()}
        if occupancy is None:
            if np.any(docked) or laying:
                raise InputError("cells act, but nobody says where they are", where="tissue.fields.Matrix")
            surface = np.zeros(0)
        else:
            surface = occupancy.per_place(docked, "docked protease")
        worked = {}
        for name, ligand in self.ligands.items():
            if only is not None and name not in only:
                continue
            if occupancy is not None and name in self.alone:
                piece = self._work_alone(ligand, seconds, steps, occupancy, surface, laying.get(name))
                if piece is not None:
                    worked[name] = piece
                continue
            laid, cut = np.zeros(surface.size), np.zeros(surface.size)
            if occupancy is not None and name in laying:
                per_site = occupancy.per_site(laying[name], f"deposition of {name}") * seconds
                laid = per_site * occupancy.sites
                lay_down(occupancy.place, per_site / self.medium.measure, self._density[name])
                self.ledger.book(name, "deposited", float(np.sum(laid)))
            cut = self._cut(ligand, seconds, occupancy, surface)
            if laid.any() or cut.any():
                worked[name] = Worked(laid.reshape(-1, 2), cut.reshape(-1, 2))
        return worked

    def _work_alone(self, ligand: Ligand, seconds: float, steps: int, occupancy: Occupancy, surface: NDArray,
                    rates: ArrayLike | None) -> Worked | None:  # fmt: skip
        """All steps of a ligand that cells alone work on.   None: they do nothing"""
        docked, laid = surface * (ligand.docked_rate * seconds), np.zeros(surface.size)
        if rates is not None:
            laid = occupancy.per_site(rates, f"deposition of {ligand.name}") * seconds
        if not (laid.any() or docked.any()):
            return None
        gone = -np.expm1(-docked * np.arange(1, steps + 1)[:, None])
        more = laid / self.medium.measure
        lost, there = more * gone.sum(axis=0), np.zeros(surface.size)
        lay_and_cut(occupancy.place, 1.0 - gone[-1], more * steps - lost, self._density[ligand.name], there)
        deposited = laid * steps * occupancy.sites
        cut = (there * gone[-1] + occupancy.sites * lost) * self.medium.measure
        if laid.any():
            self.ledger.book(ligand.name, "deposited", float(np.sum(deposited)))
        if docked.any():
            self.ledger.book(ligand.name, "cleaved", -float(np.sum(cut)))
        return Worked(deposited.reshape(-1, 2), cut.reshape(-1, 2))

    def _cut(self, ligand: Ligand, seconds: float, occupancy: Occupancy | None, surface: NDArray) -> NDArray:
        """Cut one ligand; what each place's docked protease cut.   returns [2 * cells]"""
        rate = np.zeros(self.medium.box)
        for protease, speed in ligand.cut_by.items():
            rate += speed * self.fields[protease].box
        docked = surface * (ligand.docked_rate * seconds)
        cut = np.zeros(surface.size)
        if not (rate.any() or docked.any()):
            return cut
        density = self._density[ligand.name]
        product = self._density[ligand.exposes] if ligand.exposes is not None else np.zeros((0, 0, 0))
        place = occupancy.place if occupancy is not None else np.full(density.shape, -1, np.int32)
        pieces = np.zeros(self.medium.box)
        voxel = self.medium.voxel_of
        wraps = np.array((False,) * (3 - self.medium.dimensions) + self.medium.periodic)
        touching = self.touching and bool(docked.any())
        cut_sites(
            density, product, ligand.fragments, place, voxel[0], voxel[1], voxel[2], -np.expm1(-seconds * rate),
            docked, -np.expm1(-docked), touching, 2.0 * self.medium.dimensions, wraps, pieces, cut,
        )  # fmt: skip
        pieces *= self.medium.measure
        lost = float(np.sum(pieces))
        self.ledger.book(ligand.name, "cleaved", -lost)
        if ligand.exposes is not None:
            self.ledger.book(ligand.exposes, "released", ligand.fragments * lost)
        if ligand.releases is not None:
            self.fields[ligand.releases].add(ligand.fragments * pieces, "released")
        return cut * self.medium.measure


@kernel
def lay_down(place, per_site, density):
    """Add to each site what the half cell on it lays down."""
    n0, n1, n2 = place.shape
    for i in range(n0):
        for j in range(n1):
            for k in range(n2):
                which = place[i, j, k]
                if which >= 0:
                    density[i, j, k] += per_site[which]


@kernel
def lay_and_cut(place, stays, joins, density, there):
    """Lay down and cut where half cells sit: density' = density * stays + joins.

    stays, joins   [places]
    there          [places] out, sum of the densities as they were
    """
    n0, n1, n2 = place.shape
    for i in range(n0):
        for j in range(n1):
            row, values = place[i, j], density[i, j]
            first = 0
            while first < n2:
                which, end = row[first], first + 1
                while end < n2 and row[end] == which:
                    end += 1
                if which >= 0:
                    share, more = stays[which], joins[which]
                    a, b = 0.0, 0.0
                    for k in range(first, end - 1, 2):
                        a += values[k]
                        b += values[k + 1]
                    if (end - first) & 1:
                        a += values[end - 1]
                    there[which] += a + b
                    for k in range(first, end):
                        values[k] = values[k] * share + more
                first = end


@kernel
def cut_sites(
    density, product, fragments, place, voxel0, voxel1, voxel2, soluble, docked, share, touching, faces, wraps,
    pieces, cut,
):  # fmt: skip
    """Cut a ligand on all sites.

    product    [site box] density of what is exposed, or empty
    soluble    [box] share that soluble proteases cut in the step
    docked     [places] exponent of the docked proteases, and `share`, what they cut of it
    faces      faces of a site, over which touching is averaged
    pieces     [box] out, density cut, summed over the sites of each voxel
    cut        [places] out, the docked proteases' part of it, where they sit
    """
    n0, n1, n2 = place.shape
    exposes = product.size > 0
    for i in range(n0):
        for j in range(n1):
            a, b = voxel0[i], voxel1[j]
            for k in range(n2):
                there = density[i, j, k]
                if there == 0.0:
                    continue
                c = voxel2[k]
                which = place[i, j, k]
                by_cell = 0.0
                if which >= 0:
                    by_cell = share[which]
                elif touching:
                    by_cell = -math.expm1(-_touch(place, docked, i, j, k, wraps) / faces)
                by_fluid = soluble[a, b, c]
                both = by_fluid * by_cell
                lost = there * (by_fluid + by_cell - both)
                if lost == 0.0:
                    continue
                density[i, j, k] = there - lost
                pieces[a, b, c] += lost
                if exposes:
                    product[i, j, k] += fragments * lost
                if which >= 0:
                    cut[which] += there * (by_cell - 0.5 * both)


@kernel
def _touch(place, docked, i, j, k, wraps):
    """Sum over the faces of a site of the docked exponent of the cell behind each."""
    n0, n1, n2 = place.shape
    total = 0.0
    for axis in range(3):
        length = n0 if axis == 0 else (n1 if axis == 1 else n2)
        if length == 1:
            continue
        at = i if axis == 0 else (j if axis == 1 else k)
        for step in (-1, 1):
            to = at + step
            if to < 0 or to >= length:
                if not wraps[axis]:
                    continue
                to = to % length
            which = place[to, j, k] if axis == 0 else (place[i, to, k] if axis == 1 else place[i, j, to])
            if which >= 0:
                total += docked[which]
    return total
