"""Everything that came from a file is shown as text, whatever it holds."""

import pytest
import scratch_result
from page_reading import Page

from lamella.networks import Perturbations
from lamella.report import write_preview, write_report

HOSTILE = "<script>alert('x')</script>&\"' $a_1$ \\frac{ --> \u202e"


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory):
    """A report in which every name, text and key is hostile."""
    tmp_path = tmp_path_factory.mktemp("hostile")
    small = scratch_result.scratch(("control", "knockdown"), replicates=2, size=48)
    dataset = small.rename({"edge_speed": HOSTILE, "wound_width": f"{HOSTILE} course"})
    dataset = dataset.assign_coords(arms=["control", HOSTILE])
    dataset[f"{HOSTILE} course"].attrs = {"long_name": HOSTILE, "units": HOSTILE}
    made = scratch_result.experiment(
        {"control": Perturbations(), HOSTILE: Perturbations(inhibitor={HOSTILE: HOSTILE})}, replicates=2,
        title=HOSTILE, cell=HOSTILE, matrix={HOSTILE: HOSTILE}, medium={HOSTILE: HOSTILE})
    rows = [{**row, "reason": HOSTILE} for row in scratch_result.comparisons(made, dataset)]
    reaction = {"id": HOSTILE, "name": HOSTILE, "law": HOSTILE, "share_lost": 0.5, "effect_without": 1.1,
                "claims": [HOSTILE], "sources": [HOSTILE, {"citation": HOSTILE, "doi": f'10.1234/a"{HOSTILE}'}],
                "note": HOSTILE}
    causal = {"quantity": HOSTILE, "cell": HOSTILE, "contrast": {"arm": HOSTILE, "against": HOSTILE}, "effect": 1.4,
              "reactions": [reaction]}
    table = scratch_result.tracks(small)
    table["arm"] = table["arm"].cat.rename_categories(["control", HOSTILE])
    (tmp_path / "run.toml").write_text(HOSTILE, encoding="utf-8")
    path = write_report(tmp_path, made, {"scratch": dataset, HOSTILE: dataset}, {"scratch": table}, rows,
                        {HOSTILE: HOSTILE, "versions": {HOSTILE: HOSTILE}}, causal)
    return path.read_text(encoding="utf-8")


def test_no_name_becomes_markup(hostile_page):
    page = Page(hostile_page)
    assert "<script" not in hostile_page
    assert {tag for tag, _, _ in page.elements} <= {
        "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "nav", "section", "p", "h1", "h2",
        "h3", "ul", "li", "a", "dl", "div", "dt", "dd", "figure", "figcaption", "svg", "defs", "g", "path", "use",
        "clippath", "rect", "image", "lineargradient", "table", "caption", "thead", "tbody", "tr", "th", "td", "strong",
        "small", "span", "details", "summary", "pre", "code", "wbr", "br"}
    assert not any(key.startswith("on") for _, attributes, _ in page.elements for key in attributes)


def test_names_are_still_readable(hostile_page):
    page = Page(hostile_page)
    assert page.text("h1") == [HOSTILE]
    assert any(HOSTILE in text for text in page.text("figcaption"))
    assert HOSTILE in page.text("dd")
    assert HOSTILE in page.text("pre")


def test_links_lead_to_doi_org_only(hostile_page):
    outward = [attributes["href"] for attributes, _ in Page(hostile_page).all("a") if attributes["href"][0] != "#"]
    assert outward
    assert all(link.startswith("https://doi.org/10.1234/") for link in outward)
    assert not any(sign in link for link in outward for sign in "<>\"' ")


def test_preview_draws_hostile_names(tmp_path, small):
    made = scratch_result.experiment({"control": Perturbations(), HOSTILE: Perturbations()}, title=HOSTILE)
    dishes = dict(zip(("control", HOSTILE), scratch_result.dishes(small).values()))
    assert write_preview(tmp_path, made, HOSTILE, dishes).read_bytes().startswith(b"\x89PNG")
