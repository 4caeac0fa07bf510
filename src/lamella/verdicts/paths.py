"""The causal path beside a verdict: the few reactions that carry the effects of a finding of blots that holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lamella.findings import Finding
from lamella.verdicts.causal_path import Carrier, CausalPath
from lamella.verdicts.explaining import explain

CELLS = 8
"""Drawn cells per arm and reaction, as many as `lamella explain` takes. With 16 a share moves by some hundredths."""

_SHOWN = 5
"""Reactions that are told of every contrast."""

_LEAST = 0.1
"""Share of the effect that must be lost without a reaction for it to be told."""


def paths_of(finding: Finding, *, cells: int = CELLS, seed: int = 1, threads: int = 1) -> list[dict[str, Any]]:
    """What a verdict keeps of `explain`: one row per contrast and quantity, in the first of its lines that is built.

    returns   rows of `cell`, `quantity`, `contrast`, `effect`, `reactions` and `stage`, strongest first; none where no
              contrast moves a quantity by a tenth, as where all is expected to stay as it is
    """
    return [_row(path) for path in explain(finding, cells=cells, seed=seed, threads=threads)]


def _row(path: CausalPath) -> dict[str, Any]:
    return {"cell": path.cell, "quantity": path.quantity, "contrast": {"arm": path.arm, "against": path.against},
            "effect": _rounded(path.effect), "reactions": [_carrier(c) for c in path.strongest(_LEAST)[:_SHOWN]],
            "stage": [c.reaction for c in path.stage(_LEAST)[:_SHOWN]]}


def _carrier(one: Carrier) -> Mapping[str, Any]:
    return {"id": one.reaction, "module": one.module, "share_lost": _rounded(one.share_lost),
            "claims": list(one.claims)}


def _rounded(value: float) -> float:
    """Four digits are more than a few cells carry."""
    return float(f"{value:.4g}")
