"""What was done and how to do it again: arms, conditions, numbers dish by dish, provenance, the run's file."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from lamella.assays.effects import mean
from lamella.report import words

if TYPE_CHECKING:
    from lamella.assays.experiment import Experiment

_LONGEST_FILE = 200_000

_KINDS = {"knockdown": "knock-down", "knockout": "knock-out", "overexpression": "over-expression",
          "level_of": "level as in", "mutant": "mutant", "add_back": "added back into null cells",
          "inhibitor": "inhibitor", "antibody": "antibody or peptide", "coating": "coating", "factor": "factor",
          "gradient": "gradient", "bead": "beads", "pipette": "pipette", "blocked": "reactions stopped",
          "suspended": "in suspension"}


def facts(experiment: Experiment) -> list[tuple[str, str]]:
    """The experiment at a glance, as pairs of term and text."""
    pairs = [("Cells", ", ".join(experiment.cells())),
             ("Matrix", _doses(experiment.matrix) or "none"),
             ("Medium", _doses(experiment.medium) or "no factor added"),
             ("Arms", str(len(experiment.arms))), ("Dishes per arm", str(experiment.replicates)),
             ("Seed", str(experiment.seed))]
    if experiment.without:
        pairs.append(("Deleted reactions", ", ".join(experiment.without)))
    if experiment.front_equals_rear:
        pairs.append(("Front and rear", "the network sees the mean of its front and rear inputs"))
    return pairs


def facts_html(experiment: Experiment) -> str:
    rows = "".join(f"<div><dt>{html.escape(term)}</dt><dd>{html.escape(text)}</dd></div>"
                   for term, text in facts(experiment))
    return f'<dl class="facts">{rows}</dl>'


def arms_table(experiment: Experiment, swatches: Mapping[str, str]) -> str:
    """Arms and what is done to their cells, each with its colour.

    swatches   arm -> colour
    """
    rows = []
    for arm, perturbations in experiment.arms.items():
        own = [experiment.line(arm)] if experiment.lines else []
        own += [f"{assay}: {_doses(conditions)}" for assay, conditions in experiment.own_conditions(arm).items()]
        done = treatment(perturbations.model_dump(mode="json", exclude_defaults=True))
        done = "; ".join((*own, done)) if own else done
        rows.append(f'<tr><th scope="row"><span class="swatch" style="background:{html.escape(swatches[arm])}"></span>'
                    f"{html.escape(arm)}</th><td>{html.escape(done)}</td></tr>")
    return _table("Arms and what is done to their cells", ("Arm", "Treatment"), rows)


def treatment(done: Mapping[str, object]) -> str:
    """{'knockdown': {'XIAP': 0.9}} -> 'knock-down: XIAP 90 %'."""
    parts = []
    for kind, content in done.items():
        if isinstance(content, Mapping):
            entries = [f"{name} {_amount(kind, amount)}" for name, amount in content.items()]
        elif isinstance(content, (list, tuple)):
            entries = [str(item) for item in content]
        else:
            entries = [content] if isinstance(content, str) else []
        name = _KINDS.get(kind, kind)
        parts.append(f"{name}: {', '.join(entries)}" if entries else name)
    return "; ".join(parts) or "untreated"


def conditions_table(experiment: Experiment) -> str:
    """Conditions of every assay, defaults spelled out."""
    rows = [f'<tr><th scope="row">{html.escape(assay)}</th><td>{html.escape(key.replace("_", " "))}</td>'
            f"<td>{html.escape(words.dose(str(value)))}</td></tr>" for assay, conditions in experiment.assays.items()
            for key, value in conditions.model_dump(mode="json").items() if value is not None]
    return _table("Conditions of the assays", ("Assay", "Condition", "Value"), rows) if rows else ""


def values_table(name: str, readouts: Mapping[str, xr.DataArray]) -> str:
    """Mean, interval and every dish of every read-out, folded away."""
    rows = []
    for readout, values in readouts.items():
        kind = words.shown(readout, values)
        for arm in map(str, values["arms"].values):
            dishes = mean(kind.factor * np.asarray(values.sel(arms=arm).values, dtype=float))
            each = ", ".join(words.number(value) for value in dishes.values)
            rows.append(f'<tr><th scope="row">{html.escape(kind.label)}</th><td>{html.escape(arm)}</td>'
                        f'<td class="n">{words.number(dishes.mean)}</td>'
                        f'<td class="n">{words.interval(dishes.low, dishes.high)}</td><td>{each}</td></tr>')
    table = _table(f"Read-outs of {name}: mean over dishes, 95 % interval, each dish",
                   ("Read-out", "Arm", "Mean", "95 % interval", "Dishes"), rows, numeric=(2, 3))
    return f"<details><summary>All numbers, dish by dish</summary>{table}</details>"


def provenance_html(provenance: Mapping[str, object]) -> str:
    """Versions, machine, seed, hashes, command: whatever is given, groups with their own heading."""
    flat = [(str(key), value) for key, value in provenance.items() if not isinstance(value, Mapping)]
    groups = [("Run", flat)] if flat else []
    groups += [(str(key), [(str(k), v) for k, v in value.items()]) for key, value in provenance.items()
               if isinstance(value, Mapping)]
    blocks = []
    for title, entries in groups:
        rows = "".join(f"<div><dt>{html.escape(key.replace('_', ' '))}</dt><dd><code>{html.escape(str(value))}</code>"
                       "</dd></div>" for key, value in entries)
        heading = title.replace("_", " ")
        blocks.append(f"<h3>{html.escape(heading[:1].upper() + heading[1:])}</h3><dl class=\"record\">{rows}</dl>")
    return "".join(blocks)


def reproduce_html(run_file: str) -> str:
    """How to repeat the run, with the text of its file."""
    text = run_file if len(run_file) <= _LONGEST_FILE else run_file[:_LONGEST_FILE] + "\n# cut here; see run.toml"
    return ("<p>The file <code>run.toml</code> beside this report gives the same data to the bit, with the same "
            "versions and processor features:</p><pre><code>lamella run run.toml --out AGAIN</code></pre>"
            f"<details><summary>run.toml</summary><pre><code>{html.escape(text)}</code></pre></details>")


def _doses(doses: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {words.dose(dose)}" for name, dose in doses.items())


def _amount(kind: str, amount: object) -> str:
    """Fractions of a knock-down in per cent, folds with a sign."""
    if kind == "knockdown" and isinstance(amount, (int, float)):
        return f"{words.tick(100 * amount)} %"
    if kind == "overexpression" and isinstance(amount, (int, float)):
        return f"× {words.tick(amount)}"
    return words.dose(str(amount))


def _table(caption: str, heads: tuple[str, ...], rows: list[str], numeric: tuple[int, ...] = ()) -> str:
    head = "".join(f'<th scope="col"{" class=n" if place in numeric else ""}>{html.escape(text)}</th>'
                   for place, text in enumerate(heads))
    return (f'<div class="scroll" tabindex="0" role="group" aria-label="{html.escape(caption)}"><table>'
            f"<caption>{html.escape(caption)}</caption><thead><tr>{head}</tr></thead>"
            f'<tbody>{"".join(rows)}</tbody></table></div>')
