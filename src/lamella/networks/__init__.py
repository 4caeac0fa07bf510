"""What happens in a cell: annotated modules, cell lines, constructs, drugs and ligands as data."""

from lamella.networks.absent import refused_assay, refused_kind
from lamella.networks.antimony_guarded import to_sbml_guarded
from lamella.networks.antimony_text import from_sbml
from lamella.networks.assemble import Network, assemble
from lamella.networks.binding import BondLaw, bond_law, soluble_constants
from lamella.networks.cell_line import CellLine, cell_line, cell_lines, line_hash
from lamella.networks.check_text import read_model_text, sbml_of_file
from lamella.networks.courses import FORCES, Change, stopped
from lamella.networks.domains import domains, reactions_that_need
from lamella.networks.genetics import gene_names
from lamella.networks.heterodimers import heterodimers
from lamella.networks.library import Evidence, Parameter, Source, sources
from lamella.networks.lint import LintReport, Problem, lint_library
from lamella.networks.matrix_ligands import ligands
from lamella.networks.perturbations import Perturbations, Treatment, resolve
from lamella.networks.reagents import antibodies, attachment, blocks, by_name, constructs, drugs, factors
from lamella.networks.spelling import named, spellings

__all__ = [
    "FORCES",
    "BondLaw",
    "CellLine",
    "Change",
    "Evidence",
    "LintReport",
    "Network",
    "Parameter",
    "Perturbations",
    "Problem",
    "Source",
    "Treatment",
    "antibodies",
    "assemble",
    "attachment",
    "blocks",
    "bond_law",
    "by_name",
    "cell_line",
    "cell_lines",
    "constructs",
    "domains",
    "drugs",
    "factors",
    "from_sbml",
    "gene_names",
    "heterodimers",
    "ligands",
    "line_hash",
    "lint_library",
    "named",
    "reactions_that_need",
    "read_model_text",
    "refused_assay",
    "refused_kind",
    "resolve",
    "sbml_of_file",
    "soluble_constants",
    "sources",
    "spellings",
    "stopped",
    "to_sbml_guarded",
]
