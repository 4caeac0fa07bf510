"""Reports of runs that lack something, or hold what no number can be made of."""

import re

import numpy as np
import pandas as pd
import pytest
import scratch_result
import xarray as xr
from page_reading import Page

from lamella.networks import Perturbations
from lamella.report import write_report


def headings(path):
    return Page(path.read_text(encoding="utf-8")).text("h3")


def test_without_tracks(report, small):
    found = headings(report(small))
    assert "Tracks" not in found
    assert "Shapes" in found


def test_empty_table_of_tracks(report, small):
    assert "Tracks" not in headings(report(small, tracks=scratch_result.tracks(small).iloc[:0]))


def test_tracks_without_axis_and_edge(report, small):
    table = scratch_result.tracks(small).drop(columns=["axis_x", "axis_y", "edge"])
    text = report(small, tracks=table).read_text(encoding="utf-8")
    assert "long axis" in text
    assert "HeLa cells of the first dish" in text


def test_without_pictures(report, small):
    found = headings(report(small.drop_vars(["labels", "frames"])))
    assert "Pictures over time" not in found
    assert "Over time" in found


def test_without_causal_path(report, small):
    assert "Why" not in Page(report(small).read_text(encoding="utf-8")).text("h2")


def test_one_dish_has_no_interval_and_says_so(report):
    dataset = scratch_result.scratch(("control", "knockdown"), replicates=1, size=48)
    text = report(dataset).read_text(encoding="utf-8")
    assert "one dish gives no interval" in text
    assert not re.search(r"\bnan\b", re.sub(r"base64,[^\"]*", "", text), flags=re.IGNORECASE)


def test_one_arm_is_compared_with_nothing(report):
    dataset = scratch_result.scratch(("knockdown",), replicates=2, size=48)
    page = Page(report(dataset).read_text(encoding="utf-8"))
    assert "Effects" not in page.text("h2")
    assert "Vertical line" not in "".join(page.text("figcaption"))


@pytest.mark.filterwarnings("error")
def test_read_outs_without_a_number(report, small):
    dataset = small.copy(deep=True)
    dataset["closure"][:] = np.nan
    dataset["rac1_gtp"][0, 1] = np.nan
    dataset["edge_speed"][:, 1] = np.inf
    dataset["closed"][:, 0, 5:] = np.nan
    text = report(dataset, tracks=scratch_result.tracks(small)).read_text(encoding="utf-8")
    assert "no dish has a finite value in both arms" in text
    assert not [word for word in Page(text).text("td") if "nan" in word or "inf" in word.split()]


@pytest.mark.filterwarnings("error")
def test_dish_without_cells(report, small):
    dataset = small.assign(labels=small["labels"] * 0)
    found = headings(report(dataset))
    assert "Pictures over time" in found


def test_wound_that_is_closed_from_the_start(report, small):
    dataset = small.assign(labels=xr.ones_like(small["labels"]))
    text = report(dataset).read_text(encoding="utf-8")
    assert "Yellow" not in text


def test_unknown_assay_gets_courses_and_dots(tmp_path):
    dice = np.random.default_rng(2)
    arms = {"a": Perturbations(), "b": Perturbations()}
    dataset = xr.Dataset(
        {"wobble": (("replicates", "arms"), dice.normal(5, 1, (4, 2)), {"long_name": "wobble index", "units": "um2"}),
         "glow": (("replicates", "arms", "times"), dice.random((4, 2, 6))),
         "note": (("replicates", "arms"), np.full((4, 2), "text"))},
        coords={"arms": ["a", "b"], "replicates": range(4), "times": np.arange(6) * 60.0})
    made = scratch_result.experiment(arms, replicates=4, assays=("wobbling",))
    path = write_report(tmp_path, made, {"wobbling": dataset}, {}, [], {})
    page = Page(path.read_text(encoding="utf-8"))
    assert page.text("h3")[:2] == ["Over time", "Read-outs, dish by dish"]
    assert any("Wobble index (µm²)" in text for text in page.text("th"))
    assert any("Glow" in attributes.get("aria-label", "") for attributes, _ in page.all("svg"))


def test_assay_with_nothing_to_draw(tmp_path):
    made = scratch_result.experiment({"a": Perturbations()}, replicates=1, assays=("odd",))
    path = write_report(tmp_path, made, {"odd": xr.Dataset({"matrix": (("u", "v"), np.eye(2))})}, {}, [], {})
    assert "gave no variable that can be drawn" in path.read_text(encoding="utf-8")


def test_immunoblot_over_time_is_shown_as_lanes(tmp_path):
    dice = np.random.default_rng(4)
    arms = {"control": Perturbations(), "knockdown": Perturbations()}
    names = ("RAC1.total", "RAC1.gtp", "MAPK1.p")
    amounts = {name: (("replicates", "arms", "times"), 1e4 * (1 + dice.random((3, 2, 5)))) for name in names}
    dataset = xr.Dataset(amounts, coords={"arms": list(arms), "replicates": range(3), "times": np.arange(5) * 3600.0})
    made = scratch_result.experiment(arms, replicates=3, assays=("immunoblot",))
    page = Page(write_report(tmp_path, made, {"immunoblot": dataset}, {}, [], {}).read_text(encoding="utf-8"))
    assert page.text("h3")[0] == "Blots"
    told = " ".join(attributes.get("aria-label", "") for attributes, _ in page.all("svg"))
    assert "Rac1-GTP" in told
    assert "p-Erk2" in told


def test_many_variables_are_cut_to_a_bearable_number(tmp_path):
    arms = {"a": Perturbations(), "b": Perturbations()}
    dataset = xr.Dataset({f"r{i}": (("replicates", "arms"), np.ones((2, 2)) * i) for i in range(60)},
                         coords={"arms": list(arms), "replicates": range(2)})
    made = scratch_result.experiment(arms, replicates=2, assays=("wide",))
    page = Page(write_report(tmp_path, made, {"wide": dataset}, {}, [], {}).read_text(encoding="utf-8"))
    assert "12 further variables are in the data of the run." in page.text("p")
    assert len(page.all("figure")) == 8


def test_category_of_an_arm_without_tracks(report, small):
    table = scratch_result.tracks(small)
    only = pd.DataFrame(table[table["arm"] == "control"])
    text = report(small, tracks=only).read_text(encoding="utf-8")
    assert "Tracks of" in text


def test_ratios_off_the_scale_are_written_at_its_edge(report, small):
    rows = [{"arm": "knockdown", "against": "control", "readout": name, "effect": effect, "low": effect / 2,
             "high": effect * 2, "replicates": 2} for name, effect in (("closure", 1e-4), ("rac1_total", 4000.0))]
    text = report(small, rows=rows).read_text(encoding="utf-8")
    assert "1.00 × 10^−4" in text
    assert "4000" in text
