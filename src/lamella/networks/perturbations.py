"""What an experimenter does to cells, as edits of a network's parameters. Never an edit of an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr, ValidationInfo, field_validator

from lamella.errors import InputError
from lamella.networks import reagents
from lamella.networks.assemble import Network
from lamella.networks.courses import Change, added_things, changes, edits_at, scaled_later, suspension
from lamella.networks.genetics import genetics
from lamella.networks.local import WIDEST, Spot, added_at, spots, with_base
from lamella.networks.timing import GROWTH, START, amount_at
from lamella.units import quantity

Fraction = Annotated[float, Field(strict=True, ge=0.0, le=1.0, allow_inf_nan=False)]
Fold = Annotated[float, Field(strict=True, gt=0.0, le=1000.0, allow_inf_nan=False)]


class Perturbations(BaseModel):
    """The treatment of one arm. Doses may say when: '10 uM from 2 h until 6 h' (see `lamella.networks.timing`).

    knockdown       gene -> fraction removed, before the assay; '0.9 from 0 h' stops that share of its synthesis then
    knockout        genes removed
    overexpression  gene -> fold; '3 from 0 h' from then on
    level_of        gene, or number of a cell line -> the cell line whose level it takes
    mutant          gene -> name of a construct that replaces the wild type; 'Y397F+Y925F' has both changes
    add_back        gene -> construct, or 'wild type', in cells that have lost the gene; 'RING at 0.5 fold'
    inhibitor       drug -> dose, from the start of the assay
    antibody        antibody or peptide against integrins -> dose, from the start of the assay
    coating         ligand -> coating, beside the ligands of the experiment's matrix; '0 ug/ml' takes one away
    factor          soluble factor -> dose, from the start of the assay, beside the factors of the experiment's medium;
                    '0 ng/ml' takes one away
    gradient        soluble factor -> its dose at the low and at the high end of the dish, '0 to 20 ng/ml', in place of
                    the dose that the medium has of it; only in assays that have two ends
    bead            ligand -> what beads at one half of the cell present, '10 ug/ml on 6 um at the rear from 0 h'
                    (see `lamella.networks.local`)
    pipette         soluble factor -> what comes on top of its dose at one half, '10 ng/ml at the front from 0 h'
    shear           stress of flow over the cells, '1.5 Pa from 0 h'
    stretch         strain of the matrix under them, '10 % from 0 h until 5 min'
    island          side of the square of coating that each cell finds, '20 um'; round it nothing holds cells
    blocked         reactions that are stopped, from the start of the assay; '*' stands for anything, and the names end
                    in _front or _rear: '*_activation_front from 2 h until 6 h'. 'transcription' and 'translation' stop
                    all that make messages or proteins
    suspended       cells are kept off the matrix; 'from 1 h until 3 h' takes them off it and puts them back
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    knockdown: dict[str, Fraction | StrictStr] = {}
    knockout: tuple[str, ...] = ()
    overexpression: dict[str, Fold | StrictStr] = {}
    level_of: dict[str, str] = {}
    mutant: dict[str, str] = {}
    add_back: dict[str, str] = {}
    inhibitor: dict[str, str] = {}
    antibody: dict[str, str] = {}
    coating: dict[str, str] = {}
    factor: dict[str, str] = {}
    gradient: dict[str, str] = {}
    bead: dict[str, str] = {}
    pipette: dict[str, str] = {}
    shear: str = ""
    stretch: str = ""
    island: str = ""
    blocked: tuple[str, ...] = ()
    suspended: StrictBool | StrictStr = False

    @field_validator("inhibitor", "antibody", "factor", "gradient", "pipette")
    @classmethod
    def _known_names(cls, given: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        """What is kept is the name of the row, however it was written: records compare arms by it."""
        kind = info.field_name if info.field_name in ("inhibitor", "antibody") else "factor"
        return reagents.by_name(kind, given)

    @field_validator("shear", "stretch", "island", "suspended", mode="before")
    @classmethod
    def _one_text(cls, value: object) -> object:
        """A command line gives the words after a kind as a list."""
        return value[0] if isinstance(value, list) and len(value) == 1 else value


@dataclass(frozen=True)
class Treatment:
    """Perturbations resolved against a network.

    chronic   parameter -> value, in force long before the assay (genetics)
    medium    parameter -> value, in the medium in which the cells have grown (soluble factors)
    acute     parameter -> value, from the start of the assay (drugs, and factors that the arm changes)
    density   ligand -> density [molecules/um^2]
    changes   what changes in the course of the assay, in order of time
    gradient  soluble factor -> what it has at the low and at the high end of the dish [molecules/um^3]
    island    area of the coating that each cell finds [um^2]; None: more than it can cover
    spots     what touches a cell at one half, already in `acute` and `changes` for a cell that lies on the coating
    """

    chronic: dict[str, float]
    medium: dict[str, float]
    acute: dict[str, float]
    density: dict[str, float]
    suspended: bool
    changes: tuple[Change, ...] = ()
    gradient: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    island: float | None = None
    spots: tuple[Spot, ...] = ()

    def touched(self, seconds: float) -> dict[str, float]:
        """Input -> what beads and pipettes add to it at a time of the assay (s; below 0: from its start until then)."""
        return added_at(self.spots, seconds if seconds >= 0.0 else START)


def resolve(
    network: Network, perturbations: Perturbations, matrix: dict[str, str], medium: dict[str, str], where: str = "arm"
) -> Treatment:
    """The parameter edits of one arm.

    raises  InputError: a gene, construct, drug, antibody, factor, ligand or reaction that nobody has defined, or that
            this network has no target for; a dose or a time that is none; things that cannot be combined
    """
    grown: dict[str, float] = {}
    for factor, dose in medium.items():
        grown |= reagents.factor_edits(factor, dose, f"medium.{factor}")
    coated = {reagents.ligand_name(ligand, f"{where}.coating.{ligand}"): coating
              for ligand, coating in (*matrix.items(), *perturbations.coating.items())}  # fmt: skip
    density = {ligand: reagents.ligand_density(ligand, coating, f"{where}.coating.{ligand}")
               for ligand, coating in coated.items()}  # fmt: skip
    added = added_things(network, perturbations, grown, where)
    gradient = {}
    for factor, ends in perturbations.gradient.items():
        if factor in perturbations.factor:
            raise InputError(f"{factor} cannot be the same everywhere and a gradient",
                             where=f"{where}.gradient.{factor}", remedy="Write one of the two.")  # fmt: skip
        gradient[factor] = reagents.gradient_ends(factor, ends, f"{where}.gradient.{factor}")
    off = suspension(perturbations.suspended, f"{where}.suspended")
    local = spots(network, perturbations, where)
    at_start = with_base(local, START, density, amount_at(off, START) is not None)
    return Treatment(
        genetics(network, perturbations, where),
        grown | edits_at(added, GROWTH, only_present=True),
        edits_at(added, START, only_present=True) | at_start,
        density,
        amount_at(off, START) is not None,
        changes(added, scaled_later(network, perturbations, where), off, local, density),
        gradient,
        _square(perturbations.island, f"{where}.island") if perturbations.island else None,
        local,
    )


def _square(side: str, where: str) -> float:
    """Area of an island [um^2]."""
    return quantity(side, "um", where=where, above=0.0, maximum=WIDEST) ** 2
