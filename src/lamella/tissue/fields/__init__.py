"""Diffusible fields and the matrix of a dish. Lengths are um, times s, amounts molecules."""

from lamella.tissue.fields.fibres import FibreLaw, Fibres
from lamella.tissue.fields.field import Field
from lamella.tissue.fields.ledger import Ledger
from lamella.tissue.fields.matrix import Ligand, Matrix, Worked
from lamella.tissue.fields.medium import Medium, make_medium
from lamella.tissue.fields.occupancy import Occupancy, occupy
from lamella.tissue.fields.reactions import Reaction, advance_fields
from lamella.tissue.fields.reading import HalfMeans, gradients, on_sites, site_means, voxel_means
from lamella.tissue.fields.substance import Acts, Moved, Substance
from lamella.tissue.fields.surroundings import Behaviour, Exchanged, Surroundings

__all__ = [
    "Acts",
    "Behaviour",
    "Exchanged",
    "FibreLaw",
    "Fibres",
    "Field",
    "HalfMeans",
    "Ledger",
    "Ligand",
    "Matrix",
    "Medium",
    "Moved",
    "Occupancy",
    "Reaction",
    "Substance",
    "Surroundings",
    "Worked",
    "advance_fields",
    "gradients",
    "make_medium",
    "occupy",
    "on_sites",
    "site_means",
    "voxel_means",
]
