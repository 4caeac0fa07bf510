"""Thousands of cells that share one network, each with its own parameters, inputs and step size."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from lamella.errors import InputError, unknown
from lamella.reactions import Program
from lamella.solve.draws import with_initial_draws
from lamella.solve.ensemble import Ensemble
from lamella.solve.events import EventQueue
from lamella.solve.kernels.advance import Cells
from lamella.solve.kernels.advance import advance as advance_cells
from lamella.solve.kernels.arrays import Workspace, aligned, method_arrays, workspace
from lamella.solve.kernels.generate import can_generate
from lamella.solve.kernels.interpret import run_sheet
from lamella.solve.kernels.lanes import LANES
from lamella.solve.prepared import LARGEST_NATIVE, STEPS_THAT_PAY, prepared
from lamella.solve.rosenbrock import method as method_named
from lamella.solve.status import Status

EXECUTIONS = ("auto", "tape", "llvm")
LEAST_RTOL = 1e-14
"""No step comes nearer than rounding lets it."""

_MOST_STEPS = 100_000
_MOST_STOPS = 3000  # for events, after which a cell counts as failed
_FORGIVEN_STOPS = 120  # of them, in every `advance`
_NO_TIMES, _NO_RECORD = np.zeros(0), np.zeros((0, 0, 0))


def pays_to_compile(program: Program, steps: float) -> bool:
    """Whether machine code is worth making for so many trial steps in all."""
    net = program.lowered
    return steps > STEPS_THAT_PAY and net.size <= LARGEST_NATIVE and can_generate(net)


class Population(Ensemble):
    """Cells of one network.

    program     a compiled network
    parameters  [cells, parameters]; initial assignments are applied to a copy, cell by cell
    states      [cells, species] to start from, instead of the network's own start
    rtol        relative tolerance of the error that one step makes, in the root mean square over the species; at
                least `LEAST_RTOL`
    atol        absolute tolerance, a number or [species]; by default rtol times `program.scales()`
    method      'rodas5p' or 'rodas4'
    execution   'tape' interprets the network, 'llvm' runs machine code made of it (to the same bits), 'auto'
                takes machine code that exists, or makes it as soon as that pays for all populations of the program
    threads     how many threads share the cells; the result does not depend on it
    most_steps  trial steps of one cell in one `advance` after which it counts as failed; it also does
                after 3,000 stops for events, of which every `advance` forgives 120
    seed        of the streams that decide between simultaneous events
    identity    [cells] whole numbers, all different, that name the streams; by default 0, 1, 2 ...

    .states [cells, species], .parameters [cells, parameters], .status [cells] int8 (see `Status`),
    .steps [cells] trial steps so far, .time [cells] (s), .identity [cells] int64 names the random stream of a cell

    A cell that fails keeps its last good state, is left out of further advances and touches no other cell.
    """

    per_cell = (
        "states", "parameters", "status", "steps", "time", "memory", "opening", "stored", "identity",
    )  # fmt: skip

    def __init__(
        self,
        program: Program,
        parameters: np.ndarray,
        *,
        states: np.ndarray | None = None,
        rtol: float = 1e-4,
        atol: float | np.ndarray | None = None,
        method: str = "rodas5p",
        execution: str = "auto",
        threads: int = 1,
        most_steps: int = _MOST_STEPS,
        seed: int = 0,
        identity: Sequence[int] | np.ndarray | None = None,
    ):
        if execution not in EXECUTIONS:
            raise unknown("execution", execution, EXECUTIONS)
        if not LEAST_RTOL <= rtol < 1 or threads < 1 or most_steps < 1:
            raise InputError(f"rtol {rtol}, threads {threads} or most_steps {most_steps} is out of range")
        super().__init__(program)
        self.rtol, self.threads, self.most_steps, self.seed = float(rtol), int(threads), int(most_steps), int(seed)
        self.atol = self._tolerances(atol)
        net, self.method = program.lowered, method_named(method)
        self._prepared = prepared(program, self.method)
        self._net, self._tableau = self._prepared.net, method_arrays(self.method, self.rtol)
        self._choose_execution(execution)
        self._workspaces = [workspace(net, self.method) for _ in range(self.threads)]
        self._pool = ThreadPoolExecutor(self.threads) if self.threads > 1 else None
        self._hoist, self._hoist_inputs = self._prepared.hoist, self._prepared.hoist_inputs
        self._sheet_work = [aligned(self._prepared.sheet_slots * LANES) for _ in range(self.threads)]
        self.identity = np.zeros(0, np.int64)
        named = self._named(identity, len(np.atleast_2d(parameters)))
        self._set_cells(*self._made(parameters, states, named), named)

    def _choose_execution(self, execution: str) -> None:
        """Tape or machine code; `_undecided` while the answer depends on how much there is to do."""
        ready = self._prepared
        possible = ready.can_compile and (ready.small or execution == "llvm")
        self._undecided = execution == "auto" and possible
        if possible and execution != "tape":
            self._use_native(only_if_there=self._undecided)

    def _use_native(self, *, only_if_there: bool = False) -> None:
        compiled = self._prepared.compiled(only_if_there=only_if_there)
        if compiled is not None:
            self._net, self._undecided = compiled, False

    # moments ----------------------------------------------------------------------
    def moment(self) -> dict[str, np.ndarray]:
        """How cells stand now, as copies: a checkpoint without parameters and what follows from them."""
        return {name: getattr(self, name).copy() for name in self.per_cell if name not in ("parameters", "stored")}

    @classmethod
    def at(
        cls, program: Program, parameters: np.ndarray, moment: Mapping[str, np.ndarray], **options: Any
    ) -> Population:
        """Cells at the moment of others of the same program, parameters and options; they go on to the same bits.

        parameters  [cells, parameters];   moment  as `moment()` gave it, [cells, ...]
        errors      InputError for a program with events or random draws, whose cells hold more than a moment
        """
        if program.events or program.draws:
            raise InputError("cells of a network with events or random draws cannot be set to a moment",
                             where=program.model.name, remedy="Use a checkpoint.")  # fmt: skip
        made = cls(program, np.empty((0, len(program.parameters))), **options)
        for name in made.per_cell:
            if name in moment:
                setattr(made, name, np.array(moment[name]))
        made.identity = np.arange(len(parameters))  # as those of cells that were just made
        made._born = len(parameters)
        made.parameters = program.complete(np.asarray(parameters, dtype=float))
        made.stored = np.zeros((len(parameters), program.lowered.stored))
        made._events.add(len(parameters))
        made.refresh()
        return made

    # cells ------------------------------------------------------------------------
    def _made(
        self, parameters: np.ndarray, states: np.ndarray | None, identity: int | np.ndarray = 0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Checked copies of the parameters and states of new cells."""
        parameters = with_initial_draws(self.program, parameters, self.seed, identity)
        if states is None:
            if len(parameters):
                self.program.require_values(parameters)
            states = self.program.initial_states(parameters)
        return parameters, self._checked_states(states, len(parameters))

    def _set_cells(self, parameters: np.ndarray, states: np.ndarray, identity: np.ndarray) -> None:
        cells = len(parameters)
        self.parameters, self.states = parameters, states
        self.status = np.zeros(cells, np.int8)
        self.steps = np.zeros(cells, np.int64)
        self.time = np.zeros(cells)
        self.identity = identity
        self.stored = np.zeros((cells, self.program.lowered.stored))
        self.memory = self._first_steps(states, parameters, self.time)
        self.opening = np.zeros(cells)
        self.refresh()
        self._events = EventQueue(self.program, cells, self.seed)
        self._events.process(self, np.arange(cells))

    def _tolerances(self, atol: float | np.ndarray | None) -> np.ndarray:
        if atol is None:
            return self.rtol * self.program.scales()
        values = np.broadcast_to(np.asarray(atol, dtype=float), (len(self.program.species),)).copy()
        if not (values > 0).all():
            raise InputError("absolute tolerances must be above 0")
        return values

    def _first_steps(self, states: np.ndarray, parameters: np.ndarray, time: np.ndarray) -> np.ndarray:
        """[cells] step size to begin with (Hairer, Norsett & Wanner, Solving ODEs I, section II.4, first guess)."""
        if not len(states):
            return np.zeros(0)
        slope = self.program.derivative(states, parameters, time)
        with np.errstate(all="ignore"):
            scale = self.atol + self.rtol * np.abs(states)
            size = np.sqrt(np.mean((states / scale) ** 2, axis=1)) if states.shape[1] else np.ones(len(states))
            speed = np.sqrt(np.mean((slope / scale) ** 2, axis=1)) if states.shape[1] else np.ones(len(states))
            guess = 0.01 * size / speed
        usable = np.isfinite(guess) & (size > 1e-5) & (speed > 1e-5)
        return np.where(usable, guess, 1e-6)

    def add(self, parameters: np.ndarray, states: np.ndarray | None = None, time: float | np.ndarray = 0.0) -> None:
        """Append cells: parameters [cells, parameters], states [cells, species], their time (s)."""
        identity = self._new_identities(len(np.atleast_2d(parameters)))
        parameters, states = self._made(parameters, states, identity)
        times = np.broadcast_to(np.asarray(time, dtype=float), (len(states),))
        self.parameters = np.concatenate([self.parameters, parameters])
        self.memory = np.concatenate([self.memory, self._first_steps(states, parameters, times)])
        self.opening = np.concatenate([self.opening, np.zeros(len(states))])
        self.states = np.concatenate([self.states, states])
        self.time = np.concatenate([self.time, times])
        self.identity = np.concatenate([self.identity, identity])
        self.status = np.concatenate([self.status, np.zeros(len(states), np.int8)])
        self.steps = np.concatenate([self.steps, np.zeros(len(states), np.int64)])
        self.stored = np.concatenate([self.stored, np.zeros((len(states), self.stored.shape[1]))])
        first = self.cells - len(states)
        self._run_sheet(self._hoist, self.stored, first)
        self._events.add(len(states))
        self._events.process(self, np.arange(first, self.cells))

    def divide(self, cell: int, share: float | np.ndarray = 0.5) -> int:
        """Split a cell in two: the daughter, appended, takes a share of every amount.

        share    of the mother's amounts that goes to the daughter, a number or [species], 0 to 1; what is no amount
                 (a concentration, a parameter that a rule changes) both have afterwards
        returns  number of the daughter
        errors   InputError for a cell that is not there or has failed, or a share out of range

        Step sizes, parameters, waiting events and the time are those of the mother.
        """
        shares, divisible = self._shares(share), np.array(self.program.model.divisible, bool)
        daughter = self._doubled(cell)
        self.steps[daughter] = 0
        self.states[daughter] *= np.where(divisible, shares, 1.0)
        self.states[cell] *= np.where(divisible, 1.0 - shares, 1.0)
        self._events.process(self, np.array([cell, daughter]))
        return daughter

    def refresh(self) -> None:
        """Take account of changes made to `.parameters` from outside (inputs need no refresh)."""
        self._run_sheet(self._hoist, self.stored)

    def _run_sheet(self, sheet, out: np.ndarray, first: int = 0) -> None:
        """Run a sheet for the cells from `first` on, threads side by side."""
        if not len(sheet.to):
            return

        def run(part: tuple[int, int, np.ndarray]) -> None:
            begin, end, work = part
            run_sheet(sheet, self.states, self.parameters, self.stored, self.time, out, begin, end, work)

        count = self.cells - first
        edges = [first + count * k // self.threads for k in range(self.threads + 1)]
        jobs = [job for job in zip(edges[:-1], edges[1:], self._sheet_work) if job[0] < job[1]]
        self._in_pool(run, jobs)

    # time ------------------------------------------------------------------------
    def advance(self, dt: float | np.ndarray, inputs: Mapping[str, np.ndarray | float] | None = None) -> np.ndarray:
        """Advance every healthy cell by `dt` (s), with inputs held constant meanwhile.

        dt       number or [cells], above 0
        inputs   input -> number or [cells]; inputs that are left out keep their values
        returns  [cells] int8 status
        errors   InputError for a name that is not among `program.inputs`, or a dt that is not above 0
        """
        spans = self._spans(dt)
        if inputs:
            self._take(inputs)
        if self.program.events:
            self._advance_with_events(spans)
        else:
            cells = np.flatnonzero(self.status == Status.OK)
            self._in_threads(cells, spans)
            self.time[cells] += spans[cells]
        return self.status

    def below_zero(self) -> np.ndarray:
        """[cells] how far the lowest amount of a cell lies below 0, in absolute tolerances; 0 where none does.

        Rounding and the tolerance let an amount that should be 0 be off by a few; much more means that a law consumes
        what is not there.
        """
        amounts = np.flatnonzero(self.program.model.divisible)
        if not len(amounts):
            return np.zeros(self.cells)
        with np.errstate(over="ignore"):
            return np.maximum((-self.states[:, amounts] / self.atol[amounts]).max(axis=1), 0.0)

    def record(self, times: np.ndarray) -> np.ndarray:
        """Advance every healthy cell to the last of some times, and note its states at each of them.

        The solver steps as far as it likes and reads its continuous solution. Only for programs without events, and
        cells that stand at one time.

        times    [times] ascending (s), after the present time
        returns  [times, cells, species], NaN from where a cell failed on
        """
        times = np.ascontiguousarray(times, dtype=float)
        begin = self.time[self.status == Status.OK]
        if self.program.events or (begin != begin[:1]).any():
            raise InputError("states between steps are there for cells at one time and programs without events")
        recorded = np.full((len(times), *self.states.shape), np.nan)
        cells = np.flatnonzero(self.status == Status.OK)
        if len(cells):
            if not (np.isfinite(times).all() and (np.diff(times, prepend=begin[0]) > 0).all()):
                raise InputError("the times to record must be finite, ascending, and lie ahead")
            spans = np.full(self.cells, times[-1] - begin[0])
            self._in_threads(cells, spans, times, recorded)
            reached = cells[self.status[cells] == Status.OK]
            self.time[cells] += spans[cells]
            self.time[reached] = times[-1]
            recorded[-1, reached] = self.states[reached]
        return recorded

    def _advance_with_events(self, spans: np.ndarray) -> None:
        """Advance from event to event, each cell at its own pace."""
        end = self.time + spans
        left = spans.copy()
        stops = self._events.stops
        stops[:] = np.maximum(stops - _FORGIVEN_STOPS, 0)
        while True:
            cells = np.flatnonzero((self.status == Status.OK) & (left > 0))
            if not len(cells):
                return
            due = self._events.next_times()
            reach = np.where(due < end, np.maximum(due - self.time, 0.0), left)
            moving = cells[reach[cells] > 0]
            stopped = self._in_threads(moving, reach)
            arrived = (stopped == 0) & (self.status == Status.OK)
            self.time[moving] += reach[moving]
            exact = cells[arrived[cells]]
            self.time[exact] = np.minimum(due, end)[exact]
            left[cells] = end[cells] - self.time[cells]
            self._events.process(self, cells)
            stops[cells] += 1
            too_often = (stops > _MOST_STOPS) & (left > 0) & (self.status == Status.OK)
            self.status[too_often] = Status.TOO_MANY_STEPS

    def _take(self, inputs: Mapping[str, np.ndarray | float]) -> None:
        """Set inputs and recompute what depends on them.

        A cell whose inputs jump begins with the step that it could take after its last jump: the step that it had
        grown to is far too long, and the error of a trial that crosses the jump says little.
        """
        jumped = self._set_inputs(inputs) & (self.opening > 0)
        self.memory[jumped] = np.minimum(self.memory, self.opening)[jumped]
        self._run_sheet(self._hoist_inputs, self.stored)

    def _in_threads(
        self, chosen: np.ndarray, spans: np.ndarray, asked: np.ndarray = _NO_TIMES, recorded: np.ndarray = _NO_RECORD
    ) -> np.ndarray:
        """Run the kernel on some cells; `spans` become how far they came. Returns which stopped for an event."""
        if self._undecided and self._prepared.pays:
            self._use_native()
        before = int(self.steps.sum()) if self._undecided else 0
        stopped = np.zeros(self.cells, np.int8)
        cells = Cells(
            self.states, self.stored, self.time, spans, self.memory, self.opening, self.status, self.steps,
            stopped,
            asked, recorded,
        )  # fmt: skip
        atol, stop = self.atol[self.program.lowered.order], int(bool(self.program.events))

        def run(part: tuple[np.ndarray, Workspace]) -> None:
            numbers, work = part
            advance_cells(self._net, self._tableau, work, cells, numbers, self.rtol, atol, self.most_steps, stop)

        shares = [chosen] if self.threads == 1 else np.array_split(chosen, self.threads)
        jobs = [job for job in zip(shares, self._workspaces) if len(job[0])]
        self._in_pool(run, jobs)
        if self._undecided:
            self._prepared.took(int(self.steps.sum()) - before)
        return stopped

    def _in_pool(self, run: Callable[[Any], None], jobs: Sequence[Any]) -> None:
        """One job per thread, or in this one where there is but one."""
        if len(jobs) > 1 and self._pool is not None:
            list(self._pool.map(run, jobs))
        elif jobs:
            run(jobs[0])
