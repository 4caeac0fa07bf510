"""The nine parts of the biology: each breaks findings when it is gone."""

import json

import pytest

from lamella.assays import ASSAYS
from lamella.findings import get
from lamella.networks import assemble, cell_lines
from lamella.networks.parts import parts
from lamella.verdicts import Bench, without_parts

SUMO, SMAC = "xiap-keeps-sumo-off-rhogdi", "smac-costs-the-ciaps-only"


def test_every_reaction_of_every_line_is_in_one_part():
    for cell in cell_lines():
        network = assemble(cell)
        counted = [reaction for part in parts() for reaction in part.reactions(network)]
        assert sorted(counted) == sorted(network.evidence), cell


def test_the_part_of_the_lines_gives_all_the_levels_of_one():
    (lines,) = [part for part in parts() if part.reference]
    levels = lines.levels(assemble("MCF-7"))
    hela = assemble("HeLa").parameters
    assert levels["XIAP_copies"] == hela["XIAP_copies"].value
    assert set(levels) == {name for name in assemble("MCF-7").parameters if name.endswith("_copies")}
    assert lines.reactions(assemble("MCF-7")) == ()


@pytest.fixture(scope="module")
def test():
    return without_parts([get(SUMO), get(SMAC)], Bench(ASSAYS))


def lost(test, name):
    return next(one for one in test.lost if one.part.name == name)


def test_a_part_breaks_what_stands_on_it_and_no_more(test):
    assert set(test.tried) == {SUMO, SMAC}
    assert SUMO in lost(test, "rho").findings
    assert SMAC in lost(test, "iaps").findings
    assert lost(test, "proteases").findings == ()
    assert lost(test, "rear").findings == ()
    assert "proteases" in test.idle()
    assert lost(test, "death").reactions > 50
    json.dumps(test.to_dict(), allow_nan=False)


def test_a_finding_that_fails_supports_no_part():
    told = without_parts([get(SUMO)], Bench(ASSAYS), failing={(SUMO, "HCT116")})
    assert told.tried == ()
    assert not any(one.breaks for one in told.lost)
