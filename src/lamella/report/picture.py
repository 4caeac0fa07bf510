"""A figure as a piece of HTML: inline SVG that follows the page's colours, or PNG where that is much smaller."""

from __future__ import annotations

import base64
import html
import io
import re
from dataclasses import dataclass

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from lamella.report.style import FAINT, INK, MUTED, PAPER

_LONGEST_SVG = 450_000
"""Characters above which a PNG is taken where it is smaller: a drawing of that size is slow to show."""

_THEME = {INK: "var(--ink)", MUTED: "var(--muted)", FAINT: "var(--faint)", PAPER: "var(--paper)"}
_REFERENCES = re.compile(r'(\bid="|url\(#|href="#)')
_ID = re.compile(r' id="([^"]*)"')
_NOISE = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w#])(-?\d+\.\d{3})\d+")


@dataclass(frozen=True)
class Picture:
    """A figure and the words that belong to it.

    alt      what a reader who cannot see it should know, one or two sentences
    caption  what is drawn, where a statistic is drawn also over what
    """

    figure: Figure
    alt: str
    caption: str


def embedded(picture: Picture, name: str) -> str:
    """<figure> with caption. `name` is unique in the page and starts the ids of the drawing.

    Call inside `style.drawing()`. The same figure gives the same bytes.
    """
    drawing = _svg(picture.figure, name, picture.alt)
    if len(drawing) > _LONGEST_SVG:
        image = _png(picture.figure, picture.alt)
        drawing = min(drawing, image, key=len)
    return (f'<figure id="{html.escape(name)}"><div class="plate" tabindex="0" role="group" '
            f'aria-label="Figure, scrolls sideways on small screens">{drawing}</div>'
            f"<figcaption>{html.escape(picture.caption)}</figcaption></figure>")


def png_bytes(figure: Figure, *, dpi: float) -> bytes:
    """The figure on white paper, without date or version in the file."""
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_figure(buffer, format="png", dpi=dpi, facecolor="white",
                                         metadata={"Software": None})
    return buffer.getvalue()


def svg_bytes(figure: Figure) -> bytes:
    """The figure as an SVG file on white paper, without date or version. The same figure gives the same bytes."""
    buffer = io.StringIO()
    FigureCanvasSVG(figure).print_figure(
        buffer, format="svg", facecolor="white", metadata={"Date": None, "Creator": None}
    )
    return _NOISE.sub("", buffer.getvalue()).strip().encode()


def _svg(figure: Figure, name: str, alt: str) -> str:
    buffer = io.StringIO()
    FigureCanvasSVG(figure).print_figure(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = _NOISE.sub("", buffer.getvalue()).strip()
    opening, _, inside = text.partition(">")
    width, height = re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', opening)[0]
    used = set(re.findall(r'(?:url\(|href=")#([^")]+)', inside))
    inside = _ID.sub(lambda match: match.group() if match.group(1) in used else "", inside)
    inside = _REFERENCES.sub(rf"\g<1>{name}-", inside)
    for placeholder, variable in _THEME.items():
        inside = inside.replace(placeholder, variable)
    inside = _rounded(inside)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
            f'aria-label="{html.escape(alt)}" viewBox="0 0 {width} {height}" style="--wide:{float(width):.0f}">'
            + re.sub(r"\n\s*", "\n", inside))


def _rounded(text: str) -> str:
    """Coordinates to a thousandth of a point, outside embedded pixels."""
    pieces = re.split(r'("data:image/png;base64,[^"]*")', text)
    return "".join(piece if number % 2 else _NUMBER.sub(r"\1", piece) for number, piece in enumerate(pieces))


def _png(figure: Figure, alt: str) -> str:
    width, height = figure.get_size_inches()
    data = base64.b64encode(png_bytes(figure, dpi=160)).decode()
    return (f'<img class="paper" alt="{html.escape(alt)}" width="{width * 96:.0f}" height="{height * 96:.0f}" '
            f'style="--wide:{width * 72:.0f}" src="data:image/png;base64,{data}">')
