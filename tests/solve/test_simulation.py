"""`lamella.simulate`: any text in, labelled time courses out."""

import numpy as np
import pytest

import lamella as lm
from lamella.errors import InputError, ModelError
from lamella.solve import pieces

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
    ({"points": 1}, "points is 1"), ({"cells": 0}, "cells is 0"), ({"vary": -1}, "too small"),
    ({"vary": 30}, "vary is 30"),
    ({"vary": "x%"}, "unknown unit"), ({"vary_only": ["k"]}, "not how much"), ({"points": 1.5}, "points is 1.5"),
    ({"vary_only": ["total"], "vary": 0.1}, "cannot be set or varied"), ({"values": {"total": 1.0}}, "cannot be set"),
    ({"stochastic": True, "method": "rodas4"}, "not stochastic"), ({"span": 1e-320, "points": 50_000}, "told apart"),
    ({"atol": -1.0}, "atol"), ({"show": ["z*"]}, "unknown quantity"), ({"threads": 0}, "threads is 0"),
    ({"values": {"k": 10**400}}, "'k' is set to inf"), ({"vary": 10**400}, "finite"), ({"span": 10**400}, "finite"),
    ({"atol": 10**400}, "atol is inf"), ({"rtol": -(10**400)}, "rtol is -inf"),
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


def test_units_and_kinds_are_for_readers():
    text = """model m
      unit time_unit = 3600 second; unit substance = 1e-9 mole; unit extent = 1e-9 mole; unit volume = 1e-3 litre
      compartment c = 2; species A in c; substanceOnly species B in c; A = 1; B = 0; k = 0.5
      f: A -> B; k*A*c
      twice := A + A
    end"""
    result = lm.simulate(text, "90 min", show=["A", "B", "amount:A", "concentration:B", "f", "twice", "k"])
    units = {name: result[name].attrs["units"] for name in result if result[name].ndim == 2}
    assert units == {"A": "µM", "B": "nmol", "amount:A": "nmol", "concentration:B": "µM", "f": "nmol/h",
                     "twice": "µM", "k": ""}
    kinds = [result[name].attrs["kind"] for name in ("A", "f", "twice", "k")]
    assert kinds == ["species", "reaction", "rule", "parameter"]
    assert (result.times.attrs["units"], float(result.times[-1])) == ("h", 1.5)


def test_a_model_without_a_unit_of_time_claims_none():
    text = "model m\n A = 1; f: A -> ; A\nend"
    plain, seconds = lm.simulate(text, 120), lm.simulate(text, "2 min")
    assert (plain.times.attrs["units"], plain.attrs["took_seconds"]) == ("", 0)
    assert (seconds.times.attrs["units"], seconds.attrs["took_seconds"]) == ("s", 1)
    np.testing.assert_array_equal(plain.A, seconds.A)


def test_what_varies_is_said_and_is_what_acts():
    text = """model m
      compartment c = 1; species A in c; species $fuel in c; A = 100; fuel = 3; k_a = 0.1; k_b = 0.2; zero = 0
      f: 2 A -> ; k_a*A*fuel + k_b*zero
    end"""
    result = lm.simulate(text, 1, points=2, cells=30, vary="20%", show=["k_a", "k_b", "zero", "fuel", "A"])
    assert list(result.parameters.values) == ["k_a", "k_b"]
    np.testing.assert_array_equal(result.varied.sel(parameters="k_a"), result.k_a[0])
    assert (result.fuel == 3).all()
    assert result.varied[0].values.tolist() == [0.1, 0.2]
    some = lm.simulate(text, 1, points=2, cells=30, vary=0.2, vary_only=["*_b", "fuel", "A"])
    assert sorted(some.parameters.values) == ["A", "fuel", "k_b"]
    np.testing.assert_array_equal(some.varied.sel(parameters="A"), some.A[0])
    np.testing.assert_array_equal(some.varied.sel(parameters="k_b"), result.varied.sel(parameters="k_b"))


def test_starts_that_are_stored_as_amounts_or_missing_can_be_set():
    text = """model m
      compartment c = 2; species A in c; species B in c; A = 0
      k = 1; c' = 0.1; f: A -> B; k*A
    end"""
    with pytest.raises(ModelError, match="no value is given for 'B'"):
        lm.simulate(text, 1)
    result = lm.simulate(text, 1, points=2, values={"A": 4, "B": 6}, show=["A", "amount:A", "B"])
    assert [float(result[name][0, 0]) for name in ("A", "amount:A", "B")] == [4, 8, 6]


def test_models_that_draw_their_own_start():
    text = "model m\n A = normal(100, 10); k = 0.1\n f: A -> ; k*A\nend"
    result = lm.simulate(text, 5, points=3, cells=200, rtol=1e-8)
    assert 95 < float(result.A[0].mean()) < 105
    assert 5 < float(result.A[0].std()) < 15
    np.testing.assert_allclose(result.A[-1], result.A[0] * np.exp(-0.5), rtol=1e-6)
    part = lm.simulate(text, 5, points=3, cells=7)
    np.testing.assert_array_equal(part.A[0], result.A[0, :7])


@pytest.mark.parametrize("method", ["rodas5p", "ssa"])
@pytest.mark.parametrize("text", [
    "model m\n A = 500; k = 0.3; f: A -> ; k*A\n at time > 2, priority = 1: A = 700\n at time > 2: A = 800\nend",
    "model m\n A = 500; k = 0.3; f: A -> ; k*A\nend",
])  # fmt: skip
def test_cut_and_company_and_threads_change_nothing(text, method, monkeypatch):
    whole = lm.simulate(text, 4, points=5, cells=40, vary="10%", method=method)
    monkeypatch.setattr(pieces, "_LARGEST", 8)
    assert lm.simulate(text, 4, points=5, cells=40, vary="10%", method=method, threads=3).identical(whole)
    fewer = lm.simulate(text, 4, points=5, cells=11, method=method, vary="10%", vary_only=["A"])
    more = lm.simulate(text, 4, points=5, cells=30, method=method, vary="10%", vary_only=["A"])
    np.testing.assert_array_equal(fewer.A[:, 0], more.A[:, 0])


def test_an_interrupted_call_goes_on(tmp_path, monkeypatch):
    arguments = {"points": 5, "cells": 64, "vary": 0.2}
    whole = lm.simulate(DECAY, 20, **arguments)
    monkeypatch.setattr(pieces, "_SECONDS_AT_RISK", 0.0)
    real, made = pieces._piece, []

    def interrupted(*given):
        if len(made) == 5:
            raise KeyboardInterrupt
        made.append(given)
        return real(*given)

    monkeypatch.setattr(pieces, "_piece", interrupted)
    with pytest.raises(KeyboardInterrupt):
        lm.simulate(DECAY, 20, **arguments, keep=tmp_path)
    kept = list(tmp_path.glob("*.npz"))
    assert len(kept) == 5
    kept[0].write_bytes(b"spoilt")
    monkeypatch.setattr(pieces, "_piece", lambda *given: made.append(given) or real(*given))
    assert lm.simulate(DECAY, 20, **arguments, keep=tmp_path).identical(whole)
    assert len(made) == 5 + 8 - 4
    other = lm.simulate(DECAY, 20, **arguments, keep=tmp_path, seed=2)
    assert not np.array_equal(other.A, whole.A)


def test_machine_code_gives_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setenv("LAMELLA_CACHE_DIR", str(tmp_path))
    tape = lm.simulate(DECAY, 20, cells=64, vary=0.3)
    monkeypatch.setattr(pieces, "pays_to_compile", lambda program, steps: True)
    assert lm.simulate(DECAY, 20, cells=64, vary=0.3).identical(tape)
    assert list(tmp_path.glob("*.o"))


def test_molecules_are_whole():
    text = "model m\n A = 50; f: A -> ; 0.1*A\nend"
    result = lm.simulate(text, 5, points=3, cells=20, stochastic=True, vary="30%", vary_only=["A"])
    assert (np.round(result.A) == result.A).all()
    assert np.unique(result.A[0]).size > 5
    with pytest.raises(InputError, match=r"starts with 0\.5 molecules"):
        lm.simulate(text, 5, stochastic=True, values={"A": 0.5})
    with pytest.raises(ModelError, match="depends on time"):
        lm.simulate("model m\n A = 5; f: A -> ; time*A\nend", 5, stochastic=True)


def test_names_of_the_result_give_way_to_nobody():
    text = "model m\n cells = 5; status = 2; status_ = 1; f: cells -> status; cells; g: status_ -> ; status_\nend"
    result = lm.simulate(text, 2, points=3)
    assert {"cells_", "status__", "status_"} <= set(result.data_vars)
    np.testing.assert_allclose(result["cells_"][:, 0], 5 * np.exp(-result.times), rtol=1e-4)
    assert result["status__"].attrs["long_name"] == "status"
    np.testing.assert_allclose(result["status_"][:, 0], np.exp(-result.times), rtol=1e-4)
