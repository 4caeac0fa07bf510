"""A run and its folder: claimed first, filled dish by dish, finished with data, summary and `run.toml`.

    DIR/run.toml               reproduces the run
    DIR/data/ASSAY.zarr        Dataset of an assay, replicates and arms first
    DIR/data/ASSAY_tracks.parquet
    DIR/data/ASSAY_labels/ARM.ome.zarr    pictures of the first dish of an arm
    DIR/movies/ASSAY-ARM.gif   the same, moving (written with the report)
    DIR/summary.json           means, intervals, effects, hashes
    DIR/units/                 finished dishes, for a run that is repeated; may be deleted
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lamella.assays.effects import compare, summary
from lamella.assays.experiment import Experiment
from lamella.assays.gather import PICTURES
from lamella.assays.ome_zarr import write_label_images
from lamella.assays.protocol import Assay
from lamella.assays.runner import OnProgress, OnUnit, Results, basis, run_units
from lamella.errors import LamellaError
from lamella.provenance import data_hash, machine, source_hash, versions
from lamella.store import Folder, Units, write_json, write_parquet, write_zarr


@dataclass(frozen=True)
class Outcome:
    """A finished run.

    experiment   as it was run
    results      Datasets and tracks
    arms         arm -> read-out -> mean, low, high, values
    comparisons  rows of arm, against, readout, effect, low, high, replicates, reason
    hashes       network, experiment, findings, data
    wall_s       seconds from claiming the folder to the written data
    """

    experiment: Experiment
    results: Results
    arms: dict[str, dict[str, dict[str, object]]]
    comparisons: list[dict[str, object]]
    hashes: dict[str, str]
    wall_s: float

    def table(self) -> dict[str, object]:
        """What `--json` prints and summary.json holds."""
        return {"title": self.experiment.title, "cell": self.experiment.cell,
                "lines": dict(self.experiment.lines), "seed": self.experiment.seed,
                "replicates": self.experiment.replicates, "without": list(self.experiment.without),
                "arms": self.arms, "comparisons": self.comparisons, "wall_s": round(self.wall_s, 3),
                "hashes": self.hashes}

    def provenance(self) -> dict[str, object]:
        """Versions, machine, seed and hashes, for a report."""
        return {"versions": versions(), "machine": machine(), "seed": self.experiment.seed, "hashes": self.hashes}


def run_experiment(experiment: Experiment, assays: Mapping[str, Assay], *, network_hash: str, out: Path | None = None,
                   threads: int = 1, on_unit: OnUnit | None = None, on_progress: OnProgress | None = None) -> Outcome:
    """Run every dish; with `out`, keep them there and write the data.

    Repeating the call after an interruption continues it, and gives the same bytes.

    network_hash   hash of the networks of the cell lines, `Experiment.network_hash`
    out            new or empty folder, or that of the same experiment
    raises         InputError before anything is computed where `out` cannot be used; see also `run_units`
    """
    started = time.perf_counter()
    folder = Folder(out) if out is not None else None
    if folder is not None:
        identity = f'experiment = "{experiment.hash()}"'
        folder.claim(identity, experiment.to_toml(written_by(experiment, network_hash)))
    try:
        results = run_units(experiment, assays, threads=threads, keep=Units(out / "units") if out else None,
                            on=basis(network_hash), on_unit=on_unit, on_progress=on_progress)
    except LamellaError:
        if folder is not None:
            folder.leave()
        raise
    readouts = {name: tuple(assays[name].readouts) for name in experiment.assays}
    hashes = {"network": network_hash, "experiment": experiment.hash(),
              "findings": source_hash("findings", suffixes=(".toml",)),
              "data": data_hash(results.datasets, results.tracks)}
    if out is not None:
        _write_data(out / "data", results)
    outcome = Outcome(experiment, results, summary(results.datasets, readouts, experiment.arms),
                      compare(results.datasets, readouts, experiment.compare), hashes, time.perf_counter() - started)
    if out is not None:
        write_json(out / "summary.json", outcome.table())
    return outcome


def written_by(experiment: Experiment, network_hash: str) -> dict[str, str]:
    """What bit identity depends on, for `run.toml`: versions, processor, network and experiment."""
    return {**versions(), **machine(), "network": network_hash, "experiment": experiment.hash()}


def differences(experiment: Experiment, network_hash: str) -> list[str]:
    """In what this program and machine differ from those that wrote the experiment's `run.toml`; nothing by hand."""
    now = written_by(experiment, network_hash)
    return [f"{name} was {value}, is {now[name]}" for name, value in experiment.written_by.items()
            if name in now and name != "experiment" and now[name] != value]


def _write_data(folder: Path, results: Results) -> None:
    for name, dataset in results.datasets.items():
        write_zarr(folder / f"{name}.zarr", dataset)
        if PICTURES in dataset and "site_um" in dataset.attrs:
            write_label_images(folder / f"{name}_labels", dataset[PICTURES], float(dataset.attrs["site_um"]))
    for name, table in results.tracks.items():
        write_parquet(folder / f"{name}_tracks.parquet", table)
