"""What a review says of how things are built: domains of a protein, members of a family, chains of receptors.

Nothing is run for it: it is held against the network itself, in which a domain is the reactions that need it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from lamella.findings.record import CLAIM

_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)
Names = Annotated[tuple[StrictStr, ...], Field(min_length=1)]


class _Statement(BaseModel):
    """What every kind has.

    claims   of the index, which this statement judges
    says     the statement in own words
    second_reading   how the sentence was read on another day
    """

    model_config = _STRICT

    claims: Annotated[tuple[Annotated[str, Field(pattern=f"^{CLAIM}$")], ...], Field(min_length=1)]
    says: Annotated[str, Field(min_length=10, max_length=200)]
    second_reading: Annotated[str, Field(min_length=20)]


class Domains(_Statement):
    """A protein has some domains and lacks others.

    has       every one of them is there, and does something
    lacks     none of them is there
    own_work  each does something that none of the others does
    """

    kind: Literal["domains"]
    protein: StrictStr
    has: Names
    lacks: tuple[StrictStr, ...] = ()
    own_work: bool = False


class Family(_Statement):
    """Of a family, these members have a domain and no others.

    family    all of it, by gene
    domain    what the members share; membership of the family alone where not given
    members   by gene
    """

    kind: Literal["family"]
    family: Names
    members: Names
    domain: StrictStr | None = None


class Receptors(_Statement):
    """How many integrin chains and heterodimers there are.

    alpha, beta   chains
    pairs         heterodimers, at least
    """

    kind: Literal["receptors"]
    alpha: StrictInt
    beta: StrictInt
    pairs: StrictInt


Structure = Domains | Family | Receptors
"""A statement of any kind."""

BY_KIND: dict[str, type[Domains] | type[Family] | type[Receptors]] = {
    "domains": Domains, "family": Family, "receptors": Receptors}  # fmt: skip
