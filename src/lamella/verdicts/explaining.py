"""Why a finding or a run comes out as it does: the causal paths of its contrasts, without a dish.

A blot is explained by itself. A tissue is explained by what its cells hand it: engaged WAVE2 and active Cdc42
(protrusion), phosphorylated light chain (contraction), extended integrins (adhesion), where the contrast moves them.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log

from lamella.assays.experiment import Experiment
from lamella.errors import InputError
from lamella.findings import LEAST_EFFECT, Base, EventOrder, Finding, Optimum, OverPatients, Pulse, Saturates, Synergy
from lamella.networks import Perturbations, cell_lines
from lamella.verdicts.causal_path import CausalPath, causal_path
from lamella.verdicts.checking import BLOTS

HANDED_TO_TISSUE = ("WASF2.active", "CDC42.gtp", "MYL9.p", "integrin.active")
"""What the mechanics of a cell are made of."""


def explain(finding: Finding, *, cell: str | None = None, cells: int = 8, seed: int = 1,
            threads: int = 1) -> tuple[CausalPath, ...]:
    """The causal path of every reported contrast of a finding.

    cell     cell line; the first of the finding's that is built where not given
    cells    drawn cells per arm and reaction
    returns  one path per contrast and quantity, those of blots first; none for what the contrast does not move
    raises   InputError: none of the cell lines is built
    """
    built = [name for name in ([cell] if cell else finding.cells or cell_lines()) if name in cell_lines()]
    if not built:
        raise InputError(f"none of the cell lines of '{finding.id}' is built", where="cell")
    found = []
    for arm, against, quantity, at in dict.fromkeys(_contrasts(finding)):
        line = finding.line(arm, built[0])
        if arm == against or line != finding.line(against, built[0]):
            continue  # a path is of one network and two arms
        try:
            path = causal_path(line, Perturbations.model_validate(finding.arms[arm]),
                               Perturbations.model_validate(finding.arms[against]), quantity, matrix=finding.matrix,
                               medium=finding.medium, at=at, names=(arm, against), cells=cells, seed=seed,
                               threads=threads, halves_together=True)
        except InputError:
            continue
        if abs(log(path.effect)) >= log(LEAST_EFFECT):
            found.append(path)
    return tuple(found)


def explain_run(experiment: Experiment, arm: str, against: str, quantity: str, *, at: str = "24 h", cells: int = 8,
                threads: int = 1) -> CausalPath:
    """The causal path of one effect of an experiment, in its own cells.

    arm, against   names of two arms of one cell line
    quantity, at, cells   as in `causal_path`
    raises   InputError: arms of two lines; an experiment whose network is not the whole one; as `causal_path`
    """
    if experiment.line(arm) != experiment.line(against):
        raise InputError(f"'{arm}' and '{against}' are cells of two lines",
                         why="An effect between cell lines is carried by no single reaction.",
                         remedy="Compare two arms of one line under [explain].")
    if experiment.without or experiment.front_equals_rear:
        how = f"without {', '.join(experiment.without)}" if experiment.without else "with its front equal to its rear"
        raise InputError(f"the run is one {how}", why="An effect is traced in the whole network.",
                         remedy="Explain the same experiment, run with the whole network.")
    return causal_path(experiment.line(arm), experiment.arms[arm], experiment.arms[against], quantity,
                       matrix=experiment.matrix, medium=experiment.medium, at=at, names=(arm, against), cells=cells,
                       seed=experiment.seed, threads=threads, halves_together=True)


def _contrasts(finding: Finding) -> Iterator[tuple[str, str, str, str]]:
    """Arm, arm that it is set against, quantity of the network and time of every reported expectation."""
    reported = [expectation for expectation in finding.expect if not expectation.corollary]
    blots = [expectation for expectation in reported if expectation.assay in BLOTS]
    for expectation in blots:
        for quantity in expectation.quantities():
            yield (*_ends(expectation), quantity, expectation.at or "24 h")
    for expectation in reported:
        if expectation not in blots:
            for quantity in HANDED_TO_TISSUE:
                yield (*_ends(expectation), quantity, "24 h")


def _ends(expectation: Base) -> tuple[str, str]:
    """The two arms that an expectation is about: those of its relation, or the ends of its series."""
    if isinstance(expectation, (Optimum, Saturates)):
        return expectation.series[-1], expectation.series[0]
    if isinstance(expectation, Synergy):
        return expectation.both, expectation.control
    if isinstance(expectation, (Pulse, EventOrder, OverPatients)):
        return expectation.arm, "control"
    first, second, *_ = expectation.arms()
    return first, second
