"""What the deterministic and the stochastic population have in common: cells as rows of arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lamella.errors import InputError, SolverError
from lamella.reactions import Program
from lamella.solve.events import EventQueue
from lamella.solve.kernels.arrays import aligned
from lamella.solve.kernels.interpret import run_sheet, sheet_arrays
from lamella.solve.kernels.lanes import LANES
from lamella.solve.status import Status


class Ensemble:
    """Cells of one network, one row each in every array that `per_cell` names.

    .states [cells, species], .parameters [cells, parameters], .status [cells] int8 (see `Status`), .time [cells] (s),
    .identity [cells] int64 names the random streams of a cell
    """

    per_cell: tuple[str, ...] = ()
    program: Program
    states: np.ndarray
    parameters: np.ndarray
    stored: np.ndarray
    status: np.ndarray
    time: np.ndarray
    identity: np.ndarray
    _events: EventQueue

    def __init__(self, program: Program):
        self.program = program
        self._born = 0
        self._input_columns = {name: program.parameter(name) for name in program.inputs}
        self._sheets: dict[tuple[str, ...], tuple] = {}

    @property
    def cells(self) -> int:
        """How many there are."""
        return len(self.states)

    def index(self, name: str) -> int:
        """Column of a species in `.states`."""
        return self.program.index(name)

    def _checked_states(self, states: np.ndarray, cells: int) -> np.ndarray:
        states = np.array(states, dtype=float, ndmin=2)
        expected = (cells, len(self.program.species))
        if states.shape != expected:
            raise InputError(f"states have the shape {states.shape}, not {expected}")
        return states

    def _spans(self, dt: float | np.ndarray) -> np.ndarray:
        """Checked spans [cells] of an advance."""
        spans = np.full(self.cells, dt, dtype=float)
        if not (np.isfinite(spans).all() and (spans > 0).all()):
            raise InputError("the time to advance by must be above 0 and finite")
        return spans

    def _set_inputs(self, inputs: Mapping[str, np.ndarray | float]) -> np.ndarray:
        """Set inputs. Returns [cells] bool: which cells have another value of some input now."""
        changed = np.zeros(self.cells, bool)
        for name, value in inputs.items():
            if name not in self._input_columns:
                raise InputError(
                    f"'{name}' is no input of this program", remedy="Name it in compile_program(inputs=...)."
                )
            column = self.parameters[:, self._input_columns[name]]
            changed |= column != value
            column[:] = value
        return changed

    # cells ------------------------------------------------------------------------
    def _new_identities(self, count: int) -> np.ndarray:
        """[count] identities that no cell has or has had: a stream is never used twice."""
        first = max(self._born, int(self.identity.max(initial=-1)) + 1)
        self._born = first + count
        return np.arange(first, self._born)

    def _named(self, identity: Sequence[int] | np.ndarray | None, count: int) -> np.ndarray:
        """Checked identities of new cells."""
        if identity is None:
            return self._new_identities(count)
        named = np.asarray(identity)
        if named.shape != (count,) or named.dtype.kind not in "iu" or (named < 0).any():
            raise InputError(f"identities must be {count} whole numbers, not below 0")
        if len(np.unique(named)) < count or np.isin(named, self.identity).any():
            raise InputError("two cells have the same identity", why="They would have the same course.")
        return named.astype(np.int64)

    def remove(self, cells: Sequence[int] | np.ndarray) -> None:
        """Drop cells by number; the others move up and keep their order."""
        keep = np.ones(self.cells, bool)
        keep[np.asarray(cells, dtype=np.int64)] = False
        self._born = max(self._born, int(self.identity.max(initial=-1)) + 1)
        for name in self.per_cell:
            setattr(self, name, np.ascontiguousarray(getattr(self, name)[keep]))
        self._events.keep(keep)

    def _doubled(self, cell: int) -> int:
        """Append a copy of a cell, under an identity of its own. Returns its number."""
        if not 0 <= cell < self.cells or self.status[cell] != Status.OK:
            raise InputError(f"cell {cell} cannot divide", why="It is not there, or its network has failed.")
        for name in self.per_cell:
            values = getattr(self, name)
            setattr(self, name, np.concatenate([values, values[cell : cell + 1]]))
        self._events.copy(cell)
        self.identity[-1:] = self._new_identities(1)
        return self.cells - 1

    def _shares(self, share: float | np.ndarray) -> np.ndarray:
        """Checked share [species] of the mother's states that a daughter gets; 1 for what is no amount."""
        shares = np.broadcast_to(np.asarray(share, dtype=float), (self.states.shape[1],))
        if not ((shares >= 0) & (shares <= 1)).all():
            raise InputError("the daughter's share must lie between 0 and 1")
        return shares

    # reading ---------------------------------------------------------------------
    def observe(self, names: Sequence[str] | None = None) -> np.ndarray:
        """Present values of names (default: all observables), [cells, names].

        Species, parameters, assignment rules, compartments and reactions have values.
        """
        names = self.program.observables if names is None else tuple(names)
        if names not in self._sheets:
            plan = self.program.sheet(names)
            self._sheets[names] = (sheet_arrays(plan), aligned(max(plan.slots, 1) * LANES))
        plan, work = self._sheets[names]
        out = np.empty((self.cells, len(names)))
        run_sheet(plan, self.states, self.parameters, self.stored, self.time, out, 0, self.cells, work)
        return out

    def require_ok(self) -> None:
        """Raise SolverError if a cell has failed; says which, when and why."""
        failed = np.flatnonzero(self.status != Status.OK)
        if len(failed):
            first = failed[0]
            raise SolverError(
                f"{len(failed)} of {self.cells} cells could not be advanced; "
                f"first cell {first} at {self.time[first]:g} s",
                where=self.program.model.name, why=Status(self.status[first]).reason.capitalize() + ".",
            )  # fmt: skip

    def checkpoint(self) -> dict[str, np.ndarray]:
        """Everything that the future depends on, as copies."""
        own = {name: getattr(self, name).copy() for name in self.per_cell}
        return own | {"born": np.array([self._born])} | self._events.checkpoint()

    def restore(self, checkpoint: Mapping[str, np.ndarray]) -> None:
        """Go back to a checkpoint of a population of the same program."""
        for name in self.per_cell:
            setattr(self, name, np.array(checkpoint[name]))
        self._born = int(checkpoint["born"][0])
        self._events.restore(checkpoint, self.cells)
