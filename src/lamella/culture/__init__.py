"""Cells and dish on one clock; the only room that knows both."""

from lamella.culture.carriers import Carriers
from lamella.culture.cells import Draw, chosen_reactions, drawn_parameters, grown, grown_population, program
from lamella.culture.chambers import Chambers, egg_chambers
from lamella.culture.constants import Constants, constants
from lamella.culture.culture import Culture, Protocol
from lamella.culture.embedded import Place, firmness, halves, placed
from lamella.culture.exchange import own_load
from lamella.culture.habitat import Coupling, Habitat
from lamella.culture.idealised import idealised_inputs
from lamella.culture.layout import Layout, cells_apart, islands, layer, on_carpet, row_above, sheet_with_gap
from lamella.culture.life import Death, Division, life_table
from lamella.culture.nucleus import section_area
from lamella.culture.observe import (
    at_edge,
    elongation,
    free_share,
    neighbours,
    open_area,
    pooled,
    positions,
    touching,
)
from lamella.culture.openings import bands, disc, sheet_round, with_obstacles
from lamella.culture.scale import Scale, scale
from lamella.culture.spreading import round_area
from lamella.culture.surroundings import borne, collagen_fibres, habitat_table, substance, surrounding_constants
from lamella.culture.switches import DELETED
from lamella.culture.timed import advance_treated, make, pieces, tell, treat

__all__ = [
    "DELETED",
    "Carriers",
    "Chambers",
    "Constants",
    "Coupling",
    "Culture",
    "Death",
    "Division",
    "Draw",
    "Habitat",
    "Layout",
    "Place",
    "Protocol",
    "Scale",
    "advance_treated",
    "at_edge",
    "bands",
    "borne",
    "cells_apart",
    "chosen_reactions",
    "collagen_fibres",
    "constants",
    "disc",
    "drawn_parameters",
    "egg_chambers",
    "elongation",
    "firmness",
    "free_share",
    "grown",
    "grown_population",
    "habitat_table",
    "halves",
    "idealised_inputs",
    "islands",
    "layer",
    "life_table",
    "make",
    "neighbours",
    "on_carpet",
    "open_area",
    "own_load",
    "pieces",
    "placed",
    "pooled",
    "positions",
    "program",
    "round_area",
    "row_above",
    "scale",
    "section_area",
    "sheet_round",
    "sheet_with_gap",
    "substance",
    "surrounding_constants",
    "tell",
    "touching",
    "treat",
    "with_obstacles",
]
