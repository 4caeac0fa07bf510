"""Records and tables of the package, read once; a file that cannot be read ends in one error with its place."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr, ValidationError

from lamella.errors import InputError, nearest, unknown
from lamella.findings.contradiction import Contradiction
from lamella.findings.record import SCHEMA, Finding, Protocol
from lamella.findings.structure import BY_KIND, Structure

Made = TypeVar("Made", bound=BaseModel)

_ROOM = "lamella.findings"
OPEN = "open"
"""What the index says of a claim that has no record yet."""

NOT_APPLICABLE = "not applicable"
"""What the index says of a claim that no experiment on a model can judge."""

RESTATED = "restated"
"""What the index says of a claim that only says again what other claims say."""

STRUCTURE = "structure"
"""What the index says of a claim that is held against the network itself (structures.toml)."""

UNRECORDED = frozenset({OPEN, NOT_APPLICABLE, RESTATED, STRUCTURE})
"""What stands in the index where no record does."""


class IndexLine(BaseModel):
    """One claim of the two inventories, in a line.

    says     in own words
    check    judged only, never used to set a parameter: its number divides by 3
    module   part of the biology; kind: mechanism, experiment, quantity, context, structure, clinical, open_question
    record   id of the record that judges it; 'open', 'not applicable', 'restated' or 'structure' where none does
    why      of 'not applicable': the reason; of 'open': what it waits for
    restates of 'restated': the claims that say the same; it holds if all of them do
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: StrictStr
    says: StrictStr = Field(min_length=10)
    check: StrictBool
    module: StrictStr
    kind: StrictStr
    record: StrictStr
    why: StrictStr = ""
    restates: tuple[StrictStr, ...] = ()

    @property
    def review(self) -> str:
        """Key of the review that holds it."""
        return next(key for key, row in reviews().items() if row["prefix"] == self.id[:3])


@lru_cache(maxsize=1)
def load_all() -> tuple[Finding, ...]:
    """Every record of the library, by id.   raises InputError: a file that is no record"""
    folder = files(_ROOM) / "library"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(read_finding(text_of(folder / name), f"findings/library/{name}") for name in names)


def get(name: str) -> Finding:
    """The record with this id, or the one that judges the claim of this number, such as 'IAP-173'.

    raises   InputError: no such id, with the nearest ones; a claim without a record, with what the index says of it
    """
    by_id = {finding.id: finding for finding in load_all()}
    line = next((line for line in index() if line.id == name.upper()), None)
    if line is not None and line.record in UNRECORDED:
        raise InputError(f"{line.id} has no record of its own", why=f"{line.says}: {_without_record(line)}.",
                         remedy="`lamella findings score --json` tells what is said of every claim.")
    found = name if line is None else line.record
    if found not in by_id:
        raise unknown("finding", name, by_id)
    return by_id[found]


def _without_record(line: IndexLine) -> str:
    """What the index says of a claim that no record judges."""
    if line.record == STRUCTURE:
        return "it is held against the network, by `lamella findings structures`"
    if line.record == RESTATED:
        return f"it says again what {', '.join(line.restates)} say"
    return f"{line.record}, {line.why.rstrip('.')}"


@lru_cache(maxsize=1)
def index() -> tuple[IndexLine, ...]:
    """Every claim of the two inventories, in their order.   raises InputError"""
    where = "findings/index.toml"
    table = parsed(text_of(files(_ROOM) / "index.toml"), where)
    return tuple(_model(IndexLine, {"id": key, **row}, f"{where} [{key}]") for key, row in table.items())


@lru_cache(maxsize=1)
def reviews() -> dict[str, dict[str, str]]:
    """Review -> title, authors, doi, and the prefix of its claims."""
    return parsed(text_of(files(_ROOM) / "reviews.toml"), "findings/reviews.toml")


@lru_cache(maxsize=1)
def reference_lines() -> dict[str, str]:
    """What a reference line stands for -> cell line, for claims about cells in general."""
    table = parsed(text_of(files(_ROOM) / "reference_lines.toml"), "findings/reference_lines.toml")
    return {name: row["cell"] for name, row in table.items()}


@lru_cache(maxsize=1)
def seen() -> dict[str, str]:
    """Check claims that somebody looked at while setting a number -> why; a verdict on them is not blind."""
    table = parsed(text_of(files(_ROOM) / "seen.toml"), "findings/seen.toml")
    return {claim: row["why"] for claim, row in table.items()}


@lru_cache(maxsize=1)
def discriminating() -> dict[str, str]:
    """Claims that best tell a model from a drawing with arrows -> why."""
    table = parsed(text_of(files(_ROOM) / "discriminating.toml"), "findings/discriminating.toml")
    return {claim: row["why"] for claim, row in table.items()}


@lru_cache(maxsize=1)
def contradictions() -> tuple[Contradiction, ...]:
    """What the review on integrins seems to say both ways, in its order.   raises InputError"""
    where = "findings/contradictions.toml"
    table = parsed(text_of(files(_ROOM) / "contradictions.toml"), where)
    return tuple(_model(Contradiction, row, f"{where} [{row.get('number')}]") for row in table["contradiction"])


@lru_cache(maxsize=1)
def structures() -> tuple[Structure, ...]:
    """What the reviews say of how proteins are built.   raises InputError"""
    return read_structures(text_of(files(_ROOM) / "structures.toml"), "findings/structures.toml")


def read_structures(text: str, where: str) -> tuple[Structure, ...]:
    """The statements in a TOML text.   raises InputError: no TOML, a kind, a key or a value that the format has not"""
    found = []
    for row in parsed(text, where).get("structure", ()):
        place = f"{where} {', '.join(map(str, row.get('claims', ())))}"
        if row.get("kind") not in BY_KIND:
            raise unknown("kind of statement", str(row.get("kind")), BY_KIND, place)
        found.append(_model(BY_KIND[row["kind"]], row, place))
    return tuple(found)


def read_finding(text: str, where: str) -> Finding:
    """The record in a TOML text.

    where    for the error: file of the text
    raises   InputError: no TOML, another schema, a key or a value that the format has not
    """
    table = parsed(text, where)
    _require_schema(table, where, "record")
    if isinstance(table.get("protocol"), str):
        table = _under(protocol(table["protocol"], where), table)
    return _model(Finding, table, where)


@lru_cache(maxsize=1)
def protocols() -> dict[str, Protocol]:
    """Protocols by name.   raises InputError: a file that is none"""
    folder = files(_ROOM) / "protocols"
    found = {}
    for name in sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml")):
        where = f"findings/protocols/{name}"
        table = parsed(text_of(folder / name), where)
        _require_schema(table, where, "protocol")
        found[name.removesuffix(".toml")] = _model(Protocol, table, where)
    return found


def protocol(name: str, where: str | None = None) -> Protocol:
    """The protocol with this name.   raises InputError with the nearest names"""
    if name not in protocols():
        raise unknown("protocol", name, protocols(), where)
    return protocols()[name]


def _under(shared: Protocol, table: dict) -> dict:
    """A record's table over that of its protocol: tables are joined key by key, and the record has the last word."""
    joined = dict(table)
    for key in ("matrix", "medium", "arms", "conditions"):
        own = table.get(key, {})
        if isinstance(own, dict):
            joined[key] = {**getattr(shared, key), **own}
    return joined


def _require_schema(table: dict, where: str, what: str) -> None:
    if table.get("schema") != SCHEMA:
        raise InputError(f"the {what} has schema {table.get('schema', 'none')}", where=where,
                         why=f"This program reads schema {SCHEMA}.", remedy=f"Write `schema = {SCHEMA}`.")


def text_of(entry: Traversable) -> str:
    """Text of a packaged file.   raises InputError: not UTF-8"""
    try:
        return entry.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the file cannot be read", where=f"findings/{entry.name}", why=str(error)) from None


def parsed(text: str, where: str) -> dict:
    """A TOML text as tables.   raises InputError with the parser's line"""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError("not valid TOML", where=where, why=f"{error}.", remedy="Correct the line.") from None


def _model(model: type[Made], table: dict, where: str) -> Made:
    try:
        return model.model_validate(_frozen(table))
    except ValidationError as error:
        raise _complaint(error.errors()[0], model, where) from None


def _frozen(value):
    """Lists as tuples, all the way down: a record does not change."""
    if isinstance(value, dict):
        return {key: _frozen(inner) for key, inner in value.items()}
    return tuple(_frozen(inner) for inner in value) if isinstance(value, list) else value


def _complaint(found, model: type[BaseModel], where: str) -> InputError:
    """What pydantic says of one value, as an error of ours."""
    at = ".".join(str(part) for part in found["loc"])
    message = found["msg"].removeprefix("Value error, ").rstrip(".") + "."
    if found["type"] == "extra_forbidden" and len(found["loc"]) == 1:
        return InputError(f"unknown key '{at}'", where=where, remedy=nearest(at, model.model_fields))
    if found["type"] == "missing":
        return InputError(f"the key '{at}' is missing", where=where, remedy=f"Add `{found['loc'][-1]} = ...`.")
    return InputError(f"the value of '{at}' is not allowed" if at else "the record does not hang together", where=where,
                      why=message, remedy="Correct the record.")
