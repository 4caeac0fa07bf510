"""An assay as a function, for notebooks and for rooms that need one assay and no file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lamella.assays.archive import Outcome, run_experiment
from lamella.assays.experiment import build_experiment
from lamella.assays.protocol import Assay
from lamella.assays.reading import Source


def run_assay(assay: Assay, *, cell: str, arms: Mapping[str, Mapping[str, Any]],
              matrix: Mapping[str, str] | None = None, medium: Mapping[str, str] | None = None, seed: int = 1,
              replicates: int = 3, without: Sequence[str] = (), front_equals_rear: bool = False, threads: int = 1,
              out: Path | None = None, **conditions: object) -> Outcome:
    """Run one assay; every argument means what the key of the same name means in an experiment file.

        run_assay(SCRATCH, cell="HeLa", arms={"control": {}, "less XIAP": {"knockdown": {"XIAP": 0.9}}}, cells=100)

        run_assay(MIGRATION, cell="MEF", arms={"fibroblasts": {}, "leukocytes": {"cell": "neutrophil"}})

    conditions   keys of the assay's own table
    returns      Datasets, tracks, means and effects
    raises       InputError as for a file; the place is the key
    """
    content = {"cell": cell, "seed": seed, "replicates": replicates, "without": list(without),
               "front_equals_rear": front_equals_rear, "matrix": dict(matrix or {}), "medium": dict(medium or {}),
               "arms": {name: dict(arm) for name, arm in arms.items()}, "assays": {assay.name: conditions}}
    assays = {assay.name: assay}
    experiment = build_experiment(content, assays, Source())
    return run_experiment(experiment, assays, network_hash=experiment.network_hash(), threads=threads, out=out)
