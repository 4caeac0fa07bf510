"""The `run.toml` of a simulation: everything that reproduces it, next to a copy of the model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, StrictFloat, StrictInt, StrictStr, ValidationError

from lamella.errors import InputError, unknown
from lamella.provenance import machine, value_hash, versions

MODEL = "model.xml"
"""Name of the copy of the model, as SBML."""

_KEY = "simulation"


class Settings(BaseModel):
    """What `lamella simulate` was asked for; names and meaning are those of `lamella.simulate`."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    span: StrictFloat | StrictInt | StrictStr
    begin: StrictFloat | StrictInt | StrictStr = "0"
    points: StrictInt = 101
    cells: StrictInt = 1
    vary: StrictFloat | StrictInt | StrictStr = 0.0
    vary_only: tuple[StrictStr, ...] = ()
    values: dict[StrictStr, StrictFloat | StrictInt] = {}
    show: tuple[StrictStr, ...] = ()
    method: Literal["rodas5p", "rodas4", "ssa", "tau"] = "rodas5p"
    seed: StrictInt = 1
    rtol: StrictFloat = 1e-6
    atol: StrictFloat | None = None
    title: StrictStr | None = None

    def identity(self, model_hash: str) -> str:
        """The line that stands in the `run.toml` of this simulation and of no other."""
        return f'{_KEY} = "{value_hash([model_hash, self.model_dump(mode="json")])}"'

    def to_toml(self, model_hash: str) -> str:
        """A record that reproduces the simulation of the model beside it."""
        head = "# Reproduces this simulation: lamella simulate run.toml --out NEW_FOLDER\n"
        content = self.model_dump(mode="json", exclude_none=True)
        written_by = {**versions(), **machine(), "model": model_hash}
        return head + self.identity(model_hash) + "\n" + tomli_w.dumps(
            {"model": MODEL, "settings": content, "written_by": written_by}
        )


def read_record(path: Path) -> tuple[Path, Settings, dict[str, str]]:
    """Model, settings and what they were run with, of a `run.toml`.

    errors  InputError with file and key
    """
    from lamella.assays.reading import read_toml

    content, source = read_toml(path)
    if _KEY not in content:
        raise InputError("this is not the record of a simulation", where=str(path),
                         remedy="An experiment is run with `lamella run FILE`.")  # fmt: skip
    for key in content:
        if key not in (_KEY, "model", "settings", "written_by"):
            raise unknown("key", key, (_KEY, "model", "settings", "written_by"), source.where((key,)))
    name = content.get("model")
    if not isinstance(name, str) or Path(name).name != name:
        raise InputError("the record names no model in its own folder", where=source.where(("model",)))
    written_by = content.get("written_by", {})
    if not isinstance(written_by, dict):
        written_by = {}
    return path.parent / name, _settings(content.get("settings"), source), written_by


def differences(written_by: Mapping[str, Any], model_hash: str) -> list[str]:
    """In what program, machine and model differ from those that wrote a record."""
    now = {**versions(), **machine(), "model": model_hash}
    return [f"{name} was {value}, is {now[name]}" for name, value in written_by.items()
            if name in now and now[name] != value]  # fmt: skip


def is_record(path: Path) -> bool:
    """Whether a file is the record of a simulation, as far as its first lines tell."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return f"{_KEY} = " in file.read(400)
    except OSError:
        return False


def _settings(content: object, source) -> Settings:
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = tuple(part for part in first["loc"] if isinstance(part, (str, int)))[:2]
        raise InputError("the settings of the record are not acceptable", where=source.where(("settings", *key)),
                         why=f"{first['msg']}.", remedy="Record and model are written by `lamella simulate`.") from None
