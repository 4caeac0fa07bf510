"""What happens in a cell: annotated modules, cell lines, constructs, drugs and ligands as data."""

from lamella.networks.assemble import Network, assemble, ligands
from lamella.networks.cell_line import CellLine, cell_line, cell_lines

__all__ = ["CellLine", "Network", "assemble", "cell_line", "cell_lines", "ligands"]
