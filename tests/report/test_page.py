"""The page as a whole: its structure, what it needs from outside (nothing), its size, its bytes."""

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import matplotlib
import pytest
import scratch_result
from page_reading import Page

from lamella.report import write_report


def two_arms(**changes):
    """The experiment of the fixture `small`, or a variant of it."""
    arms = {arm: scratch_result.ARMS[arm] for arm in ("control", "knockdown")}
    return scratch_result.experiment(arms, replicates=2, **changes)


def test_page_is_well_formed_and_named(full_page):
    page = Page(full_page)
    assert page.text("title") == ["Loss of XIAP and cIAP1 in HeLa on fibronectin"]
    assert page.text("h1") == page.text("title")
    assert page.all("html")[0][0]["lang"] == "en"
    assert page.text("h2") == ["Scratch assay", "Effects", "Why", "What was done", "Provenance", "How to reproduce"]
    assert page.text("h3")[:7] == ["Pictures over time", "Over time", "Read-outs, dish by dish", "Tracks", "Shapes",
                                   "Blots", "Numbers"]


def test_headings_never_skip_a_level(full_page):
    levels = [int(level) for level in re.findall(r"<h([1-6])", full_page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_links_inside_lead_somewhere(full_page):
    page = Page(full_page)
    ids = [attributes["id"] for _, attributes, _ in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    inside = {value[1:] for _, attributes, _ in page.elements for key, value in attributes.items()
              if key.endswith("href") and value.startswith("#")}
    assert inside <= set(ids)
    assert {"assay-scratch", "effects", "why", "provenance"} <= inside


def test_nothing_is_loaded_from_outside(full_page):
    for tag, attributes, _ in Page(full_page).elements:
        assert tag not in ("script", "link", "iframe", "object", "embed", "form"), tag
        for key, value in attributes.items():
            assert not key.startswith("on"), (tag, key)
            if key in ("src", "xlink:href"):
                assert value.startswith(("data:image/png;base64,", "#")), (tag, value[:60])
            if key == "href":
                assert value.startswith(("#", "https://doi.org/")), value[:60]
    assert "@import" not in full_page
    assert not re.search(r"url\((?!#)", full_page)


def test_every_figure_has_a_text_alternative_and_a_caption(full_page):
    page = Page(full_page)
    drawings = [attributes.get("aria-label") or attributes.get("alt") for tag, attributes, _ in page.elements
                if attributes.get("role") == "img" or tag == "img"]
    figures = page.all("figure")
    assert len(drawings) == len(figures) >= 11
    assert all(text and len(text) > 30 for text in drawings)
    assert len(page.text("figcaption")) == len(figures)


def test_every_table_has_a_caption_and_scoped_heads(full_page):
    page = Page(full_page)
    assert len(page.text("caption")) == len(page.all("table")) >= 4
    assert all(attributes.get("scope") in ("col", "row") for attributes, _ in page.all("th"))


def test_arm_keeps_its_colour_in_every_figure(full_page):
    figures = re.findall(r"<figure.*?</figure>", full_page, flags=re.DOTALL)
    knockdown, control = "#d55e00", "#7a828e"
    assert all(knockdown in figure for figure in figures)
    arm_figures = [figure for figure in figures if 'id="effects' not in figure and 'id="why' not in figure]
    assert all(control in figure for figure in arm_figures)
    assert f"background:{knockdown}" in full_page


def test_figures_follow_light_and_dark(full_page):
    assert "var(--ink)" in full_page
    assert "#1b1f25" not in full_page.split("</style>")[1]
    assert "prefers-color-scheme: dark" in full_page
    assert "@media print" in full_page


def test_same_data_same_bytes(report, full, monkeypatch):
    dataset, tracks, before = full
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    path = report(dataset, tracks=tracks, causal=scratch_result.CAUSAL)
    assert path.read_text(encoding="utf-8") == before


def test_settings_of_the_user_change_nothing(report, small):
    before = report(small).read_bytes()
    with matplotlib.rc_context({"font.size": 23.0, "axes.grid": True, "svg.fonttype": "none", "lines.linewidth": 9.0}):
        changed = report(small).read_bytes()
        assert matplotlib.rcParams["font.size"] == 23.0
    assert changed == before


def test_other_data_other_bytes(report, tiny):
    assert report(tiny).read_bytes() != report(tiny.assign(closure=tiny["closure"] * 1.01)).read_bytes()


def test_size_of_a_large_run(report):
    dataset = scratch_result.scratch(replicates=3, size=150)
    finer = dataset["labels"].values.repeat(5, axis=2).repeat(5, axis=3)
    dataset = dataset.drop_vars("labels").assign(labels=(("arms", "frames", "x", "y"), finer))
    assert report(dataset).stat().st_size < 6e6


def test_text_of_the_run_is_shown_to_reproduce_it(report, tmp_path, tiny):
    assert 'cell = "HeLa"' in "".join(Page(report(tiny).read_text(encoding="utf-8")).text("pre"))
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "run.toml").write_text('title = "<as it stands>"\n')
    page = Page(report(tiny, out=tmp_path / "kept").read_text(encoding="utf-8"))
    assert 'title = "<as it stands>"\n' in page.text("pre")


def test_provenance_is_shown_as_given(full_page):
    shown = Page(full_page).text("dd")
    assert "ab" * 32 in shown
    assert "2.4.1" in shown
    assert "lamella run examples/xiap_scratch.toml --out results/xiap" in shown


def test_failing_report_leaves_the_former_one(report, tmp_path, tiny, monkeypatch):
    path = report(tiny, out=tmp_path)
    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", lambda handle: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_report(tmp_path, two_arms(title="another"), {"scratch": tiny}, {}, [], {})
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]


def test_two_assays_share_one_page(tmp_path, small):
    blots = small[["rac1_total", "rac1_gtp"]]
    made = two_arms(assays=("scratch", "immunoblot"))
    path = write_report(tmp_path, made, {"scratch": small, "immunoblot": blots}, {}, [], scratch_result.PROVENANCE)
    page = Page(path.read_text(encoding="utf-8"))
    assert page.text("h2")[:2] == ["Scratch assay", "Immunoblot assay"]
    ids = [attributes["id"] for _, attributes, _ in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_reports_from_two_threads_are_alike(tmp_path, small):
    made = two_arms()
    folders = [tmp_path / name for name in "ab"]

    def write(folder):
        folder.mkdir()
        return write_report(folder, made, {"scratch": small}, {}, scratch_result.comparisons(made, small), {})

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(write, folders)
    assert first.read_bytes() == second.read_bytes()


def test_read_outs_stand_in_the_order_of_the_comparisons(report, small):
    made = two_arms()
    rows = sorted(scratch_result.comparisons(made, small), key=lambda row: row["readout"] != "rac1_gtp")
    heads = Page(report(small, rows=rows).read_text(encoding="utf-8")).text("th")
    assert heads.index("Rac1-GTP") < heads.index("Closed share of the wound")
