"""One call from a model to its time courses: any SBML or Antimony text, one cell or many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import xarray as xr

from lamella.errors import InputError
from lamella.provenance import machine, text_hash, versions
from lamella.reactions.sbml_units import time_name
from lamella.solve.pieces import Outcome, Progress, computed
from lamella.solve.request import Request, prepare
from lamella.solve.status import Status

RESERVED = ("times", "cells", "parameters", "status", "reason", "below_zero", "varied")
"""Names in a result that a model's own names must not take: those get an underscore behind them."""


def simulate(
    model: str | Path,
    span: float | str,
    *,
    begin: float | str = 0.0,
    points: int = 101,
    cells: int = 1,
    vary: float | str = 0.0,
    vary_only: Sequence[str] = (),
    values: Mapping[str, float] | None = None,
    show: Sequence[str] = (),
    stochastic: bool = False,
    method: str | None = None,
    seed: int = 1,
    rtol: float = 1e-6,
    atol: float | None = None,
    title: str | None = None,
    threads: int = 1,
    progress: Progress | None = None,
    keep: str | Path | None = None,
) -> xr.Dataset:
    """Time courses of a model.

    model      path of an SBML (.xml, .sbml) or Antimony (.ant, .txt) file, or the text itself
    span       end: a number in the model's own unit of time, or a quantity such as '24 h'; where the model does not
               state its unit, a quantity is converted to seconds
    begin      first time that is kept; the model itself starts at 0
    points     number of times, both ends among them
    cells      how many copies of the model, each with random streams of its own
    vary       spread between cells, 0.3 or '30%': values are multiplied by exp(vary * z), z standard normal; the first
               cell keeps the values of the model
    vary_only  the parameters and start values that vary, names or patterns such as 'k_*'; by default every constant
               parameter above 0, local ones of reactions included, but no species, compartment or stoichiometry
    values     parameter or species -> value (of a species: at the start) for all cells, in the measure of formulas
    show       names to keep, or patterns: species, parameters, rules, compartments, rates of reactions, 'amount:S',
               'concentration:S'; by default what changes in time by reactions, rules or events
    stochastic short for the method 'ssa'
    method     'rodas5p' (default) or 'rodas4' (stiff ordinary differential equations), 'ssa' (exact stochastic
               simulation), 'tau' (stochastic, many events at a time)
    seed       of the spread, of stochastic runs and of what the model itself draws
    rtol, atol tolerances; see `Population`
    title      what the result calls the model; by default its own id
    threads    cells computed side by side; changes no result
    progress   called with the finished share
    keep       folder in which a simulation that takes long keeps finished cells, so that the same call goes on where
               an interruption left it
    returns    Dataset with one variable per name, axes times and cells, attributes `units`, `long_name` and `kind`;
               `status` and `reason` [cells] tell which cells failed: their values are NaN from there on;
               `below_zero` [cells] is that of `Population`; `varied` [cells, parameters] the values that differ
    errors     InputError, ModelError; a cell that fails is no error
    """
    request = prepare(
        model, span, begin=begin, points=points, cells=cells, vary=vary, vary_only=vary_only, values=values, show=show,
        stochastic=stochastic, method=method, seed=seed, rtol=rtol, atol=atol, title=title,
    )  # fmt: skip
    return run(request, threads=threads, progress=progress, keep=keep)


def run(
    request: Request, *, threads: int = 1, progress: Progress | None = None, keep: str | Path | None = None
) -> xr.Dataset:
    """Simulate what was prepared; see `simulate`."""
    if threads < 1:
        raise InputError(f"threads is {threads}", why="It must be at least 1.")
    say = progress or (lambda share: None)
    outcome = computed(request, threads=int(threads), progress=say, keep=Path(keep) if keep is not None else None)
    return _dataset(request, outcome)


def result_names(columns: Sequence[str], reserved: Sequence[str] = RESERVED) -> dict[str, str]:
    """Name in the model -> name in a result, where the result's own names are taken."""
    taken, names = {*reserved, *columns}, {}
    for name in columns:
        names[name] = name
        while names[name] in reserved or (names[name] != name and names[name] in taken):
            names[name] += "_"
    return names


def _dataset(request: Request, outcome: Outcome) -> xr.Dataset:
    program, status = request.program, outcome.status
    unit = request.program.model.time_unit
    time_unit = time_name(unit) if unit else "s" if request.took_seconds else ""
    reasons = [
        "" if s == Status.OK else f"{Status(s).reason}, at {t:g} {time_unit}".strip()
        for s, t in zip(status, outcome.reached)
    ]
    names = result_names(request.columns)
    data = {}
    for k, name in enumerate(request.columns):
        data[names[name]] = (("times", "cells"), outcome.table[:, :, k], _about(request, name))
    data["status"] = ("cells", status)
    data["reason"] = ("cells", np.array(reasons, dtype=str))
    data["below_zero"] = ("cells", outcome.negative)
    coordinates = {"times": ("times", request.times, {"units": time_unit}), "cells": np.arange(len(status))}
    if request.varied:
        present = program.observe(request.states, request.parameters, 0.0, request.varied)
        data["varied"] = (("cells", "parameters"), present)
        coordinates["parameters"] = np.array(request.varied, dtype=str)
    return xr.Dataset(data, coordinates, {
        "model": request.title, "model_hash": text_hash(request.text), "method": request.method, "rtol": request.rtol,
        "seed": request.seed, "took_seconds": int(request.took_seconds),
        **{f"version_{key}": value for key, value in versions().items()}, **machine(),
    })  # fmt: skip


def _about(request: Request, name: str) -> dict[str, str]:
    """Unit, name for readers and kind of a column."""
    model = request.program.model
    measure, _, plain = name.rpartition(":")
    kind = model.kinds.get(plain, "reaction" if plain in model.reactions else "parameter")
    if plain in model.observables and kind == "parameter":
        kind = "rule"
    title = model.titles.get(plain, plain)
    return {"units": model.units.get(name, ""), "long_name": f"{title}, {measure}" if measure else title, "kind": kind}
