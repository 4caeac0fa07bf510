"""`lamella.simulate`: any text in, labelled time courses out."""

import numpy as np
import pytest

import lamella as lm
from lamella.errors import InputError, ModelError

DECAY = """
model decay
  compartment c = 2; substanceOnly species A in c; species B in c; A = 100; B = 0
  k = 0.1; slow = 0.01; unit minute = 60 second; unit time_unit = minute
  convert: A -> B; k*A; lose: B -> ; slow*B*c
  total := A + B*c
end"""


def test_times_names_and_units():
    result = lm.simulate(DECAY, "20 min", points=5, rtol=1e-8, show=["A", "total", "convert", "amount:B", "k"])
    assert result.sizes == {"times": 5, "cells": 1}
    assert result.times.attrs["units"] == "min"
    np.testing.assert_allclose(result.times, [0, 5, 10, 15, 20])
    np.testing.assert_allclose(result.A[:, 0], 100 * np.exp(-0.1 * result.times), rtol=1e-6)
    np.testing.assert_allclose(result.convert[:, 0], 0.1 * result.A[:, 0], rtol=1e-12)
    np.testing.assert_allclose(result.total[:, 0], result.A[:, 0] + result["amount:B"][:, 0], rtol=1e-12)
    assert (result.k == 0.1).all()
    assert lm.simulate(DECAY, 20, points=5, rtol=1e-8).A.values.tobytes() == result.A.values.tobytes()
    assert "simulate" in dir(lm)


def test_a_window_and_values():
    result = lm.simulate(DECAY, 20, begin=10, points=3, values={"A": 50, "k": 0.2}, rtol=1e-8)
    np.testing.assert_allclose(result.times, [10, 15, 20])
    np.testing.assert_allclose(result.A[:, 0], 50 * np.exp(-0.2 * result.times), rtol=1e-6)


def test_cells_vary_and_the_first_does_not():
    result = lm.simulate(DECAY, 20, points=11, cells=50, vary=0.3, vary_only=["k"])
    alone = lm.simulate(DECAY, 20, points=11)
    np.testing.assert_array_equal(result.A[:, 0], alone.A[:, 0])
    rates = -np.log(result.A[-1] / 100) / 20
    assert 0.2 < np.log(rates[1:] / 0.1).std() < 0.4
    whole = lm.simulate(DECAY, 20, points=11, cells=50, vary=0.3, show=["k", "slow", "c"])
    assert (whole.c == 2).all()
    assert np.unique(whole.slow).size == np.unique(whole.k).size == 50


def test_threads_change_nothing():
    one, two = (lm.simulate(DECAY, 20, cells=33, vary=0.3, threads=n) for n in (1, 2))
    assert one.identical(two)


def test_events_are_met():
    text = "model m\n A = 1; k = 0.5; decay: A => ; k*A\n at time > 3: A = A + 10\nend"
    result = lm.simulate(text, 6, points=7)
    exact = np.exp(-0.5 * result.times) + np.where(result.times > 3, 10 * np.exp(-0.5 * (result.times - 3)), 0)
    np.testing.assert_allclose(result.A[:, 0], exact, rtol=1e-5)


def test_stochastic_cells_follow_the_mean():
    text = "model m\n A = 1000; decay: A => ; 0.1*A\nend"
    result = lm.simulate(text, 10, points=3, cells=400, method="ssa", seed=3)
    assert (np.round(result.A) == result.A).all()
    mean = 1000 * np.exp(-1.0)
    assert abs(result.A[-1].mean() - mean) < 4 * np.sqrt(mean * (1 - np.exp(-1.0)) / 400)
    assert np.unique(result.A[-1]).size > 20


def test_a_cell_that_fails_is_named_and_the_others_are_not_touched():
    text = "model m\n x = 1; k = 0.1; R: => x; k*x^2\nend"
    result = lm.simulate(text, 5, points=6, cells=60, vary=1.0, seed=2)
    failed = result.status.values != 0
    assert 0 < failed.sum() < 30
    assert all("at" in reason for reason in result.reason.values[failed])
    assert np.isnan(result.x[-1, failed]).all()
    factors = lm.simulate(text, 0.1, points=2, cells=60, vary=1.0, seed=2, show=["k"]).k[0].values
    exact = 1 / (1 - 5 * factors[~failed])
    far = exact < 20  # from the pole, where the smallest error is large
    assert far.sum() > 30
    np.testing.assert_allclose(result.x[-1, ~failed].values[far], exact[far], rtol=3e-5)


@pytest.mark.parametrize(("change", "message"), [
    ({"span": -1}, "times from"), ({"span": "3 kg"}, "does not convert"), ({"span": "nan"}, "finite"),
    ({"points": 1}, "points is 1"), ({"cells": 0}, "cells is 0"), ({"vary": -1}, "vary is -1"),
    ({"values": {"kk": 1.0}}, "unknown parameter or species 'kk'"), ({"values": {"k": float("nan")}}, "finite"),
    ({"vary_only": ["zz"], "vary": 0.1}, "unknown parameter or species 'zz'"),
    ({"show": ["AA"]}, "unknown quantity 'AA'"),
    ({"method": "euler"}, "unknown method 'euler'"), ({"cells": 10_000_000, "points": 10_000}, "GB"),
    ({"begin": 30}, "times from"), ({"rtol": 0}, "rtol"),
])  # fmt: skip
def test_what_is_refused(change, message):
    arguments = {"span": 20, **change}
    with pytest.raises(InputError, match=message):
        lm.simulate(DECAY, arguments.pop("span"), **arguments)


def test_bad_models_are_refused(tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        lm.simulate(tmp_path / "nothing.xml", 1)
    (tmp_path / "bad.ant").write_text("model m\n A -> ; k*A(\nend")
    with pytest.raises(ModelError, match="not valid Antimony"):
        lm.simulate(tmp_path / "bad.ant", 1)
    with pytest.raises(ModelError, match="no value is given for 'k'"):
        lm.simulate("model m\n A = 1; f: A -> ; k*A\nend", 1)
    with pytest.raises(ModelError, match="do not name a known SBML"):
        lm.simulate("<sbml>", 1)


def test_amounts_below_zero_are_noticed():
    drain = lm.simulate("model m\n compartment c = 1; substanceOnly species A in c; A = 5\n f: A -> ; 1\nend", 20)
    assert drain.below_zero[0] > 1000
    assert lm.simulate(DECAY, 20).below_zero[0] < 1
