"""What happens in a cell: annotated modules, cell lines, constructs, drugs and ligands as data."""

from lamella.networks.antimony_guarded import to_sbml_guarded
from lamella.networks.antimony_text import from_sbml
from lamella.networks.assemble import Network, assemble, ligands
from lamella.networks.cell_line import CellLine, cell_line, cell_lines
from lamella.networks.check_text import read_model_text, sbml_of_file
from lamella.networks.library import Evidence, Parameter, Source, sources
from lamella.networks.lint import LintReport, Problem, lint_library
from lamella.networks.perturbations import (
    Perturbations,
    Treatment,
    constructs,
    drugs,
    factors,
    gene_names,
    resolve,
)

__all__ = [
    "CellLine",
    "Evidence",
    "LintReport",
    "Network",
    "Parameter",
    "Perturbations",
    "Problem",
    "Source",
    "Treatment",
    "assemble",
    "cell_line",
    "cell_lines",
    "constructs",
    "drugs",
    "factors",
    "from_sbml",
    "gene_names",
    "ligands",
    "lint_library",
    "read_model_text",
    "resolve",
    "sbml_of_file",
    "sources",
    "to_sbml_guarded",
]
