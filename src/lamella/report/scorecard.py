"""The scorecard as one page: counts with denominators, effects, robustness, mutants, history, and every claim."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from lamella.provenance import versions
from lamella.report import words
from lamella.report.frame import framed
from lamella.report.picture import embedded
from lamella.report.score_figures import effects_picture, modules_picture, robustness_picture
from lamella.report.style import drawing

if TYPE_CHECKING:
    from lamella.verdicts import Scorecard, Verdict

_STATES = ("holds", "fails", "not_applicable", "open")
_MANY_EFFECTS = 45
"""Effects in one figure, about."""


def scorecard_page(card: Scorecard, history: Sequence[Mapping[str, Any]] = ()) -> str:
    """The text of the page. The same card and history give the same bytes."""
    with drawing():
        blocks = [("claims", "Claims", embedded(modules_picture(card), "claims-1") + _groups(card)),
                  ("records", "Findings", _records(card)), ("effects", "Effects", _effects(card))]
        robust = robustness_picture(card)
    if robust is not None:
        with drawing():
            blocks.append(("robustness", "Robustness", embedded(robust, "robustness-1")))
    if card.mutants is not None:
        blocks.append(("mutants", "Reactions and findings", _mutants(card.mutants)))
    if history:
        blocks.append(("history", "History", _history(history)))
    blocks.append(("index", "All claims", _index(card)))
    return framed(f"What the model makes of {card.totals()['of']} claims", "lamella: scorecard", _head(card), blocks,
                  "Judged by lamella. Intervals are over dishes: a replicate is a dish, never a cell. A finding that "
                  "fails is kept as failing; a tolerance is not widened to make one hold.")


def _head(card: Scorecard) -> str:
    total, check, calibrate = card.totals(), card.by("role").get("check"), card.by("role").get("calibrate")
    lead = (f"{total['holds'] + total['fails']} of {total['of']} claims were judged: {total['holds']} hold, "
            f"{total['fails']} fail. {total['not_applicable']} are not applicable, {total['open']} are open.")
    facts = {"Check claims": check, "Calibrate claims": calibrate, "Blind check claims": card.by("blind").get("blind")}
    shown = "".join(f"<div><dt>{html.escape(name)}</dt><dd>{_spoken(counts)}</dd></div>"
                    for name, counts in facts.items() if counts)
    shown += f"<div><dt>Version</dt><dd>{html.escape(versions()['lamella'])}</dd></div>"
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in card.notes())
    return f'<p class="lead">{lead}</p>\n<ul class="findings">{notes}</ul>\n<dl class="facts">{shown}</dl>'


def _spoken(counts: Mapping[str, int]) -> str:
    return (f"{counts['holds']} hold, {counts['fails']} fail, {counts['not_applicable']} not applicable, "
            f"{counts['open']} open, of {counts['of']}")


def _groups(card: Scorecard) -> str:
    """Counts of every group; rows of which nothing was judged are left out."""
    rows: list[Sequence[str]] = [("all claims", *_cells(card.totals()))]
    for group in ("role", "blind", "inhibition", "discriminating", "review", "kind", "module"):
        for value, counts in card.by(group).items():
            if counts["of"] > counts["open"] and (group, value) not in _UNSAID:
                rows.append((f"{_GROUP[group]} {value.replace('_', ' ')}", *_cells(counts)))
    for role in ("check", "calibrate"):
        rows.append((f"records, {role}", *_cells(card.records(role))))
    rows.append(("reported expectations", *_cells(card.expectations(corollary=False))))
    rows.append(("our own corollaries", *_cells(card.expectations(corollary=True))))
    rows += [(name, *_cells(totals)) for name, totals in card.since_the_first().items()]
    return _table("Counts, always with their denominators", ("", "holds", "fails", "not applicable", "open", "of"),
                  rows, numbers=range(1, 6))


_UNSAID = (("blind", "calibrate"), ("discriminating", "other"))
_GROUP = {"role": "role", "blind": "check,", "inhibition": "records with", "discriminating": "discriminating,",
          "review": "review", "kind": "kind", "module": "module"}


def _cells(counts: Mapping[str, int]) -> tuple[str, ...]:
    return (*(str(counts[state]) if state in counts else "" for state in _STATES), str(counts["of"]))


def _records(card: Scorecard) -> str:
    """Every finding that was judged: verdict, claim, reason, stability and robustness."""
    order = {"fails": 0, "not applicable": 1, "holds": 2}
    rows = []
    for verdict in sorted(card.verdicts, key=lambda v: (order[v.outcome.value], v.finding.id)):
        finding, outcome = verdict.finding, verdict.outcome.value
        robust = card.robustness.get(finding.id)
        stands = words.MISSING if robust is None else (
            f"{robust['stands']} of {robust['of']}"
            f"<small>{100 * robust['low']:.0f} to {100 * robust['high']:.0f} %</small>")
        rows.append((f'<b class="verdict {outcome.replace(" ", "-")}">{outcome}</b>'
                     + ("" if verdict.settled else "<small>not settled: time was up</small>"),
                     f"{html.escape(finding.claim)}<small><code>{html.escape(finding.id)}</code></small>",
                     f"{', '.join(finding.claims)}<small>{finding.role}</small>", _reason(verdict),
                     _stability(verdict), stands))
    heads = ("Verdict", "Claim", "Serves", "Reason", "Threshold halved, doubled", "Ensemble")
    return _table("Findings, those that fail first", heads, rows, raw=True)


def _reason(verdict: Verdict) -> str:
    """What decided it, and what the model lacks where it fails."""
    return html.escape(verdict.reason) + (f"<small>{html.escape(verdict.lacks)}</small>" if verdict.lacks else "")


def _stability(verdict: Verdict) -> str:
    """How many reported expectations keep their verdict when the threshold is halved or doubled."""
    judged = [e for cell in verdict.cells for e in cell.expectations if e.moved and not e.corollary]
    if not judged:
        return words.MISSING
    kept = [sum(e.moved[name] is e.outcome for e in judged) for name in ("looser", "stricter")]
    return f"{kept[0]} and {kept[1]} of {len(judged)}<small>keep their verdict</small>"


def _effects(card: Scorecard) -> str:
    """One figure or more per module."""
    parts = []
    by_module = sorted(card.verdicts, key=lambda v: (v.finding.module, v.finding.id))
    for module, verdicts in groupby(by_module, key=lambda v: v.finding.module):
        for number, chunk in enumerate(_chunks(list(verdicts)), start=1):
            picture = effects_picture(chunk, module.replace("_", " ").capitalize())
            if picture is not None:
                with_number = f"effects-{module.replace('_', '-')}-{number}"
                parts.append(embedded(picture, with_number))
    return "".join(parts) or "<p>Nothing was judged on an effect yet.</p>"


def _chunks(verdicts: list[Verdict]) -> Iterable[list[Verdict]]:
    """Findings in groups of not many more effects than a figure holds."""
    chunk: list[Verdict] = []
    count = 0
    for verdict in verdicts:
        chunk.append(verdict)
        count += sum(len(e.effects) for cell in verdict.cells for e in cell.expectations)
        if count >= _MANY_EFFECTS:
            yield chunk
            chunk, count = [], 0
    if chunk:
        yield chunk


def _mutants(mutants: Mapping[str, Any]) -> str:
    counts = mutants["counts"]
    text = (f"<p>Every reaction was switched off in turn. Of {counts['of']}, {counts['supported']} break a finding "
            f"that holds with the whole network; {counts['unsupported']} break none, so that no finding supports them; "
            f"{counts['undecided']} break no blot but move what cells hand a tissue that was not run.</p>")
    if mutants["unbroken"]:
        text += ("<p>No single reaction breaks "
                 + ", ".join(f"<code>{html.escape(name)}</code>" for name in mutants["unbroken"])
                 + ": several ways lead to each of these.</p>")
    rows = [(f"{html.escape(row['reaction'].replace('_', ' '))}<br><code>{html.escape(row['reaction'])}</code>",
             html.escape(row["module"].replace("_", " ")),
             "<ul>" + "".join(f"<li>{html.escape(name)}</li>" for name in row["findings"]) + "</ul>")
            for row in mutants["reactions"] if row["findings"]]
    bare = [row for row in mutants["reactions"] if row["reaction"] in set(mutants["unsupported"])]
    lines = "".join(f"<li>{html.escape(module.replace('_', ' '))}: "
                    f"{', '.join(html.escape(row['reaction']) for row in group)}</li>"
                    for module, group in ((m, list(g)) for m, g in groupby(
                        sorted(bare, key=lambda r: r["module"]), key=lambda r: r["module"])))
    return (f"{text}<h3>Reactions that no finding supports</h3><ul class=\"findings\">{lines}</ul>"
            f"<h3>Findings that break</h3>"
            + _table("Reactions that findings support", ("Without", "Module", "breaks"), rows, raw=True))


def _history(history: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for line in reversed(history):
        check, total = line.get("check") or {}, line.get("all") or {}
        rows.append((str(line.get("date", "")), str(line.get("version", "")), str(line.get("program", "")),
                     *(f"{counts.get('holds', 0)} / {counts.get('fails', 0)} / {counts.get('not_applicable', 0)} / "
                       f"{counts.get('open', 0)} of {counts.get('of', 0)}" for counts in (total, check))))
    return _table("Earlier scores, newest first: holds / fails / not applicable / open",
                  ("Date", "Version", "Program", "All claims", "Check claims"), rows)


def _index(card: Scorecard) -> str:
    """All claims, one line each, folded; where there is no record, why not."""
    rows = [(claim.id, claim.says, claim.state.replace("_", " "), claim.role, claim.module.replace("_", " "),
             claim.why or (claim.record if claim.record != "open" else words.MISSING)) for claim in card.claims]
    table = _table(f"{len(rows)} claims", ("Claim", "Says", "State", "Role", "Module", "Record, or why there is none"),
                   rows)
    return f"<details><summary>Show all {len(rows)} claims</summary>{table}</details>"


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Iterable[int] = (),
           raw: bool = False) -> str:
    """A table that scrolls sideways.

    numbers   columns set to the right
    raw       cells are HTML already
    """
    right = set(numbers)
    kind = lambda column: ' class="n"' if column in right else ""
    top = "".join(f'<th scope="col"{kind(i)}>{html.escape(text)}</th>' for i, text in enumerate(heads))
    body = "".join("<tr>" + "".join(f"<td{kind(i)}>{cell if raw else html.escape(cell)}</td>"
                                    for i, cell in enumerate(row)) + "</tr>" for row in rows)
    return (f'<div class="scroll" tabindex="0" role="group" aria-label="{html.escape(caption)}"><table>'
            f"<caption>{html.escape(caption)}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody>"
            "</table></div>")
