"""Two arms and what stands between them, as a record writes it: 'knockdown > control'."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict

_RELATION = re.compile(r"(\S(?:.*?\S)?) ([<>~/]) (\S(?:.*\S)?)")


class Relation(BaseModel):
    """Two arms and what stands between them, as in 'knockdown > control'.

    first, second   arms as written
    sign            > and < order them, ~ calls them equal, / asks for their ratio
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: str
    second: str
    sign: str

    @property
    def arms(self) -> tuple[str, str]:
        return self.first, self.second

    @property
    def direction(self) -> int:
        """-1 where the first arm is the smaller one, else 1."""
        return -1 if self.sign == "<" else 1

    def __str__(self) -> str:
        return f"{self.first} {self.sign} {self.second}"


def relation(text: str, signs: str) -> Relation:
    """The relation in `text`.

    signs   the signs that may stand between the arms
    raises  ValueError: no relation, or another sign
    """
    found = _RELATION.fullmatch(text)
    if found is None or found[2] not in signs:
        raise ValueError(f"'{text}' is no relation such as 'arm {signs[0]} control'")
    if found[1] == found[3]:
        raise ValueError(f"'{text}' compares an arm with itself")
    return Relation(first=found[1], sign=found[2], second=found[3])
