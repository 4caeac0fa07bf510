"""Hashes see content and nothing else."""

import numpy as np
import pandas as pd
import xarray as xr

from lamella import provenance


def data(values=(1.0, 2.0), name="closure", arm="a", order=1):
    variables = {name: ("replicates", np.array(values)), "other": ("replicates", np.array([1, 2]))}
    dataset = xr.Dataset(dict(list(variables.items())[::order]), coords={"arms": [arm]})
    return {"quick": dataset}, {"quick": pd.DataFrame({"arm": pd.Categorical([arm]), "x_um": [values[0]]})}


def test_data_hash_is_of_content():
    plain = provenance.data_hash(*data())
    assert plain == provenance.data_hash(*data(order=-1))
    for other in (data(values=(1.0, 2.5)), data(values=(1.5, 2.0)), data(name="speed"), data(arm="b")):
        assert provenance.data_hash(*other) != plain


def test_data_hash_sees_kind_and_shape_and_not_layout():
    def of(array):
        return provenance.data_hash({"a": xr.Dataset({"v": (("x", "y"), array)})}, {})

    values = np.arange(6.0).reshape(2, 3)
    assert of(values) == of(np.asfortranarray(values)) == of(values.astype(">f8"))
    assert len({of(values), of(values.astype(np.float32)), of(values.reshape(3, 2)), of(-values)}) == 4


def test_data_hash_does_not_see_attributes():
    datasets, tables = data()
    datasets["quick"].attrs["written"] = "yesterday"
    assert provenance.data_hash(datasets, tables) == provenance.data_hash(*data())


def test_value_hash_does_not_see_the_order_of_keys():
    assert provenance.value_hash({"a": 1, "b": [2]}) == provenance.value_hash({"b": [2], "a": 1})
    assert provenance.value_hash({"a": 1}) != provenance.value_hash({"a": 1.5})


def test_source_hash_sees_names_and_text(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "_PACKAGE", tmp_path)
    (tmp_path / "room").mkdir()
    file = tmp_path / "room" / "a.py"
    file.write_text("x = 1")

    def of():
        provenance.source_hash.cache_clear()
        return provenance.source_hash("room")

    first = of()
    (tmp_path / "room" / "notes.txt").write_text("no matter")
    assert of() == first
    file.write_text("x = 2")
    second = of()
    file.rename(tmp_path / "room" / "b.py")
    assert len({first, second, of()}) == 3
    provenance.source_hash.cache_clear()


def test_versions_and_machine_are_text():
    for table in (provenance.versions(), provenance.machine()):
        assert all(isinstance(value, str) and value for value in table.values())
    assert {"lamella", "python", "numpy", "numba"} <= provenance.versions().keys()
