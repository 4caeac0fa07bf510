"""Why: the reactions that carried an effect, each with its evidence."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from lamella.report import words
from lamella.report.picture import Picture
from lamella.report.style import FAINT, INK, MUTED, PAPER, Look, figure, quiet_axes

_MOST_BARS = 14
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>\\^`{|}]+")


def causal_picture(causal: Mapping, looks: Mapping[str, Look]) -> Picture | None:
    """How large the effect is with the whole network, and without each reaction; None where nothing is finite.

    causal   quantity, cell, contrast {arm, against}, effect, reactions [{name, share_lost, effect_without, ...}]
    """
    arm = str(causal["contrast"]["arm"])
    whole = float(causal["effect"])
    rows = [r for r in _strongest_first(causal["reactions"]) if math.isfinite(float(r["effect_without"]))][:_MOST_BARS]
    if not rows or not math.isfinite(whole):
        return None
    colour = looks[arm].colour if arm in looks else MUTED
    drawn = figure(8.6, 0.85 + 0.40 * (len(rows) + 1))
    axes = drawn.subplots()
    axes.axvline(1.0, color=MUTED, linewidth=1.0)
    axes.axvline(whole, color=colour, linewidth=1.0, linestyle=(0, (4, 3)))
    names = ["whole network"]
    axes.plot([1.0, whole], [0, 0], color=colour, linewidth=5, solid_capstyle="butt")
    axes.plot([whole], [0], "o", color=colour, markersize=8)
    for place, reaction in enumerate(rows, start=1):
        left = float(reaction["effect_without"])
        axes.axhline(place, color=FAINT, linewidth=0.7, zorder=0)
        axes.plot([1.0, left], [place, place], color=colour, linewidth=5, alpha=0.4, solid_capstyle="butt")
        axes.plot([left], [place], "o", markerfacecolor=PAPER, markeredgecolor=colour, markersize=8)
        axes.annotate(_percent(reaction["share_lost"]), (1.015, place), xycoords=("axes fraction", "data"),
                      va="center", fontsize=8.5, color=INK, annotation_clip=False)
        names.append("without " + words.broken(str(reaction.get("name") or reaction["id"]), 46))
    axes.annotate("effect lost", (1.015, 0), xycoords=("axes fraction", "data"), va="center", fontsize=8.5,
                  color=MUTED, annotation_clip=False)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.6)
    title = words.shown(str(causal["quantity"])).title
    axes.set_xlabel(f"{title}: {arm} over {causal['contrast']['against']}")
    quiet_axes(axes)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    alt = (f"{title} of {arm} over {causal['contrast']['against']} is {words.ratio(whole)} with the whole network. "
           + " ".join(f"Without {r.get('name') or r['id']}: {words.ratio(float(r['effect_without']))}, "
                      f"{_percent(r['share_lost'])} of the effect lost." for r in rows))
    caption = ("Ratio between the two arms when one reaction is switched off in both, and the share of the effect that "
               "is lost with it. Shares need not add up to 100 %: reactions in a row share one effect.")
    return Picture(drawn, alt, caption)


def causal_table(causal: Mapping) -> str:
    """Every reaction with its law, its share and what it rests on."""
    body = []
    for reaction in _strongest_first(causal["reactions"]):
        name = str(reaction.get("name") or reaction["id"])
        claims = ", ".join(html.escape(str(claim)) for claim in reaction.get("claims") or ())
        sources = "".join(f"<li>{source_html(source)}</li>" for source in reaction.get("sources") or ())
        note = str(reaction.get("note") or "")
        body.append(
            f'<tr><th scope="row">{html.escape(name)}<br><code>{html.escape(str(reaction["id"]))}</code></th>'
            f'<td class="n">{_percent(reaction["share_lost"])}</td>'
            f'<td class="n">{words.ratio(float(reaction["effect_without"]))}</td>'
            f"<td><code>{html.escape(str(reaction.get('law') or words.MISSING))}</code></td>"
            f"<td>{claims or words.MISSING}</td>"
            f"<td>{f'<ul>{sources}</ul>' if sources else words.MISSING}"
            f"{f'<small>{html.escape(note)}</small>' if note else ''}</td></tr>")
    return ('<div class="scroll" tabindex="0" role="group" aria-label="Table of reactions"><table class="path">'
            "<caption>Reactions on the causal path and what they rest on</caption><thead><tr>"
            '<th scope="col">Reaction</th><th scope="col" class="n">Effect lost</th>'
            '<th scope="col" class="n">Ratio without</th><th scope="col">Rate law</th><th scope="col">Claims</th>'
            f'<th scope="col">Papers</th></tr></thead><tbody>{"".join(body)}</tbody></table></div>')


def causal_sentence(causal: Mapping) -> str:
    """One sentence: which reactions the effect hangs on."""
    contrast = causal["contrast"]
    start = (f"{words.shown(str(causal['quantity'])).title} in {causal['cell']}, {contrast['arm']} over "
             f"{contrast['against']}: {words.ratio(float(causal['effect']))}.")
    main = [r for r in _strongest_first(causal["reactions"]) if _finite(r["share_lost"]) >= 0.1][:3]
    if not main:
        return f"{start} No single reaction carries a tenth of the effect."
    named = [f"{r.get('name') or r['id']} ({_percent(r['share_lost'])})" for r in main]
    return f"{start} Most of it is lost without {words.joined(named)}." if _finite(main[0]["share_lost"]) > 0.5 \
        else f"{start} The largest shares are lost without {words.joined(named)}."


def source_html(source: object) -> str:
    """A paper: text, or {citation, doi}. A DOI in it becomes a link; nothing is loaded from it."""
    if isinstance(source, Mapping):
        doi = str(source.get("doi") or "")
        text = str(source.get("citation") or source.get("id") or "")
        text = f"{text}, doi:{doi}" if doi and doi not in text else text
    else:
        text = str(source)
    match = _DOI.search(text)
    if match is None:
        return html.escape(text)
    doi = match.group().rstrip(".,;)")
    end = match.start() + len(doi)
    link = f'<a href="https://doi.org/{html.escape(doi)}" rel="noreferrer">{html.escape(doi)}</a>'
    return html.escape(text[:match.start()]) + link + html.escape(text[end:])


def _strongest_first(reactions: Sequence[Mapping]) -> list[Mapping]:
    return sorted(reactions, key=lambda r: -_finite(r["share_lost"]))


def _finite(value: Any) -> float:
    number = float(value)
    return number if math.isfinite(number) else -math.inf


def _percent(share: Any) -> str:
    value = float(share)
    return f"{100 * value:.0f} %".replace("-", "−") if math.isfinite(value) else words.MISSING
