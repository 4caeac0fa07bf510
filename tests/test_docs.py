"""The builder of the pages runs what it shows."""

import importlib.util
import re
from html import unescape
from pathlib import Path

import pytest

from lamella.assays import ASSAYS
from lamella.networks import Perturbations, antibodies, drugs, sources

ROOT = Path(__file__).parents[1]

SHARED = {"affinity": "adhesion", "avidity": "adhesion", "anoikis": "viability"}
"""Assays that stand on the page of another."""


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


def test_the_page_of_reagents_tells_all_drugs_and_antibodies(build, tmp_path):
    build.reagents(tmp_path)
    text = unescape((tmp_path / "reagents.html").read_text())
    for rows in (drugs(), antibodies()):
        for name, row in rows.items():
            assert f"<b>{name}</b>" in text
            assert all(part in text for part in (row["title"], *row.get("aliases", ()), *row["kd"].values()))
            assert sources()[row["source"]].citation in text


def test_every_page_is_linked_from_the_first():
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md"}
    first = (ROOT / "docs" / "index.md").read_text()
    assert all(f"({name})" in first for name in pages)


@pytest.mark.parametrize("name", sorted(ASSAYS))
def test_every_assay_has_a_page_with_an_example_and_its_picture(name):
    text = (ROOT / "docs" / f"{SHARED.get(name, name)}.md").read_text()
    examples = "".join(re.findall(r"^```(?:sh|python|toml file=\S+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
    named = re.search(rf"\[assays\.{name}\]|lamella assay {name}\b", examples)
    assert named or len(re.findall(rf"\b{name.upper()}\b", examples)) > 1  # imported and used
    pictures = re.findall(r"!\[[^\]]+\]\((\S+\.png)\)", text)
    assert pictures
    assert all(picture in examples for picture in pictures)


@pytest.mark.parametrize("name", sorted(ASSAYS))
def test_the_page_of_an_assay_has_all_its_conditions(name):
    text = (ROOT / "docs" / f"{SHARED.get(name, name)}.md").read_text()
    assert [key for key in ASSAYS[name].conditions.model_fields if not re.search(rf"`{key}\b", text)] == []


def test_the_page_of_migration_has_all_its_read_outs():
    text = (ROOT / "docs" / "migration.md").read_text()
    assert [name for name in ASSAYS["migration"].readouts if f"`{name}`" not in text] == []


@pytest.mark.parametrize("key", list(Perturbations.model_fields))
def test_the_page_of_the_experiment_file_has_every_kind_of_perturbation(key):
    text = (ROOT / "docs" / "experiment_file.md").read_text()
    table = text.split("\n## Arms\n")[1].split("An arm may have any number")[0]
    assert f"\n| `{key} = " in table
