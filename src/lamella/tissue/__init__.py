"""The dish: lattice, energy terms, matrix, fields. Lengths are sites, times Monte Carlo steps."""

from lamella.tissue.dish import Dish
from lamella.tissue.reading import Reading
from lamella.tissue.record import PARAMETERS, CellTable
from lamella.tissue.word import STANDING

__all__ = ["PARAMETERS", "STANDING", "CellTable", "Dish", "Reading"]
