"""The page of the scorecard: whole, self-contained, safe against what names hold."""

import re

import pytest

from lamella.findings import IndexLine, read_finding
from lamella.report import scorecard_page
from lamella.verdicts import Bench, Replicates, check_one, scorecard

TEXT = """
schema = 1
id = "a-finding"
claim = "Treatment <script>alert(1)</script> raises what the assay & reads."
source = { review = "oberoi-2013", section = "IAPs", claims = ["IAP-001"] }
role = "calibrate"
cell = "HeLa"
module = "mapk"
kind = "experiment"
second_reading = "Read as the assay reads it."
[arms]
control = {}
"<b>treated" = { knockdown = { XIAP = 0.9 } }
[[expect]]
assay = "fake"
quantity = "level"
relation = "<b>treated > control"
"""
MUTANTS = {"counts": {"supported": 1, "unsupported": 1, "undecided": 0, "of": 2}, "unsupported": ["B_loss"],
           "unbroken": ["a-finding"],
           "reactions": [{"reaction": "A_<i>", "module": "iap", "findings": ["a-finding"]},
                         {"reaction": "B_loss", "module": "pak", "findings": []}]}


@pytest.fixture(scope="module")
def card(fake_assay):
    record = read_finding(TEXT, "test.toml")
    verdict = check_one(record, Bench({"fake": fake_assay}), Replicates(4, 4))
    lines = [IndexLine(id=f"IAP-00{n}", says="a <em>line</em> of words", check=n == 3, module="mapk", kind="experiment",
                       record="a-finding" if n == 1 else "open") for n in (1, 2, 3)]
    robust = {"stands": 466, "of": 500, "unsolved": 0, "low": 0.906, "high": 0.952, "nominal": True, "seed": 1}
    return scorecard([verdict], lines, [record], robustness={"a-finding": robust}, mutants=MUTANTS)


@pytest.fixture(scope="module")
def fake_assay():
    import numpy as np
    import xarray as xr

    from lamella.assays.protocol import Assay, Conditions

    def run(setting, conditions, progress):
        level = (2.0 if setting.perturbations.knockdown else 1.0) * np.exp(0.01 * setting.replicate)
        return xr.Dataset({"level": ((), level * (1.0 + 0.01 * setting.replicate))})
    return Assay("fake", "Reads a level.", Conditions, {"level": "level"}, run)


HISTORY = [{"date": "2026-01-02 03:04", "version": "0.1.0", "program": "abc",
            "all": {"holds": 1, "fails": 2, "not_applicable": 3, "open": 4, "of": 10}, "check": None}]


def test_the_page_holds_all_parts_and_loads_nothing(card):
    page = scorecard_page(card, HISTORY)
    for key in ("claims", "records", "effects", "robustness", "mutants", "history", "index"):
        assert f'id="{key}"' in page
    assert "default-src 'none'" in page
    assert not re.search(r'(?:src|href)="(?!#|data:|https://doi\.org/)', page)
    assert "<script" not in page


def test_counts_come_with_denominators_and_shares_with_counts(card):
    page = scorecard_page(card, HISTORY)
    assert "1 of 3 claims were judged" in page
    assert "466 of 500" in page
    for match in re.finditer(r"(\d+) to (\d+) %", page):
        assert "of 500" in page[match.start() - 60:match.start()]
    assert "1 / 2 / 3 / 4 of 10" in page


def test_names_are_text(card):
    page = scorecard_page(card)
    assert "<b>treated" not in page
    assert "<em>line" not in page
    assert "A_<i>" not in page
    assert "&lt;em&gt;line" in page


def test_the_same_card_gives_the_same_page(card):
    assert scorecard_page(card, HISTORY) == scorecard_page(card, HISTORY)


def test_an_empty_card_is_a_page(card):
    """Of claims that nobody checked only those on how proteins are built are judged."""
    empty = scorecard([])
    built = [claim.record for claim in empty.claims if claim.state in ("holds", "fails")]
    page = scorecard_page(empty)
    assert set(built) == {"structure"}
    assert f"{len(built)} of 551 claims were judged" in page
    assert 'id="robustness"' not in page
