"""What every assay is: conditions in, one Dataset per arm and replicate out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer, model_validator

from lamella.assays.clock import whole_frames
from lamella.assays.quantities import in_parts
from lamella.culture import program
from lamella.errors import InputError
from lamella.networks import Network, Perturbations

if TYPE_CHECKING:
    from lamella.assays.archive import Outcome

Progress = Callable[[float], None]
"""Called with the finished share, 0..1, of one run."""


class Conditions(BaseModel):
    """Base of the conditions of an assay: the keys allowed under its table in an experiment file.

    unset   keys that are not written out as long as nobody asks for them: what a file that knows nothing of them says
            stays what it was
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    unset: ClassVar[tuple[str, ...]] = ()

    def require(self, network: Network) -> None:
        """Refuse what the network of an arm has not.   raises InputError: `where` is the key of the condition"""

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in write(self).items() if key not in self.unset or value is not None}


class FilmedConditions(Conditions):
    """Conditions of an assay that is watched frame by frame; a subclass gives `duration` and `frame` their defaults.

    least_frames   that the assay needs after the first, whole ones, to say anything
    """

    least_frames: ClassVar[int] = 1
    duration: str
    frame: str

    @model_validator(mode="after")
    def _enough_frames(self) -> FilmedConditions:
        frames = whole_frames(in_parts(self.duration, self.frame), 1.0)
        if frames < self.least_frames:
            raise InputError(f"a duration of {self.duration} holds {frames} frame(s) of {self.frame}",
                             why=f"this assay needs {self.least_frames} of them.",
                             remedy="Give a longer duration or a shorter frame.")  # fmt: skip
        return self


class PicturedConditions(FilmedConditions):
    """Conditions of an assay that keeps pictures of its first dish; a subclass says how many.

    colour   state or observable of the network that is kept with the pictures, cell by cell, for a movie in its colours
    """

    colour: str | None = None

    def require(self, network: Network) -> None:
        super().require(network)
        if self.colour is not None:
            try:
                program(network.cell.name).node(self.colour)
            except InputError as error:
                raise InputError(error.what, where="colour", why=error.why, remedy=error.remedy) from None


@dataclass(frozen=True)
class Setting:
    """Which cells, treated how, on what: everything about one run but the assay.

    cell           name of the cell line
    arm            name of the arm
    perturbations  what the arm does to the cells
    matrix         ligand -> coating, as written: {"fibronectin": "10 ug/ml"}
    medium         soluble factor -> dose, as written: {"EGF": "10 ng/ml"}
    seed           seed of the experiment; streams are shared by all arms
    replicate      number of the dish, from 0
    without        reactions deleted from the network
    front_equals_rear  the network sees the mean of its front and rear inputs (a control for polarity)
    scaled         parameter of the network, or constant of the exchange as 'section.name' -> factor on its value
    threads        that may share the work of this dish; they change no result
    """

    cell: str
    arm: str
    perturbations: Perturbations
    matrix: dict[str, str] = field(default_factory=dict)
    medium: dict[str, str] = field(default_factory=dict)
    seed: int = 1
    replicate: int = 0
    without: tuple[str, ...] = ()
    front_equals_rear: bool = False
    scaled: Mapping[str, float] = field(default_factory=dict)
    threads: int = 1


@dataclass(frozen=True)
class Readings:
    """What a dish gave, as plain numbers.

    times     of the courses (s)   [times]
    courses   name -> [times]
    scalars   read-out -> number
    """

    times: NDArray[np.float64]
    courses: Mapping[str, NDArray[np.float64]]
    scalars: Mapping[str, float]


@dataclass(frozen=True)
class Assay:
    """One virtual assay.

    name        as written in an experiment file
    summary     one sentence
    conditions  the keys it takes, with their defaults
    readouts    read-out -> what it is, with its unit; scalars of the Dataset
    run         (setting, conditions, progress) -> Dataset of one arm and one replicate
    pictures    whether the Dataset of replicate 0 holds `labels` [frames, x, y]
    tissue      whether it computes a dish with a lattice; without, cells are a population only
    batch       several dishes of one arm at once: the numbers of `run`, to the bit, for less. Their settings differ in
                the replicate, the deleted reactions (`without`) and the factors on numbers of the network (`scaled`)
    by_arm      conditions that arms of one experiment may have of their own: where cells are, not what is measured when
    means       read-outs that one cell has as well as many: means of amounts that no cell has all or none of
    """

    name: str
    summary: str
    conditions: type[Conditions]
    readouts: dict[str, str]
    run: Callable[[Setting, Any, Progress], xr.Dataset]
    pictures: bool = False
    tissue: bool = True
    batch: Callable[[Sequence[Setting], Any, Progress], Sequence[Readings]] | None = None
    means: frozenset[str] = frozenset()
    by_arm: frozenset[str] = frozenset()

    def __call__(self, **options: Any) -> Outcome:
        """Run the assay: `lamella.assays.call.run_assay` with this assay. Raises InputError as for a file."""
        from lamella.assays.call import run_assay

        return run_assay(self, **options)
