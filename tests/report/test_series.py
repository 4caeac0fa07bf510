"""Curves over a dose, a force or a lag in the report."""

import numpy as np
import xarray as xr

from lamella.report.sections import Scene, assay_sections
from lamella.report.series import series_of, series_picture
from lamella.report.style import drawing, looks


def dishes():
    """Two arms, three plates, a curve over doses and one over lags, and what must not be drawn so."""
    doses, lags = np.geomspace(1.0, 1e4, 9), np.array([600.0, 1200.0, 1800.0])
    fall = 1e4 / (1.0 + doses / 100.0)
    curve = np.stack([np.stack([fall * scale, 2.0 * fall * scale]) for scale in (0.9, 1.0, 1.1)])
    return xr.Dataset(
        {
            "response": (("replicates", "arms", "doses"), curve, {"long_name": "p-Erk", "units": "molecules"}),
            "msd": (("replicates", "arms", "lags"), np.full((3, 2, 3), 5.0)),
            "course": (("replicates", "arms", "times"), np.ones((3, 2, 2))),
            "level": (("replicates", "arms"), np.ones((3, 2))),
            "of_each": (("replicates", "arms", "integrins"), np.ones((3, 2, 2))),
        },
        coords={"arms": ["control", "ras"], "doses": ("doses", doses, {"units": "nM"}), "lags": lags,
                "times": [0.0, 1.0], "integrins": ["a5b1", "avb3"]},
    )


def test_what_has_a_numeric_axis_that_is_no_time_is_a_series():
    assert list(series_of(dishes())) == ["response", "msd"]


def test_the_curve_is_drawn_as_it_is_over_the_dose_in_its_unit():
    with drawing():
        picture = series_picture(series_of(dishes()), looks(["control", "ras"], "control"))
        left, right = picture.figure.axes[:2]
        assert left.get_xlabel() == "dose (nM)"
        assert left.get_xscale() == "log"
        assert right.get_xscale() == "linear"
        for line, factor in zip(left.get_lines(), (1.0, 2.0)):
            assert np.allclose(line.get_ydata(), factor * 1e4 / (1.0 + line.get_xdata() / 100.0))
    assert "P-Erk over dose" in picture.alt


def test_the_report_of_an_assay_shows_it_under_its_own_heading():
    scene = Scene("HeLa", looks(["control", "ras"], "control"), "control")
    with drawing():
        titles = [section.title for section in assay_sections("dose_response", dishes(), None, scene)]
    assert "Over dose, force or lag" in titles
