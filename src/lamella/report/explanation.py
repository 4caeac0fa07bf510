"""Why, in words: each contrast of a finding or a run, the reactions that carry it, and what they rest on."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from lamella.report import words
from lamella.report.causal import causal_picture, causal_table
from lamella.report.frame import framed
from lamella.report.picture import Picture, embedded, png_bytes
from lamella.report.route import route_picture
from lamella.report.style import drawing, looks
from lamella.store import replacing, write_text

if TYPE_CHECKING:
    from lamella.verdicts import CausalPath, Route

_DPI = 160
_MOST = 6
"""Reactions told of per contrast."""


def told(path: CausalPath, way: Route, claims: Mapping[str, str]) -> str:
    """A causal path in sentences, with the evidence of each reaction.

    claims   claim -> what the index says of it
    """
    names = words.joined([_familiar(name) for name in way.starts]) or "the arms"
    rise = "rises" if path.effect > 1.0 else "falls"
    lines = [f"{path.quantity} in {path.cell} {rise} to {path.effect:.3g}-fold in '{path.arm}' over '{path.against}'. "
             f"What differs is {names}."]
    chain = _chain(way)
    if chain:
        lines.append(f"The way: {chain}.")
    carried = path.strongest(0.1)[:_MOST]
    if not carried:
        lines.append("No single reaction carries a tenth of it while leaving the control as it was.")
    for carrier in carried:
        lines.append(f"- {carrier.reaction.replace('_', ' ')} ({100 * carrier.share_lost:.0f} % of the effect is lost "
                     f"without it): {carrier.says}")
        lines += [f"    {claim}: {claims.get(claim, 'not in the index')}" for claim in carrier.claims]
        lines += [f"    {source['citation']}{', doi:' * ('doi' in source)}{source.get('doi', '')}"
                  for source in carrier.sources]
    stage = [c.reaction.replace("_", " ") for c in path.stage(0.5)][:_MOST]
    if stage:
        lines.append(f"It also needs {words.joined(stage)}, without which cells die or the control itself is another "
                     "one.")
    return "\n".join(lines)


def _familiar(name: str) -> str:
    return {"matrix": "what the cells stand on", "medium": "what is in the medium"}.get(name, name)


def _chain(way: Route) -> str:
    """The arrows from what was done to what was read, shortest way, in words."""
    arrows = {(s.source, s.target): s for s in reversed(way.steps) if s.source != s.target}
    routes: list[tuple[str, ...]] = [(start,) for start in way.starts]
    seen, found = set(way.starts), []
    while routes and not found:
        found = [one for one in routes if one[-1] in way.ends and len(one) > 1]
        further = [(*one, target) for one in routes for (source, target) in arrows
                   if source == one[-1] and target not in seen]
        seen |= {one[-1] for one in further}
        routes = further
    said = []
    for one in found:
        parts = [one[0]]
        for source, target in pairwise(one):
            step = arrows[source, target]
            parts.append(f"{'raises' if step.raises else 'lowers'} {target} ({step.what})")
        said.append(" ".join([parts[0], ", which ".join(parts[1:])]))
    return "; ".join(said)


def write_explanation(file: Path, title: str, paths: Sequence[tuple[CausalPath, Route]],
                      claims: Mapping[str, str]) -> None:
    """Draw the paths: an .html page with all of them, or an .svg or .png of the first.

    raises   ValueError: another ending
    """
    with drawing():
        if file.suffix == ".png":
            content = png_bytes(route_picture(*paths[0]).figure, dpi=_DPI)
            with replacing(file) as lent:
                lent.write_bytes(content)
        elif file.suffix == ".svg":
            with replacing(file) as lent:
                route_picture(*paths[0]).figure.savefig(lent, format="svg", facecolor="white", metadata={"Date": None})
        elif file.suffix == ".html":
            write_text(file, _page(title, paths, claims))
        else:
            raise ValueError(f"'{file.suffix}' is none of .html, .svg, .png")


def _page(title: str, paths: Sequence[tuple[CausalPath, Route]], claims: Mapping[str, str]) -> str:
    blocks = []
    for number, (path, way) in enumerate(paths, start=1):
        causal = path.to_dict()
        pictures: list[Picture | None] = [route_picture(path, way),
                                          causal_picture(causal, looks([path.arm, path.against], path.against))]
        drawn = "".join(embedded(one, f"path-{number}-{k}") for k, one in enumerate(pictures, start=1) if one)
        text = "".join(f"<p>{html.escape(line)}</p>" for line in told(path, way, claims).splitlines()[:2])
        blocks.append((f"path-{number}", f"{path.quantity}: {path.arm} over {path.against}",
                       f"{text}{drawn}{causal_table(causal)}"))
    return framed(title, "lamella: why", "", blocks, "Every reaction was switched off in turn, in both arms, in the "
                  "same cells; computed by lamella without a dish.")
