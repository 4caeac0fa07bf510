"""The frame of every page: one HTML file that needs nothing else, loads nothing and runs nothing."""

from __future__ import annotations

import html
from collections.abc import Sequence
from importlib import resources

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def framed(title: str, kicker: str, head: str, blocks: Sequence[tuple[str, str, str]], footer: str) -> str:
    """A whole page.

    title, kicker, footer   text
    head                    HTML below the title
    blocks                  key, heading (text) and HTML of every section; the keys are unique
    """
    style = resources.files("lamella.report").joinpath("page.css").read_text(encoding="utf-8")
    links = "".join(f'<li><a href="#{key}">{html.escape(heading)}</a></li>' for key, heading, _ in blocks)
    body = "".join(f'<section id="{key}" aria-labelledby="{key}-title"><h2 id="{key}-title">{html.escape(heading)}</h2>'
                   f"{content}</section>\n" for key, heading, content in blocks)
    return (f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{html.escape(title)}</title>\n"
            f"<style>\n{style}</style>\n</head>\n<body>\n<header>\n"
            f'<p class="kicker">{html.escape(kicker)}</p>\n<h1>{html.escape(title)}</h1>\n'
            f'{head}\n<nav aria-label="Contents"><ul>{links}</ul></nav>\n</header>\n<main>\n{body}'
            f"</main>\n<footer>{html.escape(footer)}</footer>\n</body>\n</html>\n")
