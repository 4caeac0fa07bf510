"""Names, numbers and sentences."""

import math
from itertools import pairwise

import pytest
import xarray as xr

from lamella.report import story, words
from lamella.report.causal import source_html
from lamella.report.effects import _reach, _ticks
from lamella.report.style import looks, spread


@pytest.mark.parametrize(("value", "text"), [
    (0, "0"), (1.2345, "1.23"), (0.012345, "0.0123"), (99.96, "100"), (1234.5, "1234"), (123456.7, "123\u202f457"),
    (-2.5, "−2.50"), (math.nan, "–"), (math.inf, "–"), (1.5e-7, "1.50 × 10^−7"), (2.25e12, "2.25 × 10^12")])
def test_numbers(value, text):
    assert words.number(value) == text


@pytest.mark.parametrize(("value", "text"), [(20.0, "20"), (2.5, "2.5"), (0, "0"), (120000, "120\u202f000")])
def test_ticks_are_short(value, text):
    assert words.tick(value) == text


@pytest.mark.parametrize(("name", "title"), [
    ("rac1_total", "Total Rac1"), ("RAC1.gtp", "Rac1-GTP"), ("MAPK1.p", "p-Erk2"), ("erk_p", "p-Erk"),
    ("PTK2.pY397", "p-FAK (Y397)"), ("raf1_total", "Total C-RAF"), ("migration.persistence", None), ("closure", None)])
def test_blot_quantities(name, title):
    assert words.blot_title(name) == title


def test_read_outs_take_their_own_words_where_this_room_has_none():
    variable = xr.DataArray(1.0, attrs={"long_name": "depth of invasion", "units": "um"})
    assert words.shown("depth", variable).label == "Depth of invasion (µm)"
    assert words.shown("new_index").label == "New index"
    assert words.shown("migration.speed").title == "Speed (migration)"
    assert words.shown("closure", variable).label == "Closed share of the wound (%)"


def test_doses_and_times():
    assert words.dose("10 ug/ml") == "10 µg/ml"
    assert words.dose("2 uM U0126") == "2 µM U0126"
    assert words.dose("human serum") == "human serum"
    assert [words.hours(s) for s in (0, 1800, 21600, 9000)] == ["0 h", "30 min", "6 h", "2.5 h"]


@pytest.mark.parametrize(("name", "lines"), [
    ("knockdown+rac1-inhibitor", "knockdown+\nrac1-inhibitor"), ("control", "control"), ("x" * 40, None), ("", "")])
def test_names_are_broken(name, lines):
    broken = words.broken(name)
    assert broken == lines or lines is None
    assert broken.replace("\n", "") == name
    assert max(map(len, broken.split("\n"))) <= 18


def row(arm, against, readout, effect, low=math.nan, high=math.nan):
    return {"arm": arm, "against": against, "readout": readout, "effect": effect, "low": low, "high": high,
            "replicates": 5}


def test_summary_says_what_the_intervals_say():
    first, *others = story.summary([
        row("kd", "control", "closure", 1.44, 1.4, 1.49), row("drug", "control", "closure", 0.5, 0.4, 0.6),
        row("mock", "control", "closure", 1.01, 0.9, 1.1), row("kd", "control", "rac1_total", 1.9, 1.8, 2.0),
        row("kd+drug", "drug", "closure", 1.02, 0.95, 1.08)], "control")
    assert first.startswith("Closed share of the wound was higher than in control with kd (1.44\u00a0×, 1.40 to 1.49); "
                            "it was lower than in control with drug (0.50\u00a0×, 0.40 to 0.60); "
                            "it could not be told apart from control with mock")
    assert first.endswith("over 5 dishes.")
    assert others == ["In kd over control, higher: Total Rac1 (1.90\u00a0×, 1.80 to 2.00).",
                      "Closed share of the wound: kd+drug could not be told apart from drug alone "
                      "(1.02\u00a0×, 0.95 to 1.08)."]


def test_summary_claims_nothing_without_an_interval():
    first, = story.summary([row("kd", "control", "closure", 3.0)], "control")
    assert "without an interval" in first
    assert "higher" not in first
    assert story.summary([], "control") == []


def test_sources_become_links_only_where_there_is_a_doi():
    assert source_html("Smith 1999, <Nature>") == "Smith 1999, &lt;Nature&gt;"
    assert source_html("A 2012, doi:10.1038/emboj.2011.423.") == (
        'A 2012, doi:<a href="https://doi.org/10.1038/emboj.2011.423" rel="noreferrer">10.1038/emboj.2011.423</a>.')
    assert "https://doi.org/10.1038/ncb1804" in source_html({"citation": "B 2008", "doi": "10.1038/ncb1804"})


def test_looks_tell_arms_apart_with_and_without_colour():
    chosen = looks([f"arm {i}" for i in range(20)], "arm 3")
    assert len({(look.colour, look.dash) for look in chosen.values()}) == 20
    assert len({(look.colour, look.marker) for look in chosen.values()}) == 20
    assert [look.colour for look in chosen.values()].count("#7a828e") == 1


@pytest.mark.parametrize("positions", [[0.5, 0.5, 0.5], [0.0, 0.01, 1.0], [0.9, 0.1, 0.95, 0.97], [0.3], []])
def test_labels_are_spread(positions):
    moved = spread(positions, 0.1, 0.0, 1.0)
    ordered = sorted(moved)
    assert all(b - a >= 0.1 - 1e-9 for a, b in pairwise(ordered))
    assert all(-1e-9 <= p <= 1 + 1e-9 for p in moved)
    ranks = sorted(range(len(positions)), key=lambda i: positions[i])
    assert [moved[i] for i in ranks] == ordered


def test_too_many_labels_share_the_room():
    moved = spread([0.5] * 30, 0.1, 0.0, 1.0)
    assert min(moved) == pytest.approx(0.0)
    assert max(moved) == pytest.approx(1.0)


def test_axis_of_ratios_reaches_the_intervals_up_to_a_limit():
    rows = [row("kd", "control", "closure", 1.5, 1.2, 3.0), None]
    assert 3.0 < _reach(rows) < 4.0
    assert _reach([row("kd", "control", "closure", 1e-6)]) == 50.0
    assert 1.0 in _ticks(3.4)
    assert all(1 / 3.4 <= tick <= 3.4 for tick in _ticks(3.4))
