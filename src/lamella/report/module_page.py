"""The page of one module: its drawing, its reactions in words with their evidence, its numbers with their sources."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from lamella.findings import index
from lamella.networks.library import Evidence, Module, Parameter, sources
from lamella.report.frame import framed
from lamella.report.module_diagram import module_picture, spoken_form
from lamella.report.module_story import Step, Story, story
from lamella.report.picture import embedded
from lamella.report.style import drawing

_PLACES = {("front", "rear"): "at the front and at the rear", ("front",): "at the front", ("rear",): "at the rear"}
_GRADES = {"measured": "measured", "order": "order of magnitude", "fitted": "fitted to findings", "assumed": "assumed",
           "construct": "0 or 1 of a wild-type, untreated cell"}
_READ = {"text": "read", "memory": "from memory", "none": "ours"}
_HEADS = ("name", "value", "unit", "how well known", "source", "note")


def module_page(name: str, cell: str = "HeLa") -> str:
    """A whole page.   raises InputError: no such module or cell line"""
    told = story(name, cell)
    one = told.module
    blocks = [("parameters", "Its numbers", _parameters(list(one.parameters.values())))]
    if sums := _sums(one):
        blocks.insert(0, ("sums", "What it computes on the way", sums))
    if told.steps:
        with drawing():
            figure = embedded(module_picture(told), "module")
        blocks = [("drawing", "The module", figure), ("reactions", "What happens", _reactions(told)), *blocks]
    head = (f'<p class="lead">{html.escape(one.summary)}</p><p>{len(told.steps)} reactions, {len(one.parameters)} '
            f"parameters. What drives and slows is read in a {html.escape(told.cell)} cell of median levels, grown on "
            "fibronectin.</p>")
    return framed(one.title, "lamella, network", head, blocks, f"From {one.path} and the table beside it.")


def _sums(one: Module) -> str:
    """Formulas of the file that are no reactions."""
    found = re.findall(r"(?:^|;)\s*(\w+)\s*:=\s*([^;\n]+)", one.body, flags=re.M)
    told = (f"{name} = {formula.strip()}" for name, formula in found)
    return "".join(f"<p><code>{html.escape(text)}</code></p>" for text in told)


def _reactions(told: Story) -> str:
    return "".join(_reaction(step) for step in told.steps)


def _reaction(step: Step) -> str:
    names = lambda forms: " + ".join(spoken_form(form) for form in forms) or "nothing"
    acts = [f"{verb} {', '.join(map(spoken_form, forms))}"
            for verb, forms in (("driven by", step.drives), ("slowed by", step.slows)) if forms]
    where = _PLACES.get(step.places, "")
    details = "; ".join(part for part in (where, *acts) if part)
    return (f'<article id="{html.escape(step.name)}"><h3>{html.escape(names(step.before))} → '
            f"{html.escape(names(step.after))}</h3><p>{html.escape(step.evidence.says)}</p>"
            f"<p>{html.escape(details[:1].upper() + details[1:])}{'.' if details else ''} "
            f"<code>{html.escape(step.name)}</code></p>{_evidence(step.evidence)}</article>")


def _evidence(why: Evidence) -> str:
    says = {line.id: line.says for line in index()}
    rows = [f"{html.escape(claim)}: {html.escape(says.get(claim, 'no claim of the index'))}." for claim in why.claims]
    for key in why.sources:
        source = sources()[key]
        cited = html.escape(source.citation)
        if source.doi:
            cited = f'<a href="https://doi.org/{html.escape(source.doi)}">{cited}</a>'
        rows.append(f"{cited} ({_READ[source.read]})")
    return f"<ul>{''.join(f'<li>{row}</li>' for row in rows)}</ul>" if rows else ""


def _parameters(rows: Sequence[Parameter]) -> str:
    if not rows:
        return "<p>It has none of its own.</p>"
    body = "".join(
        f"<tr><th scope=row><code>{html.escape(p.name)}</code></th><td>{p.value:g}</td>"
        f"<td>{html.escape('' if p.unit == '1' else p.unit)}</td><td>{_GRADES[p.grade]}"
        f"{' (' + html.escape(', '.join(p.fitted_to)) + ')' if p.fitted_to else ''}</td>"
        f"<td>{html.escape(sources()[p.source].citation)}</td><td>{html.escape(p.note)}</td></tr>" for p in rows)
    heads = "".join(f"<th scope=col>{head}</th>" for head in _HEADS)
    return ('<div class="scroll" tabindex="0" role="group" aria-label="Parameters"><table>'
            f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>")
