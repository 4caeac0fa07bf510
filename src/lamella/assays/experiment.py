"""The experiment file: what a user writes, checked whole before anything is computed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import filter as filter_names
from pathlib import Path
from typing import Annotated, Any

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, field_validator

from lamella.assays.protocol import Assay, Conditions, Setting
from lamella.assays.quantities import written_in
from lamella.assays.reading import Key, Source, read_toml
from lamella.assays.tables import entries, placed, unknown_key, validated
from lamella.errors import InputError, unknown
from lamella.networks import (
    Network,
    Perturbations,
    assemble,
    by_name,
    cell_line,
    cell_lines,
    refused_assay,
    refused_kind,
    resolve,
)
from lamella.provenance import value_hash

_ARM_NAME = re.compile(r"\w[\w +.()-]{0,63}")
_KEYS = ("title", "cell", "seed", "replicates", "matrix", "medium", "arms", "assays", "compare", "explain",
         "without", "front_equals_rear", "written_by")


class Comparison(BaseModel):
    """One arm over another: every read-out of `arm` as a ratio to the same read-out of `against`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    arm: StrictStr
    against: StrictStr


class Explanation(BaseModel):
    """Which effect the report traces to its reactions.

    quantity      what the network holds, as blots name it: 'RAC1.gtp'
    arm, against  the effect is that of `arm` over `against`
    at            time after the treatment
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    quantity: StrictStr
    arm: StrictStr
    against: StrictStr
    at: Annotated[StrictStr, written_in("s", above=0.0)] = "24 h"


class _Header(BaseModel):
    """The keys of the file that need no other room to be judged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: StrictStr = Field(default="", max_length=200)
    cell: StrictStr
    seed: StrictInt = Field(default=1, ge=0, lt=2**63)
    replicates: StrictInt = Field(default=3, ge=1, le=10_000)
    matrix: dict[StrictStr, StrictStr] = {}
    medium: dict[StrictStr, StrictStr] = {}
    compare: tuple[Comparison, ...] | None = None
    explain: Explanation | None = None
    without: tuple[StrictStr, ...] = ()
    front_equals_rear: StrictBool = False
    written_by: dict[StrictStr, StrictStr] = {}

    @field_validator("medium")
    @classmethod
    def _known_names(cls, medium: dict[str, str]) -> dict[str, str]:
        return by_name("factor", medium)


@dataclass(frozen=True)
class Experiment:
    """Arms, and the assays that each of them goes through.

    title       for the reader; changes no number
    cell        name of the cell line, of the arms that have none of their own
    seed        seed of all streams; arms share them
    replicates  dishes per arm
    matrix      ligand -> coating, as written
    medium      soluble factor -> dose, as written
    arms        arm -> what is done to its cells; the first is the control unless `compare` says otherwise
    assays      assay -> its conditions
    compare     which arm is set against which
    explain     which effect is traced to its reactions; changes no number
    without     reactions deleted from the network; '*' in a name stands for anything
    front_equals_rear  the network sees the mean of its front and rear inputs
    written_by  versions and hashes that a `run.toml` carries; empty for a file written by hand
    lines       arm -> its own cell line
    conditions  arm -> assay -> its own conditions there, those of the assay's table included
    """

    cell: str
    arms: Mapping[str, Perturbations]
    assays: Mapping[str, Conditions]
    title: str = ""
    seed: int = 1
    replicates: int = 3
    matrix: Mapping[str, str] = field(default_factory=dict)
    medium: Mapping[str, str] = field(default_factory=dict)
    compare: tuple[Comparison, ...] = ()
    explain: Explanation | None = None
    without: tuple[str, ...] = ()
    front_equals_rear: bool = False
    written_by: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, Mapping[str, Conditions]] = field(default_factory=dict)

    def line(self, arm: str) -> str:
        """The cell line of an arm."""
        return self.lines.get(arm, self.cell)

    def cells(self) -> tuple[str, ...]:
        """All cell lines, in the order of the arms."""
        return tuple(dict.fromkeys(self.line(arm) for arm in self.arms))

    def conditions_of(self, assay: str, arm: str) -> Conditions:
        """The conditions of an assay in an arm."""
        return self.conditions.get(arm, {}).get(assay, self.assays[assay])

    def network_hash(self) -> str:
        """Hash of the networks of all cell lines; that of the one network where there is one."""
        digests = {cell: assemble(cell).digest for cell in self.cells()}
        return next(iter(digests.values())) if len(digests) == 1 else value_hash(digests)

    def setting(self, arm: str, replicate: int) -> Setting:
        """What one dish of one arm is given."""
        return Setting(cell=self.line(arm), arm=arm, perturbations=self.arms[arm], matrix=dict(self.matrix),
                       medium=dict(self.medium), seed=self.seed, replicate=replicate, without=self.without,
                       front_equals_rear=self.front_equals_rear)

    def content(self) -> dict[str, Any]:
        """The experiment as plain values with every default spelled out, in the shape of the file."""
        return {
            "title": self.title, "cell": self.cell, "seed": self.seed, "replicates": self.replicates,
            "without": list(self.without), "front_equals_rear": self.front_equals_rear,
            "matrix": dict(self.matrix), "medium": dict(self.medium),
            "arms": {name: arm.model_dump(mode="json", exclude_defaults=True) | self._own(name)
                     for name, arm in self.arms.items()},
            "assays": {name: conditions.model_dump(mode="json") for name, conditions in self.assays.items()},
            "compare": [entry.model_dump() for entry in self.compare],
            "explain": self.explain.model_dump() if self.explain else {},
        }

    def own_conditions(self, arm: str) -> dict[str, dict[str, Any]]:
        """Assay -> the conditions of an arm that differ from those of the others, as plain values."""
        return {assay: {key: value for key, value in conditions.model_dump(mode="json").items()
                        if value != getattr(self.assays[assay], key)}
                for assay, conditions in self.conditions.get(arm, {}).items()}

    def _own(self, arm: str) -> dict[str, Any]:
        """What an arm has of its own, beside its treatment, in the shape of the file."""
        own: dict[str, Any] = {"cell": self.lines[arm]} if arm in self.lines else {}
        differing = {assay: table for assay, table in self.own_conditions(arm).items() if table}
        return own | ({"assays": differing} if differing else {})

    def hash(self) -> str:
        """Hash of everything that can change a number; title and `explain` cannot, the order of the arms can."""
        content = self.content()
        del content["title"], content["explain"]
        return value_hash({**content, "arms": list(content["arms"].items()), "assays": list(content["assays"].items())})

    def to_toml(self, written_by: Mapping[str, str]) -> str:
        """A file that reproduces the run. `written_by` records what it was run with."""
        content = {key: value for key, value in self.content().items() if value not in ({}, [])}
        content["assays"] = {name: {key: value for key, value in conditions.items() if value is not None}
                             for name, conditions in content["assays"].items()}
        if not self.compare:
            content["compare"] = []
        head = "# Reproduces this run: lamella run run.toml --out NEW_FOLDER\n"
        return head + tomli_w.dumps({**content, "written_by": dict(written_by)})


def read_experiment(path: Path, assays: Mapping[str, Assay]) -> Experiment:
    """The experiment in a TOML file.

    assays   the assays that may be named, by name
    raises   InputError: with file and line, what, why and remedy
    """
    content, source = read_toml(path)
    return build_experiment(content, assays, source)


def build_experiment(content: Mapping[str, Any], assays: Mapping[str, Assay], source: Source) -> Experiment:
    """The experiment that plain values in the shape of the file describe. Raises InputError."""
    for key in content:
        if key not in _KEYS:
            raise unknown_key(key, _KEYS, source, (key,))
    header = validated(_Header, {k: v for k, v in content.items() if k not in ("arms", "assays")}, source, ())
    main = _network(header.cell, source, ("cell",))
    tables = _arm_tables(content, source)
    networks = {name: _network(table["cell"], source, ("arms", name, "cell")) if "cell" in table else main
                for name, table in tables.items()}
    for network in {network.cell.name: network for network in (main, *networks.values())}.values():
        _check_surroundings(network, header, source)
        for number, reaction in enumerate(header.without):
            if not filter_names(network.evidence, reaction):
                raise unknown("reaction", reaction, network.evidence, source.where(("without", number)))
    arms = {name: _arm(networks[name], name, table, source) for name, table in tables.items()}
    common = _assays(content, assays, source)
    lines = {name: networks[name].cell.name for name, table in tables.items() if "cell" in table}
    experiment = Experiment(
        cell=main.cell.name, arms=arms, assays=common, title=header.title, lines=lines,
        conditions={name: own for name, table in tables.items()
                    if (own := _own_conditions(name, table, content, common, assays, source))},
        seed=header.seed, replicates=header.replicates, matrix=header.matrix, medium=header.medium,
        compare=_comparisons(header.compare, arms, source), explain=_explanation(header.explain, arms, lines, source),
        without=tuple(dict.fromkeys(header.without)),
        front_equals_rear=header.front_equals_rear, written_by=header.written_by)
    for assay in common:
        for name, network in networks.items():
            _require(experiment.conditions_of(assay, name), network, assay, source)
    return experiment


def _require(conditions: Conditions, network: Network, assay: str, source: Source) -> None:
    """Let the conditions of an assay refuse what the network of an arm has not, at its place in the file."""
    try:
        conditions.require(network)
    except InputError as error:
        raise placed(error, source, ("assays", assay, *([error.where] if error.where else []))) from None


def _table(content: Mapping[str, Any], key: str, example: str, source: Source) -> Mapping[str, Any]:
    """A table of tables that must be there and hold something."""
    tables = content.get(key)
    if tables is None or tables == {}:
        raise InputError(f"the experiment has no {key}", where=source.where((key,) if key in content else ()),
                         remedy=f"Add a table such as [{key}.{example}].")
    for name, table in (tables if isinstance(tables, dict) else {"": tables}).items():
        if not isinstance(table, dict):
            at = (key, name) if name else (key,)
            raise InputError(f"'{at[-1]}' is not a table", where=source.where(at),
                             remedy=f"Write [{key}.{name or example}].")
    return tables


def _explanation(entry: Explanation | None, arms: Mapping[str, Perturbations], lines: Mapping[str, str],
                 source: Source) -> Explanation | None:
    if entry is None:
        return None
    for key in ("arm", "against"):
        if getattr(entry, key) not in arms:
            raise unknown("arm", getattr(entry, key), arms, source.where(("explain", key)))
    if lines.get(entry.arm) != lines.get(entry.against):
        raise InputError("an effect between two cell lines is carried by no single reaction",
                         where=source.where(("explain", "arm")), why="Their networks differ in many numbers at once.",
                         remedy="Explain an effect within one line, or swap single levels with `level_of`.")
    return entry


def _network(cell: object, source: Source, key: Key) -> Network:
    if not isinstance(cell, str):
        raise InputError("the name of a cell line is text", where=source.where(key), remedy='Write e.g. cell = "HeLa".')
    try:
        return assemble(cell_line(cell).name)
    except InputError as error:
        if cell in cell_lines():
            raise
        raise placed(error, source, key) from None


def _check_surroundings(network: Network, header: _Header, source: Source) -> None:
    for ligand, coating in header.matrix.items():
        _resolved(network, Perturbations(), {ligand: coating}, {}, source, ("matrix", ligand))
    for factor, dose in header.medium.items():
        _resolved(network, Perturbations(), {}, {factor: dose}, source, ("medium", factor))


def _resolved(network: Network, perturbations: Perturbations, matrix: dict[str, str], medium: dict[str, str],
              source: Source, key: Key) -> None:
    """Let the network refuse a name or a dose, at its place in the file."""
    try:
        resolve(network, perturbations, matrix, medium)
    except InputError as error:
        raise placed(error, source, key) from None


_OWN = ("cell", "assays")
"""Keys of an arm that are no perturbation: its own cell line, and its own conditions by assay."""


def _arm_tables(content: Mapping[str, Any], source: Source) -> dict[str, Mapping[str, Any]]:
    """Arms by name, with a cell line that a command line gives as a list of one as text."""
    found = {}
    for name, table in _table(content, "arms", "control", source).items():
        if not _ARM_NAME.fullmatch(name):
            raise InputError("this arm's name is not allowed", where=source.where(("arms", name)),
                             why="A name has up to 64 letters, digits, spaces and + - _ . ( ), and starts with a "
                                 "letter or a digit.", remedy="Rename the arm.")
        line = table.get("cell")
        found[name] = {**table, "cell": line[0]} if isinstance(line, list) and len(line) == 1 else table
    return found


def _arm(network: Network, name: str, table: Mapping[str, Any], source: Source) -> Perturbations:
    """What an arm does to its cells."""
    done = {kind: value for kind, value in table.items() if kind not in _OWN}
    for kind in done:
        if (error := refused_kind(kind)) is not None:
            raise placed(error, source, ("arms", name, kind))
        if kind not in Perturbations.model_fields:
            raise unknown_key(kind, (*Perturbations.model_fields, *_OWN), source, ("arms", name, kind))
    arm = validated(Perturbations, done, source, ("arms", name))
    for key, alone in entries(done):
        _resolved(network, Perturbations.model_validate(alone), {}, {}, source, ("arms", name, *key))
    _resolved(network, arm, {}, {}, source, ("arms", name))
    return arm


def _own_conditions(name: str, table: Mapping[str, Any], content: Mapping[str, Any], common: Mapping[str, Conditions],
                    assays: Mapping[str, Assay], source: Source) -> dict[str, Conditions]:
    """Assay -> the conditions of one arm that differ from those of the others.

    raises   InputError: an assay that the experiment has not, a condition that has to be the same in all arms
    """
    own = {}
    key = ("arms", name, "assays")
    tables = table.get("assays", {})
    if not isinstance(tables, dict) or not all(isinstance(one, dict) for one in tables.values()):
        raise InputError("conditions of an arm are tables by assay", where=source.where(key),
                         remedy=f"Write e.g. [arms.{name}.assays.{next(iter(common))}].")
    for assay, conditions in tables.items():
        if assay not in common:
            raise unknown("assay of this experiment", assay, common, source.where((*key, assay)))
        free = assays[assay].by_arm
        for condition in conditions:
            if condition in assays[assay].conditions.model_fields and condition not in free:
                raise InputError(f"'{condition}' of {assay} is the same in all arms",
                                 where=source.where((*key, assay, condition)),
                                 why=f"Of its own an arm may have {', '.join(sorted(free))}." if free
                                 else "No condition of this assay may differ between arms.",
                                 remedy=f"Write it under [assays.{assay}], or make two experiments.")
        merged = {**content["assays"][assay], **conditions}
        own[assay] = validated(assays[assay].conditions, merged, source, (*key, assay))
    return own


def _assays(content: Mapping[str, Any], assays: Mapping[str, Assay], source: Source) -> dict[str, Conditions]:
    chosen = {}
    for name, table in _table(content, "assays", next(iter(assays), "NAME"), source).items():
        if name not in assays:
            where = source.where(("assays", name))
            raise refused_assay(name, where) or unknown("assay", name, assays, where, "assays")
        chosen[name] = validated(assays[name].conditions, table, source, ("assays", name))
    return chosen


def _comparisons(entries: tuple[Comparison, ...] | None, arms: Mapping[str, Perturbations],
                 source: Source) -> tuple[Comparison, ...]:
    """The comparisons asked for; every arm against the first where none are."""
    first, *others = arms
    if entries is None:
        return tuple(Comparison(arm=arm, against=first) for arm in others)
    for number, entry in enumerate(entries):
        for key in ("arm", "against"):
            name = getattr(entry, key)
            if name not in arms:
                raise unknown("arm", name, arms, source.where(("compare", number, key)))
        if entry.arm == entry.against:
            raise InputError(f"arm '{entry.arm}' is compared with itself", where=source.where(("compare", number)),
                             remedy="Name two different arms.")
        if entry in entries[:number]:
            raise InputError("this comparison stands twice", where=source.where(("compare", number)),
                             remedy="Remove one of the two.")
    return entries
