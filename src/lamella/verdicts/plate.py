"""A plate: dishes that are alike in all but their number, named by what is in them and not by the arm that they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lamella.assays.protocol import Conditions, Setting
from lamella.networks import Perturbations, line_hash
from lamella.provenance import value_hash

_AT_THE_END = frozenset({"inhibitor", "antibody", "blocked", "gradient", "bead", "pipette", "shear", "stretch",
                         "factor", "suspended"})
"""Kinds of perturbation that as a rule come only when cells have grown."""


@dataclass(frozen=True)
class Plate:
    """Dishes of one kind: everything but the number of the replicate.

    scaled   parameter or constant of the exchange -> factor on its value
    label    for error messages: the arm as the finding calls it; does not change a number
    """

    assay: str
    conditions: Conditions
    cell: str
    perturbations: Perturbations
    matrix: Mapping[str, str]
    medium: Mapping[str, str]
    without: tuple[str, ...] = ()
    scaled: Mapping[str, float] = field(default_factory=dict)
    label: str = field(default="", compare=False)

    def content(self) -> dict[str, object]:
        """All that a dish depends on but seed and replicate, as plain values."""
        return {"assay": self.assay, "conditions": self.conditions.model_dump(mode="json"), "cell": self.cell,
                "perturbations": self.perturbations.model_dump(mode="json"),
                "levels": [line_hash(other) for other in self.perturbations.level_of.values()],
                "matrix": dict(self.matrix),
                "medium": dict(self.medium), "without": sorted(self.without), "scaled": dict(self.scaled)}

    @cached_property
    def key(self) -> str:
        """Hash of the content: plates with the same key hold the same dishes."""
        return value_hash(self.content())

    @cached_property
    def growth(self) -> str:
        """Plates with the same one most likely hold cells that have grown alike. A guess that changes no number."""
        grown = self.perturbations.model_dump(mode="json", exclude=set(_AT_THE_END))
        return value_hash([self.cell, grown, dict(self.matrix), dict(self.medium), sorted(self.without),
                           dict(self.scaled)])

    def setting(self, seed: int, replicate: int) -> Setting:
        """One dish of it."""
        return Setting(cell=self.cell, arm=self.label or "arm", perturbations=self.perturbations,
                       matrix=dict(self.matrix), medium=dict(self.medium), seed=seed, replicate=replicate,
                       without=self.without, scaled=self.scaled)
