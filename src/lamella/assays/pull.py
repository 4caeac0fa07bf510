"""Cells pulled off: a force on each cell, borne at its edge by bonds that break faster under it, in its own network.

The force per bond sets the factor by which load speeds unbinding and the dispersal of clusters (the network's inputs
load_front and load_rear), by the catch-slip law of the bonds. Fewer bonds bear more each, so that above some force the
bonds collapse (Seifert 2000, Phys Rev Lett 84:2750; Erdmann & Schwarz 2004, Phys Rev Lett 92:108102). A cell is peeled
off: its outermost sites bear the force, and when they break the next do, so that a large cell holds more firmly than a
small one by its circumference and not by its area. What a coating holds by charge bears its part of the force first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lamella.assays.detached import Detached
from lamella.culture import own_load
from lamella.networks import attachment, bond_law

_GONE = 1.0
"""A cell with fewer bonds than this is off."""
_STEEPEST = 1e8
"""Largest factor on unbinding: beyond it bonds are gone at once."""


def bonds(cells: Detached) -> NDArray[np.float64]:
    """Receptors that hold ligand, of all heterodimers.   [cells]"""
    return cells.all_receptors("bound", "clustered")


def held_by_charge(cells: Detached) -> float:
    """Force that the coating bears without a receptor, under a spread cell [pN]."""
    return attachment(cells.treatment.density) * cells.network.cell.body["spread_area"].value


def edge_share(cells: Detached) -> float:
    """Share of the contact of a spread cell, taken as round, that lies at its edge."""
    radius = np.sqrt(cells.network.cell.body["spread_area"].value / np.pi)
    inside = max(0.0, radius - cells.constants["adhesion.edge"])
    return float(1.0 - (inside / radius) ** 2)


def load_factor(cells: Detached, force: float) -> NDArray[np.float64]:
    """Factor on unbinding under a force on each cell [pN]; where heterodimers bear it differently, the mean over the
    bonds.   [cells]"""
    total = bonds(cells)
    each = force / np.maximum(edge_share(cells) * total, _GONE)
    factor = np.zeros_like(total)
    with np.errstate(over="ignore"):
        for integrin in cells.network.cell.integrins:
            share = cells.receptors(integrin, "bound", "clustered") / np.maximum(total, 1e-300)
            factor += share * np.minimum(bond_law(integrin).load(np.minimum(each, 1e3)), _STEEPEST)
    return np.where(total > _GONE, np.maximum(factor, 1.0), 1.0)


def pull(cells: Detached, force: float, hold: float, step: float, on: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Hold a force on every cell and say which are still on.

    force   on a cell [pN]
    hold    s
    step    s, in which the force per bond is held
    on      [cells] which are on before; a cell that is off stays off
    """
    charge = held_by_charge(cells)
    if force < charge:
        cells.advance(hold)
        return on
    force -= charge
    cells.put(False)
    rest = cells.population.observe(("slip_front", "slip_rear"))
    column = {name: i for i, name in enumerate(cells.population.program.parameters)}
    for name, values in own_load(on.size).items():  # the force is of the flow or the needle, not of the cell
        cells.population.parameters[:, column[name]] = values
    on = on & (bonds(cells) > _GONE)
    for _ in range(max(1, round(hold / step))):
        if not on.any():
            break
        factor = load_factor(cells, force)
        for half, slip in zip(("front", "rear"), rest.T):
            cells.population.parameters[:, column[f"load_{half}"]] = slip * factor
        cells.population.refresh()
        cells.advance(step)
        on = on & (bonds(cells) > _GONE)
    return on
