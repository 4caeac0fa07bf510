"""A network as arrays and rate programs: SBML in."""

from lamella.reactions.model import Draw, Event, Model
from lamella.reactions.program import SWITCH, Program, compile_program
from lamella.reactions.sbml_read import read_sbml

__all__ = ["SWITCH", "Draw", "Event", "Model", "Program", "compile_program", "read_sbml"]
