"""All that surrounds the cells of a dish: fields, reactions, matrix and fibres on one clock and in one ledger."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lamella.errors import InputError, unknown
from lamella.tissue.fields.fibres import FibreLaw, Fibres
from lamella.tissue.fields.field import Field
from lamella.tissue.fields.ledger import Ledger
from lamella.tissue.fields.matrix import Ligand, Matrix
from lamella.tissue.fields.medium import Medium
from lamella.tissue.fields.occupancy import Occupancy
from lamella.tissue.fields.reactions import Reaction, advance_fields
from lamella.tissue.fields.reading import HalfMeans, gradients, site_means, voxel_means
from lamella.tissue.fields.substance import Acts, Substance

_HERE = "tissue.fields.Surroundings"
_MOST_STEPS = 10_000


@dataclass(frozen=True)
class Behaviour:
    """What cells do to their surroundings until told otherwise. Per cell: one number, [cells] or [cells, 2].

    acts         on fields, by name
    docked       surface protease that faces the matrix                   (molecules/um^2)
    deposition   of ligands, by name                                      (molecules/s)
    axis         [cells, D] direction in which cells pull; needed with traction
    traction     how hard
    """

    acts: Mapping[str, Acts] = field(default_factory=dict)
    docked: ArrayLike = 0.0
    deposition: Mapping[str, ArrayLike] = field(default_factory=dict)
    axis: ArrayLike | None = None
    traction: ArrayLike = 0.0


@dataclass(frozen=True)
class Exchanged:
    """Molecules that cells gave and took, by field and by ligand. All [cells, 2], front and rear half."""

    secreted: dict[str, NDArray[np.float64]]
    taken: dict[str, NDArray[np.float64]]
    deposited: dict[str, NDArray[np.float64]]
    cut: dict[str, NDArray[np.float64]]


class Surroundings:
    """Fields, reactions, matrix and fibres of one dish.

    longest   longest step of the fields                                  (s)
    touching  see `Matrix`
    raises    InputError
    """

    def __init__(
        self,
        medium: Medium,
        substances: Sequence[Substance] = (),
        ligands: Sequence[Ligand] = (),
        reactions: Sequence[Reaction] = (),
        *,
        fibres: FibreLaw | None = None,
        fibre_direction: ArrayLike | None = None,
        longest: float = 60.0,
        touching: bool | None = None,
    ):
        if not (math.isfinite(longest) and longest > 0.0):
            raise InputError(f"longest is {longest} s", where=_HERE, why="A step is positive.")
        names = [substance.name for substance in substances]
        for name in names:
            if names.count(name) > 1:
                raise InputError(f"two fields are called '{name}'", where=_HERE)
        self.medium, self.longest, self.ledger = medium, float(longest), Ledger()
        self.fields = {substance.name: Field(substance, medium, self.ledger) for substance in substances}
        self.reactions = tuple(reactions)
        for reaction in self.reactions:
            reaction.check(names)
        self.matrix = Matrix(ligands, medium, self.fields, self.ledger, touching=touching)
        self.fibres = None if fibres is None else Fibres(fibres, medium, fibre_direction)
        self.seconds = 0.0

    def advance(self, seconds: float, occupancy: Occupancy, behaviour: Behaviour | None = None) -> Exchanged:
        """Advance by `seconds`, in equal steps no longer than `longest`, with cells that stay where they are.

        raises   InputError, SolverError
        """
        if not (math.isfinite(seconds) and seconds >= 0.0):
            raise InputError(f"advance by {seconds} s", where=_HERE, why="It must be finite and not negative.")
        does = behaviour or Behaviour()
        for name in does.acts:
            if name not in self.fields:
                raise unknown("field", name, self.fields, where=_HERE)
        if occupancy.medium is not self.medium:
            raise InputError("the occupancy was made for another medium", where=_HERE)
        none = np.zeros((occupancy.cells, 2))
        by_field, by_ligand = (self.fields, self.fields), (self.matrix.ligands, self.matrix.ligands)
        out = Exchanged(*({name: none.copy() for name in names} for names in by_field + by_ligand))
        if seconds == 0.0:
            return out
        steps = math.ceil(seconds / self.longest - 1e-9)
        if steps > _MOST_STEPS:
            raise InputError(f"{seconds:g} s are {steps} steps of {self.longest:g} s", where=_HERE,
                             remedy="Advance by less at a time, or raise `longest`.")  # fmt: skip
        steps = max(steps, 1)
        span = seconds / steps
        acting = {name: self.fields[name].acting(occupancy, acts) for name, acts in does.acts.items()}
        self._work(out, span, occupancy, does, self.matrix.alone, steps)
        for _ in range(steps):
            moved = advance_fields(self.fields, self.reactions, span, occupancy, acting)
            for name, piece in moved.items():
                if piece.secreted.size:
                    out.secreted[name][:] += piece.secreted
                    out.taken[name][:] += piece.taken
            self._work(out, span, occupancy, does, [n for n in self.matrix.ligands if n not in self.matrix.alone])
            self._turn(span, occupancy, does)
        self.seconds += seconds
        return out

    def _work(self, out: Exchanged, span: float, occupancy: Occupancy, does: Behaviour, names: Collection[str],
              steps: int = 1) -> None:  # fmt: skip
        """Let cells work on these ligands, in steps of `span`."""
        if not names:
            return
        worked = self.matrix.advance(
            span, occupancy, docked=does.docked, deposition=does.deposition, steps=steps, only=names
        )
        for name, piece in worked.items():
            out.deposited[name][:] += piece.deposited
            out.cut[name][:] += piece.cut

    def _turn(self, span: float, occupancy: Occupancy, does: Behaviour) -> None:
        """Let cells turn the fibres."""
        if self.fibres is None:
            return
        if does.axis is None and np.any(does.traction):
            raise InputError("cells pull, but have no axis", where=_HERE)
        along = np.zeros((occupancy.cells, self.medium.dimensions)) if does.axis is None else does.axis
        self.fibres.advance(span, occupancy, along, does.traction)

    def read(self, name: str, occupancy: Occupancy, *, rim: bool = False) -> HalfMeans:
        """What cells feel of a field, or of a ligand, over their halves.

        rim   over the sites at the edge of the cell; for ligands only, voxels are too coarse for an edge
        """
        if name in self.fields:
            if rim:
                raise InputError(f"the edge of a cell is finer than the voxels of '{name}'", where=_HERE)
            return voxel_means(self.fields[name].box, occupancy)
        if name in self.matrix.ligands:
            return site_means(self.matrix.density(name), occupancy, rim=rim)
        raise unknown("field or ligand", name, [*self.fields, *self.matrix.ligands], where=_HERE)

    def gradient(self, name: str, occupancy: Occupancy) -> NDArray[np.float64]:
        """Mean gradient of a field over each cell (molecules/um^4).   [cells, D]"""
        if name not in self.fields:
            raise unknown("field", name, self.fields, where=_HERE)
        return gradients(self.fields[name].box, occupancy)

    def imbalance(self) -> dict[str, float]:
        """What the books miss of every field and ligand, over all that came and went of it."""
        fields = {name: piece.imbalance() for name, piece in self.fields.items()}
        return fields | {name: self.matrix.imbalance(name) for name in self.matrix.ligands}

    def checkpoint(self) -> dict[str, NDArray]:
        """Everything that changes, as arrays; `restore` it into surroundings made in the same way."""
        books = self.ledger.dump()
        state = {"seconds": np.array([self.seconds]), "voxels": np.array(self.medium.voxels),
                 "ledger_keys": np.array(list(books), dtype=str),
                 "ledger": np.array(list(books.values()), float).reshape(-1, 3)}  # fmt: skip
        state |= {f"field/{name}": piece.concentration for name, piece in self.fields.items()}
        state |= {f"ligand/{name}": self.matrix.density(name).copy() for name in self.matrix.ligands}
        if self.fibres is not None:
            state["fibres"] = self.fibres.tensor
        return state

    def restore(self, state: Mapping[str, NDArray]) -> None:
        """Continue from a checkpoint, bit for bit.   raises InputError: it is of other surroundings"""
        mine = self.checkpoint()
        wrong = sorted((mine.keys() ^ state.keys()) - {"ledger", "ledger_keys"})
        wrong += [key for key in mine if key in state and not key.startswith("ledger")
                  and np.shape(mine[key]) != np.shape(state[key])]  # fmt: skip
        if wrong or "ledger" not in state or "ledger_keys" not in state:
            raise InputError(
                f"the checkpoint does not fit: {', '.join(wrong) or 'no ledger'}",
                where=_HERE,
                remedy="Restore into surroundings made with the same medium, fields and ligands.",
            )
        for name, piece in self.fields.items():
            piece.concentration = state[f"field/{name}"]
        for name in self.matrix.ligands:
            self.matrix.set_density(name, state[f"ligand/{name}"])
        if self.fibres is not None:
            self.fibres.restore(state["fibres"])
        self.ledger.load({str(key): list(row) for key, row in zip(state["ledger_keys"], state["ledger"])})
        self.seconds = float(state["seconds"][0])
