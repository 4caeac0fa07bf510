"""The report as one HTML file that needs nothing else."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import xarray as xr

from lamella.report.causal import causal_picture, causal_sentence, causal_table
from lamella.report.effects import Row, effects_picture, effects_table
from lamella.report.frame import framed
from lamella.report.picture import embedded
from lamella.report.record import arms_table, conditions_table, facts_html, provenance_html, reproduce_html
from lamella.report.sections import Scene, assay_sections, slug
from lamella.report.story import summary
from lamella.report.style import drawing, looks
from lamella.store import write_text

if TYPE_CHECKING:
    from lamella.assays.experiment import Experiment

NAME = "report.html"


def write_report(out_dir: Path, experiment: Experiment, results: Mapping[str, xr.Dataset],
                 tracks: Mapping[str, pd.DataFrame], comparisons: Sequence[Row], provenance: Mapping[str, object],
                 causal: Mapping | None = None) -> Path:
    """Write report.html into `out_dir`, whole or not at all. The same arguments give the same bytes.

    results      assay -> Dataset with the axes replicates and arms; variables may carry `long_name` and `units`
    tracks       assay -> table: arm, replicate, cell, time_s, x_um, y_um, and where known axis_x, axis_y, edge
    comparisons  rows of arm, against, readout, effect, low, high, replicates, reason
    provenance   versions, machine, seed, hashes, command: shown as given
    causal       quantity, cell, contrast {arm, against}, effect (ratio), and reactions: id, name, law, share_lost,
                 effect_without, claims, sources (text, or {citation, doi}), note; None where none was computed
    returns      path of the report
    """
    out_dir = Path(out_dir)
    run_file = out_dir / "run.toml"
    text = run_file.read_text(encoding="utf-8", errors="replace") if run_file.is_file() else experiment.to_toml({})
    with drawing():
        page = report_html(experiment, results, tracks, comparisons, provenance, causal, text)
    write_text(out_dir / NAME, page)
    return out_dir / NAME


def control_of(experiment: Experiment) -> str | None:
    """The arm that most comparisons are against, the first arm where there are none; None with a single arm."""
    arms = list(experiment.arms)
    if len(arms) < 2:
        return None
    against = [entry.against for entry in experiment.compare]
    return max(arms, key=lambda arm: (against.count(arm), -arms.index(arm)))


def report_html(experiment: Experiment, results: Mapping[str, xr.Dataset], tracks: Mapping[str, pd.DataFrame],
                comparisons: Sequence[Row], provenance: Mapping[str, object], causal: Mapping | None,
                run_file: str) -> str:
    """The text of the page. Call inside `style.drawing()`."""
    control = control_of(experiment)
    scene = Scene(", ".join(experiment.cells()), looks(list(experiment.arms), control), control,
                  tuple(dict.fromkeys(str(row["readout"]) for row in comparisons)))
    blocks: list[tuple[str, str, str]] = []
    for assay, dataset in results.items():
        parts = assay_sections(assay, dataset, tracks.get(assay), scene)
        body = "".join(f"<h3>{html.escape(part.title)}</h3>{part.body}" for part in parts)
        blocks.append((f"assay-{slug(assay)}", _assay_title(assay), body or "<p>This assay gave no variable that can "
                       "be drawn; its data are in the run's folder.</p>"))
    if comparisons:
        blocks.append(("effects", "Effects", _effects(comparisons, scene)))
    if causal is not None:
        blocks.append(("why", "Why", _why(causal, scene)))
    swatches = {arm: look.colour for arm, look in scene.looks.items()}
    blocks.append(("done", "What was done", arms_table(experiment, swatches) + conditions_table(experiment)))
    blocks.append(("provenance", "Provenance", provenance_html(provenance)))
    blocks.append(("again", "How to reproduce", reproduce_html(run_file)))
    return _page(experiment, summary(comparisons, control), _unique(blocks))


def _effects(comparisons: Sequence[Row], scene: Scene) -> str:
    picture = effects_picture(comparisons, scene.looks)
    return (embedded(picture, "effects-1") if picture else "") + effects_table(comparisons)


def _why(causal: Mapping, scene: Scene) -> str:
    picture = causal_picture(causal, scene.looks)
    figure = embedded(picture, "why-1") if picture else ""
    return f"<p>{html.escape(causal_sentence(causal))}</p>{figure}{causal_table(causal)}"


def _assay_title(assay: str) -> str:
    text = assay.replace("_", " ")
    return f"{text[:1].upper()}{text[1:]} assay"


def _unique(blocks: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Blocks with a number behind an id that an earlier one has."""
    seen: dict[str, int] = {}
    renamed = []
    for key, title, body in blocks:
        seen[key] = seen.get(key, 0) + 1
        renamed.append((key if seen[key] == 1 else f"{key}-{seen[key]}", title, body))
    return renamed


def _findings(sentences: Sequence[str]) -> str:
    """What came out: the first sentence as it is, the others as a list."""
    if not sentences:
        return ""
    others = "".join(f"<li>{html.escape(text)}</li>" for text in sentences[1:])
    return (f'<p class="lead">{html.escape(sentences[0])}</p>\n'
            + (f'<ul class="findings">{others}</ul>\n' if others else ""))


def _page(experiment: Experiment, lead: Sequence[str], blocks: Sequence[tuple[str, str, str]]) -> str:
    title = experiment.title or f"{', '.join(experiment.assays)} on {', '.join(experiment.cells())}"
    return framed(title, "lamella: a virtual experiment", _findings(lead) + facts_html(experiment), blocks,
                  "Simulated by lamella. Intervals are over dishes: a replicate is a dish, never a cell.")
