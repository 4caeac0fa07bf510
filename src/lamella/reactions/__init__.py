"""A network as arrays and rate programs: SBML in, SBML out."""

from lamella.reactions.model import Draw, Event, Model
from lamella.reactions.program import SWITCH, Program, compile_program
from lamella.reactions.sbml_read import read_sbml
from lamella.reactions.sbml_write import write_sbml

__all__ = ["SWITCH", "Draw", "Event", "Model", "Program", "compile_program", "read_sbml", "write_sbml"]
