"""Constants of the exchange: few, named, sourced. Read from constants.toml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files

from lamella.networks import library
from lamella.networks.library import Parameter


class Constants(Mapping[str, float]):
    """Values by 'section.name', e.g. constants['axis.turning_time']; provenance by `row`.

    `changed` gives a copy with other values, for sensitivity studies and controls.
    """

    def __init__(self, rows: dict[str, Parameter]):
        self._rows = rows

    def __getitem__(self, key: str) -> float:
        return self._rows[key].value

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, key: str) -> Parameter:
        """Value with unit, grade and source."""
        return self._rows[key]

    def changed(self, **values: float) -> Constants:
        """A copy with other values; '.' in a name is written '__'."""
        rows = dict(self._rows)
        for key, value in values.items():
            name = key.replace("__", ".")
            old = rows[name]
            rows[name] = Parameter(old.name, float(value), old.unit, old.grade, old.source, old.note, old.fitted_to)
        return Constants(rows)

    def scaled(self, factors: Mapping[str, float]) -> Constants:
        """A copy with values multiplied; `factors` by 'section.name', others are passed over."""
        known = {key: self[key] * factor for key, factor in factors.items() if key in self}
        return self.changed(**{key.replace(".", "__"): value for key, value in known.items()}) if known else self


@lru_cache(maxsize=1)
def constants() -> Constants:
    """The constants of the package."""
    table = library.read_toml(files("lamella.culture") / "constants.toml")
    rows = {
        f"{section}.{name}": library.parameter(name, row, f"culture/constants.toml [{section}]")
        for section, entries in table.items()
        for name, row in entries.items()
    }
    return Constants(rows)
