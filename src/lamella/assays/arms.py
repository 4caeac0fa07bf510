"""An arm on one line, as a command line takes it.

    'control'
    'knockdown: knockdown XIAP=0.9, BIRC2=0.9; inhibitor "EHT 1864"=10 uM'
    'floating: suspended'

A name, then clauses parted by semicolons; a clause is a kind of perturbation
and its items parted by commas. The result has the shape of the arm's table in
an experiment file and is judged there.
"""

from __future__ import annotations

import re

from lamella.errors import InputError

_TOKEN = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([;,=])|([^\s;,="'][^;,="']*))""")
_EXAMPLE = "Write e.g. 'knockdown: knockdown XIAP=0.9, BIRC2=0.9; inhibitor \"EHT 1864\"=10 uM'."
_LONGEST = 2000


def parse_arm(text: str) -> tuple[str, dict[str, object]]:
    """The name of an arm and its table.

    raises   InputError: no name, a quote that is not closed, an item given twice
    """
    if len(text) > _LONGEST:
        raise InputError(f"an arm of more than {_LONGEST} characters", where="--arm", remedy=_EXAMPLE)
    name, _, rest = text.partition(":")
    if not name.strip():
        raise InputError(f"'{text}' has no name", where="--arm", remedy=_EXAMPLE)
    table: dict[str, object] = {}
    for clause in _split(_tokens(rest), ";"):
        if clause:
            _add(clause, table)
    return name.strip(), table


def parse_pairs(texts: list[str], flag: str) -> dict[str, str]:
    """'KEY=VALUE' texts as a dictionary."""
    pairs: dict[str, str] = {}
    for text in texts:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not (key and equals and value):
            raise InputError(f"'{text}' is not KEY=VALUE", where=flag,
                             remedy=f"Write e.g. {flag} 'fibronectin=10 ug/ml'.")
        if key in pairs:
            raise InputError(f"'{key}' is given twice", where=flag, remedy="Remove one of the two.")
        pairs[key] = value
    return pairs


def number_or_text(text: str) -> object:
    """'0.9' as a number, 'true' as a truth, anything else as it stands."""
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", text) and len(text) < 40:
        return float(text)
    return text


Token = tuple[bool, str]
"""(quoted or a word, its text); a mark is (False, mark)."""


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise InputError(f"cannot read '{text[at:].strip()[:40]}'", where="--arm",
                             why="A quote is not closed, or stands in the middle of a word.", remedy=_EXAMPLE)
        double, single, mark, word = found.groups()
        spelled = next(part for part in (mark, double, single, word) if part is not None)
        tokens.append((mark is None, spelled.strip()))
        at = found.end()
    return tokens


def _split(tokens: list[Token], mark: str) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token == (False, mark):
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _add(clause: list[Token], table: dict[str, object]) -> None:
    """Read one clause, e.g. the tokens of `knockdown XIAP=0.9, BIRC2=0.9`, into the table."""
    kind, _, first = clause[0][1].partition(" ")
    rest = ([(True, first.strip())] if first.strip() else []) + clause[1:]
    if not clause[0][0] or kind in table:
        raise InputError(f"'{kind}' is given twice or is no kind of perturbation", where="--arm", remedy=_EXAMPLE)
    if not rest:
        table[kind] = True
        return
    named: dict[str, object] = {}
    plain: list[str] = []
    for item in _split(rest, ","):
        match item:
            case [(True, key)]:
                plain.append(key)
            case [(True, key), (False, "="), (True, value)] if key not in named:
                named[key] = number_or_text(value)
            case _:
                shown = "".join(token for _, token in item)
                raise InputError(f"cannot read '{shown}' after '{kind}'", where="--arm", remedy=_EXAMPLE)
    if named and plain:
        raise InputError(f"'{kind}' mixes items with and without a value", where="--arm", remedy=_EXAMPLE)
    table[kind] = named or plain
