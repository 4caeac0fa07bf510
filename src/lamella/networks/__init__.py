"""What happens in a cell: annotated modules, cell lines, constructs, drugs and ligands as data."""

from lamella.networks.assemble import Network, assemble, ligands
from lamella.networks.cell_line import CellLine, cell_line, cell_lines
from lamella.networks.perturbations import (
    Perturbations,
    Treatment,
    constructs,
    drugs,
    factors,
    gene_names,
    resolve,
)

__all__ = ["CellLine", "Network", "Perturbations", "Treatment", "assemble", "cell_line", "cell_lines", "constructs",
           "drugs", "factors", "gene_names", "ligands", "resolve"]
