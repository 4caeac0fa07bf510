"""What the reviews perturb and the present network has no target for: refused by name, with what can be done."""

from __future__ import annotations

from functools import lru_cache

from lamella.errors import InputError
from lamella.networks import library
from lamella.networks.spelling import named

_TABLES = {
    "knockdown": "genes", "knockout": "genes", "overexpression": "genes", "mutant": "genes", "add_back": "genes",
    "inhibitor": "inhibitors", "factor": "factors", "antibody": "inhibitors", "coating": "coatings",
    "construct": "constructs", "kind": "kinds", "assay": "assays",
}  # fmt: skip
"""Kind of perturbation -> the table that holds its names."""


@lru_cache(maxsize=1)
def absent() -> dict[str, dict[str, dict[str, str]]]:
    """Table -> name -> `is` with `needs` and `instead`, or with `stand_in`."""
    return library.read_toml(library.package_folder("absent.toml"))


def refused(kind: str, name: str, where: str | None = None) -> InputError | None:
    """The error for a name that the reviews know and this network does not; None for any other name.

    kind   a kind of perturbation, 'construct' with a name such as 'XIAP.UBA', 'kind' or 'assay'
    """
    rows = absent()[_TABLES[kind]]
    known = named(name, rows)
    if known is None:
        return None
    row = rows[known]
    if "stand_in" in row:
        return InputError(f"'{known}' has no species of its own", where=where,
                          why=f"It is {row['is']}; {row['stand_in']} stands for it in this network.",
                          remedy=f"Write {row['stand_in']}.")
    what = f"there is no assay '{known}' yet" if kind == "assay" else f"'{known}' cannot be perturbed yet"
    return InputError(what, where=where,
                      why=f"It is {row['is']}; that needs {row['needs']}.", remedy=row["instead"])


def refused_kind(kind: str, where: str | None = None) -> InputError | None:
    """The error for a kind of perturbation that the reviews know and this network does not; None for any other."""
    return refused("kind", kind, where)


def refused_assay(assay: str, where: str | None = None) -> InputError | None:
    """The error for an assay that this network has no mechanism for; None for any other name."""
    return refused("assay", assay, where)
