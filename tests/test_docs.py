"""The builder of the pages runs what it shows."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def build():
    spec = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(folder, *blocks):
    path = folder / "page.md"
    path.write_text("# A page\n\nSee [another](other.md).\n\n" + "\n".join(f"```{info}\n{code}\n```\n"
                                                                        for info, code in blocks))
    return path


def test_blocks_share_a_folder_and_names_and_show_what_they_print(build, tmp_path):
    html = build.page(write(tmp_path, ("toml file=a.toml", "x = 3"), ("sh", "grep x a.toml"),
                            ("python", "y = open('a.toml').read().strip()"), ("python", "print(y, '<b>')")))
    assert '<pre class="output">x = 3</pre>' in html
    assert '<pre class="output">x = 3 &lt;b&gt;</pre>' in html
    assert 'href="other.html"' in html
    assert "<title>A page</title>" in html
    assert not (tmp_path / "a.toml").exists()


@pytest.mark.parametrize("block", [("sh", "echo seen; false"), ("python", "print('seen'); 1 / 0")])
def test_an_example_that_fails_fails_the_build_at_its_line(build, tmp_path, block):
    with pytest.raises(SystemExit, match=r"page\.md:5: the example fails"):
        build.page(write(tmp_path, block))


def test_every_page_is_linked_from_the_first():
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md"}
    first = (ROOT / "docs" / "index.md").read_text()
    assert all(f"({name})" in first for name in pages)
