import pytest

from lamella.errors import InputError
from lamella.findings import get
from lamella.verdicts import explain


def test_a_blot_is_explained_by_itself():
    (path,) = explain(get("rac1-accumulates-without-xiap-and-ciap1"), cells=2)
    assert (path.quantity, path.cell, path.arm, path.against) == ("RAC1.total", "HeLa", "knockdown", "control")
    assert path.strongest()


def test_a_tissue_is_explained_by_what_cells_hand_it():
    paths = explain(get("iap-sirna-makes-hela-protrude"), cells=2)
    assert {path.quantity for path in paths} <= {"WASF2.active", "CDC42.gtp", "MYL9.p", "integrin.active"}
    assert "WASF2.active" in {path.quantity for path in paths}
    assert len(paths) == len({path.quantity for path in paths})


def test_a_line_that_is_not_built_is_refused():
    with pytest.raises(InputError, match="is built"):
        explain(get("iap-sirna-makes-hela-protrude"), cell="NoLine")
