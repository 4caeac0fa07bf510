"""All members at once are judged as each alone is."""

import numpy as np
import pytest
from test_power import CASES

from lamella.findings import KINDS
from lamella.random import generator
from lamella.verdicts.members import standing_members
from lamella.verdicts.robustness import stands

MEMBERS = 400

MORE = {
    "dissociation": {"relation": "a > b", "stays": "other", "band": 1.3},
    "order": {"arm": "a", "then": "other"},
    "association": {"arm": "a", "marker": "XIAP", "sign": "+"},
    "unassociated": {"arm": "a", "marker": "XIAP", "wired": "+DIABLO"},
    "loewe": {"kind": "synergy", "control": "c", "first": "a", "second": "b", "both": "ab", "model": "loewe"},
    "later": {"kind": "saturates", "series": ("a", "b", "c"), "by": "b", "band": 1.5, "before": "other"},
}


def tables():
    for kind, (table, _, _) in CASES.items():
        yield kind, {"kind": kind, **table}
    for name, table in MORE.items():
        yield name, {"kind": name, **table}


@pytest.mark.parametrize(("name", "table"), list(tables()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_kind_is_judged_alike(name, table):
    expectation = KINDS[table["kind"]].model_validate({"assay": "fake", "quantity": "level", **table})
    draw = generator(1, "members", name)
    rows = {}
    for quantity in expectation.quantities():
        for arm in expectation.arms():
            scale = 3600.0 * 6.0 if expectation.measure != "level" else 1.0
            row = scale * np.exp(draw.normal(0.0, 0.4, MEMBERS))
            row[draw.random(MEMBERS) < 0.05] = 0.0
            row[draw.random(MEMBERS) < 0.03] = np.nan
            row[draw.random(MEMBERS) < 0.03] = np.inf
            rows[quantity, arm] = row
    holds, unknown = standing_members(expectation, rows)
    alone = [stands(expectation, {key: float(row[m]) for key, row in rows.items()}) for m in range(MEMBERS)]
    assert [None if u else bool(h) for h, u in zip(holds, unknown)] == alone
    assert {True, False, None} == set(alone)
