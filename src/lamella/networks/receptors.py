"""The receptors of a line: one instance of the integrin template for every heterodimer that it expresses, as text."""

from __future__ import annotations

from collections.abc import Iterable

from lamella.networks.heterodimers import regulation
from lamella.networks.matrix_ligands import ligands, under

_HALVES = ("front", "rear")


def receptor_lines(heterodimers: Iterable[str]) -> list[str]:
    """Instances of the template, and the ligand as each sees it."""
    out = []
    for name in heterodimers:
        out += [f"{name}_ligand_{half} := {_ligand(name, half)}" for half in _HALVES]
        out.append(f"{name}: integrin({', '.join(_arguments(name))})")
        out += _store(name) if regulation(name).stored else []
    return out


def _ligand(name: str, half: str) -> str:
    """Ligand under one half, weighted with the affinity for it."""
    bound = [ligand for ligand, row in ligands().items() if name in row["affinity"]]
    return " + ".join(f"affinity_{name}_{ligand}*{under(ligand, half)}" for ligand in bound) or "0"


def _arguments(name: str) -> tuple[str, ...]:
    """In the order of the template: where it stands, what holds it, what regulates it, what it is told, its fate."""
    by = regulation(name)
    keratin = ("PLEC", "slip_keratin", "tension_keratin")
    holder, slip, tension = keratin if by.keratin else ("TLN1_open", "slip", "tension")
    return (
        *_HALVES,
        *_both(holder),
        *_both(f"{name}_ligand"),
        by.tail, *by.alpha, by.opener, by.competitor, "encounter",
        *_both("fresh"), *_both(slip), *_both("area"), tension,
        *_both(by.release), "leaving", "uptake", "forward", by.back, by.made, by.paired, f"total_{name}", "contact",
    )  # fmt: skip


def _both(what: str) -> tuple[str, str]:
    return (f"{what}_front", f"{what}_rear")


def _store(name: str) -> list[str]:
    """Receptors in vesicles and granules, which fuse with either half of the membrane as its area is."""
    return [
        f"substanceOnly species {name}_stored in cytosol",
        *(f"{name}_surfacing_{half}: {name}_stored => {name}.low_{half}; "
          f"surfacing*{name}_stored*area_{half}/(area_front + area_rear)" for half in _HALVES),
    ]  # fmt: skip
