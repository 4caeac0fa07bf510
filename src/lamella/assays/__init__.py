"""What an experimenter does and reads: one assay per file, and the experiment file."""

from lamella.assays.acini import ACINI
from lamella.assays.adhesion import ADHESION
from lamella.assays.affinity import AFFINITY
from lamella.assays.anoikis import ANOIKIS
from lamella.assays.avidity import AVIDITY
from lamella.assays.border_cells import BORDER_CELLS
from lamella.assays.calcium import CALCIUM
from lamella.assays.chemotaxis import CHEMOTAXIS
from lamella.assays.cohort import COHORT
from lamella.assays.dose_response import DOSE_RESPONSE
from lamella.assays.extravasation import EXTRAVASATION
from lamella.assays.granule_neurons import GRANULE_NEURONS
from lamella.assays.haptotaxis import HAPTOTAXIS
from lamella.assays.immunoblot import IMMUNOBLOT
from lamella.assays.invasion import INVASION
from lamella.assays.metastasis import METASTASIS
from lamella.assays.migration import MIGRATION
from lamella.assays.morphology import MORPHOLOGY
from lamella.assays.proliferation import PROLIFERATION
from lamella.assays.protocol import Assay, Conditions, Setting
from lamella.assays.scatter import SCATTER
from lamella.assays.scratch import SCRATCH
from lamella.assays.spheroid import SPHEROID
from lamella.assays.spreading import SPREADING
from lamella.assays.viability import VIABILITY
from lamella.assays.wound_in_vivo import WOUND_IN_VIVO
from lamella.assays.zymography import ZYMOGRAPHY

ASSAYS: dict[str, Assay] = {
    assay.name: assay
    for assay in (
        IMMUNOBLOT, PROLIFERATION, VIABILITY, ANOIKIS, COHORT, ZYMOGRAPHY, CALCIUM, DOSE_RESPONSE, AFFINITY, AVIDITY,
        ADHESION, ACINI, SPREADING, MIGRATION, MORPHOLOGY, HAPTOTAXIS, CHEMOTAXIS, INVASION, SPHEROID, SCATTER,
        SCRATCH, WOUND_IN_VIVO, EXTRAVASATION, METASTASIS, BORDER_CELLS, GRANULE_NEURONS,
    )
}
"""Every assay by the name it has in an experiment file."""

__all__ = [
    "ACINI",
    "ADHESION",
    "AFFINITY",
    "ANOIKIS",
    "ASSAYS",
    "AVIDITY",
    "BORDER_CELLS",
    "CALCIUM",
    "CHEMOTAXIS",
    "COHORT",
    "DOSE_RESPONSE",
    "EXTRAVASATION",
    "GRANULE_NEURONS",
    "HAPTOTAXIS",
    "IMMUNOBLOT",
    "INVASION",
    "METASTASIS",
    "MIGRATION",
    "MORPHOLOGY",
    "PROLIFERATION",
    "SCATTER",
    "SCRATCH",
    "SPHEROID",
    "SPREADING",
    "VIABILITY",
    "WOUND_IN_VIVO",
    "ZYMOGRAPHY",
    "Assay",
    "Conditions",
    "Setting",
]
