"""What a scorecard in JSON must have to be compared with another: the part of it that `comparing` reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, StrictBool, StrictFloat, StrictInt, StrictStr, ValidationError

from lamella.errors import InputError

Number = StrictFloat
"""A whole number is one, too, unless no float can hold it."""


class _Part(BaseModel):
    """Other versions may write more."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Effect(_Part):
    label: StrictStr
    quantity: StrictStr
    ratio: Number | None
    low: Number | None
    high: Number | None


class _Expectation(_Part):
    expected: StrictStr
    terms: dict[StrictStr, StrictBool | Number | StrictStr | list[StrictStr] | None]
    corollary: StrictBool
    claims: list[StrictStr]
    effects: list[_Effect]


class _Cell(_Part):
    cell: StrictStr
    expectations: list[_Expectation]


class _Record(_Part):
    arms: dict[StrictStr, Any]


class _Row(_Part):
    id: StrictStr
    verdict: StrictStr
    reason: StrictStr
    role: StrictStr
    claims: dict[StrictStr, StrictStr]
    record: _Record
    cells: list[_Cell]


class _Card(_Part):
    totals: dict[StrictStr, StrictInt]
    verdicts: list[_Row]
    holds: list[StrictStr] = []
    fails: list[StrictStr] = []
    not_applicable: list[StrictStr] = []
    open: list[StrictStr] = []


def require_scorecard(table: Mapping[str, Any], name: str) -> None:
    """Refuse what is no scorecard.

    name     what it is called in the message
    raises   InputError: with the place of the first thing that is missing or of another kind
    """
    try:
        _Card.model_validate(dict(table))
    except ValidationError as error:
        first = error.errors()[0]
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
        raise InputError(f"the {name} file is no scorecard", why=f"{place}: {first['msg']}.",
                         remedy="Write one with: lamella findings score --json > FILE") from None
