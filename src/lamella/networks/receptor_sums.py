"""Numbers of the cell that sum up receptors over heterodimers: what modules, blots and the exchange with the dish read.

Antimony cannot write a rule over the species of an instance, so the rules are added to the flattened model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import libsbml

from lamella.networks.cell_line import CellLine
from lamella.networks.heterodimers import heterodimers, regulation, sums_of_receptors
from lamella.networks.matrix_ligands import ligands, under

_HALVES = ("front", "rear")

_SUMS = {"adhesion": ("clustered",), "bound": ("bound", "clustered"), "active": ("high", "bound", "clustered")}
"""Integrin states that the other modules and the exchange see as one number per half of the cell."""

_SURFACE = ("low", "high", "bound", "clustered", "untethered")
_ELSEWHERE = ("left", "internal", "internal_active")
"""All states of a receptor: on the surface, at the front or at the rear; off it."""


def write_sums(model: libsbml.Model, line: CellLine) -> None:
    """Add all of them to the flattened model of a line."""
    _write_sums(model, line)
    _write_each(model, line)
    _write_hold(model, line)
    _write_groups(model, line)
    _write_stores(model, line)


def _write_stores(model: libsbml.Model, line: CellLine) -> None:
    """What granules hold at first, in lines whose granules hold receptors."""
    for name in (one for one in line.integrins if regulation(one).stored):
        (model.getParameter(f"{name}_store") or model.createParameter()).setId(f"{name}_store")
        begun = model.createInitialAssignment()
        begun.setSymbol(f"{name}_stored")
        begun.setMath(libsbml.parseL3Formula(f"{name}_store*{name}_copies*{name}_expression"))


def _write_sums(model: libsbml.Model, line: CellLine) -> None:
    """Sums over heterodimers, one number per half of the cell."""
    caveolar = [name for name in line.integrins if regulation(name).caveolin]
    opened = [name for name in line.integrins if not regulation(name).keratin]  # by talin
    of = {pair["beta"]["symbol"]: _summed(line, {"beta": pair["beta"]["symbol"]}) for pair in heterodimers().values()}
    sums = {name: (line.integrins, states) for name, states in _SUMS.items()} | {
        "active": (opened, _SUMS["active"]),
        "caveolar": (caveolar, ("clustered",)),
    } | {name: (_summed(line, row), row["states"]) for name, row in sums_of_receptors()["half"].items()}
    for name, (members, states) in sums.items():
        for half in _HALVES:
            terms = [f"{i}_{state}_{half}" for i in members for state in states]
            _rule(model, f"{name}_{half}", " + ".join(terms) or "0 molecules")
    _rule(model, "b1_share", _share_of(of["ITGB1"]))
    _rule(model, "b3_total", " + ".join(f"total_{i}" for i in of["ITGB3"]) or "0 molecules")
    _rule(model, "b3_copies_total", " + ".join(f"{i}_copies" for i in of["ITGB3"]) or "0 molecules")


def _share_of(members: list[str]) -> str:
    """Receptors of some heterodimers over their copies in an unperturbed cell; 1 in a line that has none."""
    if not members:
        return "1 dimensionless"
    return f"({' + '.join(f'total_{i}' for i in members)})/({' + '.join(f'{i}_copies' for i in members)})"


def _write_each(model: libsbml.Model, line: CellLine) -> None:
    """Every heterodimer by itself, over both halves, for blots of one of them; 0 where the line has none of it. And the
    receptors that hold nothing and wander freely."""
    for name in heterodimers():
        for of, states in {**_SUMS, "clustered": ("clustered",), "total": _SURFACE}.items():
            if of != "adhesion":
                terms = [f"{name}_{state}_{half}" for state in states for half in _HALVES]
                terms += [f"{name}_{state}" for state in _ELSEWHERE] if of == "total" else []
                _rule(model, f"{of}_{name}", " + ".join(terms) if name in line.integrins else "0 molecules")
    free = [f"{name}_{state}_{half}" for name in line.integrins for state in ("low", "high") for half in _HALVES]
    _rule(model, "mobile_total", f"mobile_share*({' + '.join(free)})")


def _write_hold(model: libsbml.Model, line: CellLine) -> None:
    """What extended receptors make of the coating, for the exchange with the dish: those that find a ligand of theirs
    within reach (`holders_*`), and those weighted with their affinity for what is there (`gripping_*`). Receptors that
    an antibody or a soluble ligand occupies are neither."""
    for name in ("K_reach", *(f"{ligand}_{half}" for ligand in ligands() for half in _HALVES)):
        (model.getParameter(name) or model.createParameter()).setId(name)
    for half in _HALVES:
        coated = " + ".join(under(ligand, half) for ligand in ligands())
        held = {name: f"({' + '.join(f'{name}_{state}_{half}' for state in _SUMS['active'])})*{name}_ligand_{half}"
                      f"*{name}_unblocked/{regulation(name).competitor}"
                for name in line.integrins}  # fmt: skip
        holders = " + ".join(f"{held[name]}/(K_reach + {name}_ligand_{half})" for name in held)
        _rule(model, f"holders_{half}", holders or "0")
        _rule(model, f"gripping_{half}", f"({' + '.join(held.values()) or '0'})/(K_reach + {coated})")


def _rule(model: libsbml.Model, variable: str, formula: str) -> None:
    parameter = model.getParameter(variable) or model.createParameter()
    parameter.setId(variable)
    parameter.setConstant(False)
    rule = model.createAssignmentRule()
    rule.setVariable(variable)
    rule.setMath(libsbml.parseL3Formula(formula))


def _write_groups(model: libsbml.Model, line: CellLine) -> None:
    """One number of the cell for each sum that is not told half by half."""
    for name, row in sums_of_receptors()["cell"].items():
        halves = (row["half"],) if "half" in row else _HALVES
        states = [full for state in row["states"] for full in _on(state, halves)]
        _rule(model, name, " + ".join(f"{i}_{s}" for i in _summed(line, row) for s in states) or "0 molecules")


def _on(state: str, halves: tuple[str, ...]) -> tuple[str, ...]:
    """A state on the surface, at each of the halves; any other as it is."""
    return tuple(f"{state}_{half}" for half in halves) if state in _SURFACE else (state,)


def _summed(line: CellLine, row: Mapping[str, Any]) -> list[str]:
    """Heterodimers of the line that a row sums up."""
    if "of" in row:
        return [name for name in line.integrins if name in row["of"]]
    beta = row.get("beta")
    return [name for name in line.integrins if beta is None or heterodimers()[name]["beta"]["symbol"] == beta]
