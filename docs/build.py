"""Builds the pages of this folder into HTML, and runs every example in them on the way.

    python docs/build.py build/docs

Beside the pages stand one for every module of the network and one of all drugs and antibodies, made from the library.
Pictures that the examples made are shown where the page links them. A fenced block of the language `sh` or `python` is
executed, in the order of the page and in a folder of its own, and
what it prints is shown below it; one of any language with `file=NAME`
is written to NAME there. Python blocks know the folder of the project as `root`. An example that fails fails the build.
"""

import base64
import contextlib
import html
import io
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

PAGES = Path(__file__).parent
LONGEST = 40
"""Lines of output shown below an example."""

FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
body {{ font: 16px/1.55 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #222; }}
pre {{ background: #f5f5f2; padding: .7rem 1rem; overflow-x: auto; font-size: .85rem; }}
pre.output {{ background: none; border-left: 3px solid #ccc; margin-top: -.6rem; }}
table {{ border-collapse: collapse; }}
img {{ max-width: 100%; }}
td, th {{ border-bottom: 1px solid #ddd; padding: .3rem .7rem; text-align: left; }}
</style></head><body>
{body}
</body></html>
"""


def shell(code: str, folder: Path) -> str:
    """Output of a shell block. Raises RuntimeError with it where a command fails."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", code], cwd=folder, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env={**os.environ, "PATH": path, "COLUMNS": "100"})
    if done.returncode:
        raise RuntimeError(f"ended with code {done.returncode}:\n{done.stdout}")
    return done.stdout


def python(code: str, folder: Path, names: dict) -> str:
    """What a Python block prints. Names live on from block to block of a page."""
    printed = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed):
        exec(compile(code, "example", "exec"), names)
    return printed.getvalue()


def execute(token: Token, folder: Path, names: dict) -> str:
    """Run one fenced block; what it prints."""
    language, _, option = token.info.partition(" ")
    if option.startswith("file="):
        (folder / option.removeprefix("file=")).write_text(token.content, encoding="utf-8")
    elif language == "sh":
        return shell(token.content, folder)
    elif language == "python":
        return python(token.content, folder, names)
    return ""


def embed_pictures(token: Token, folder: Path) -> None:
    """Put pictures that examples have made into the page itself."""
    for child in token.children or ():
        made = folder / str(child.attrs.get("src", ""))
        if child.type == "image" and made.is_file():
            kind = "gif" if made.suffix == ".gif" else "png"
            child.attrs["src"] = f"data:image/{kind};base64," + base64.b64encode(made.read_bytes()).decode()


def page(path: Path) -> str:
    """HTML of one page, its examples executed."""
    markdown = MarkdownIt("commonmark").enable("table")
    text = path.read_text(encoding="utf-8")
    tokens = []
    with tempfile.TemporaryDirectory() as folder:
        names: dict = {"__name__": "example", "root": PAGES.parent}
        for token in markdown.parse(text):
            tokens.append(token)
            embed_pictures(token, Path(folder))
            if token.type != "fence":
                continue
            try:
                lines = execute(token, Path(folder), names).splitlines()
            except Exception as error:
                detail = str(error) if isinstance(error, RuntimeError) else traceback.format_exc()
                raise SystemExit(f"{path.name}:{token.map[0] + 1}: the example fails: {detail}") from None
            if lines:
                shown = lines if len(lines) <= LONGEST else [*lines[:LONGEST], "..."]
                output = Token("html_block", "", 0)
                output.content = f'<pre class="output">{html.escape(chr(10).join(shown))}</pre>\n'
                tokens.append(output)
    body = markdown.renderer.render(tokens, markdown.options, {}).replace('.md"', '.html"')
    return FRAME.format(title=html.escape(text.splitlines()[0].lstrip("# ")), body=body)


def modules(target: Path) -> None:
    """A page for every module of the network, made from its file and its table, and a page that lists them."""
    from lamella.networks.library import COMMON_MODULES, module
    from lamella.report.module_page import module_page

    rows = []
    for name in ("integrin", *COMMON_MODULES):
        print(f"module {name} ...", flush=True)
        (target / f"module-{name}.html").write_text(module_page(name), encoding="utf-8")
        one = module(name)
        rows.append(f'<li><a href="module-{name}.html">{html.escape(one.title)}</a>: {html.escape(one.summary)}</li>')
    body = f"<h1>Modules of the network</h1><ul>{''.join(rows)}</ul><p>Made from the files of the library.</p>"
    (target / "modules.html").write_text(FRAME.format(title="Modules of the network", body=body), encoding="utf-8")


def reagents(target: Path) -> None:
    """A page of the drugs and the antibodies that an arm can name: their other names, target, constants and source."""
    from lamella.networks import antibodies, drugs, sources

    def line(name: str, row: dict) -> str:
        source = sources()[row["source"]]
        names = ", ".join([f"<b>{html.escape(name)}</b>", *map(html.escape, row.get("aliases", ()))])
        constants = "<br>".join(f"{key} {value}" for key, value in row["kd"].items())
        return (f"<tr><td>{names}</td><td>{html.escape(row['title'])}</td><td>{constants}</td>"
                f"<td>{html.escape(source.citation)} ({source.read})</td></tr>")

    head = "<tr><th>name</th><th>what it does</th><th>constants</th><th>source, and how far it was read</th></tr>"
    targets = dict.fromkeys(row["target"] for row in drugs().values())
    parts = [f"<h2>{held}</h2><table>{head}"
             + "".join(line(name, row) for name, row in drugs().items() if row["target"] == held) + "</table>"
             for held in targets]
    rows = "".join(line(name, row) for name, row in antibodies().items())
    body = (f"<h1>Reagents</h1><p>Case, spaces and hyphens of a name make no difference.</p>{''.join(parts)}"
            f"<h2>Antibodies and peptides against integrins</h2><table>{head}{rows}</table>")
    (target / "reagents.html").write_text(FRAME.format(title="Reagents", body=body), encoding="utf-8")


def main(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    modules(target)
    reagents(target)
    for path in sorted(PAGES.glob("*.md")):
        print(f"{path.name} ...", flush=True)
        (target / f"{path.stem}.html").write_text(page(path), encoding="utf-8")
    print(f"{target / 'index.html'}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
