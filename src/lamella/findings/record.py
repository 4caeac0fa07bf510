"""One finding of a paper: what was done to which cells, and what came out. Knows no model."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, field_validator, model_validator

from lamella.findings.expectation import Base, Expectation
from lamella.provenance import value_hash

SCHEMA = 1
"""Version of the record format that this program reads."""

REFERENCE_LINES = "fixed reference lines"
"""What `cell` says where the claim is about cells in general."""

_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)
_ID = r"[a-z0-9]+(-[a-z0-9]+)*"
CLAIM = r"(IAP|INT)-[0-9]{3}"

Value = Any
"""A value of an arm's table: text, number, truth, a list or a table of these."""


class Source(BaseModel):
    """Where the finding stands.

    review    key of the review in reviews.toml
    section   its heading there
    refs      reference numbers printed on the sentence
    claims    ids of the claims that the record serves
    """

    model_config = _STRICT

    review: StrictStr
    section: StrictStr
    refs: tuple[StrictInt, ...] = ()
    claims: Annotated[tuple[Annotated[str, Field(pattern=f"^{CLAIM}$")], ...], Field(min_length=1)]


class Protocol(BaseModel):
    """What many findings share: the dish, and arms that are the same in all.

    schema          version of the format
    says            what is done, in a sentence
    matrix, medium, arms, conditions   as in a finding; a finding may add to them, or write a key of its own
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    format: Literal[1] = Field(alias="schema")
    says: Annotated[str, Field(min_length=20, max_length=300)]
    matrix: dict[StrictStr, StrictStr] = {}
    medium: dict[StrictStr, StrictStr] = {}
    arms: dict[StrictStr, dict[StrictStr, Value]] = {}
    conditions: dict[StrictStr, dict[StrictStr, Value]] = {}


class Finding(BaseModel):
    """A record of the library.

    schema          version of the format
    id              its name, as the file's
    claim           the finding in own words
    source          review, section, references, claims
    role            'check': judges only; 'calibrate': parameters may be set with it
    cell            a cell line, several (all must show it), or 'fixed reference lines'
    module, kind    as in the index of claims
    protocol        file of findings/protocols whose matrix, medium, arms and conditions it shares; already merged in
    matrix, medium  coating and soluble factors of every arm, as written in an experiment
    arms            arm -> perturbations in the words of an experiment file; the first is the control
    lines           arm -> cell line, where an arm sets cells of another line against those of `cell`
    conditions      assay -> conditions other than its defaults
    arm_conditions  arm -> assay -> conditions of its own, of those that the assay lets arms have
    expect          what must come out; reported outcomes and own corollaries apart
    second_reading  how the sentence was read on another day: stand-ins, doubts, what was left out
    fails           of a finding that the model failed when last judged: what it lacks or has wrong, as far as is known;
                    changes no verdict
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    format: Literal[1] = Field(alias="schema")
    id: Annotated[str, Field(pattern=f"^{_ID}$", max_length=80)]
    claim: Annotated[str, Field(min_length=20, max_length=400)]
    source: Source
    role: Literal["check", "calibrate"]
    cell: StrictStr | Annotated[tuple[StrictStr, ...], Field(min_length=2)]
    module: StrictStr
    kind: Literal["mechanism", "experiment", "quantity", "context", "clinical"]
    protocol: StrictStr | None = None
    matrix: dict[StrictStr, StrictStr] = {}
    medium: dict[StrictStr, StrictStr] = {}
    arms: Annotated[dict[StrictStr, dict[StrictStr, Value]], Field(min_length=2)]
    lines: dict[StrictStr, StrictStr] = {}
    conditions: dict[StrictStr, dict[StrictStr, Value]] = {}
    arm_conditions: dict[StrictStr, dict[StrictStr, dict[StrictStr, Value]]] = {}
    expect: Annotated[tuple[Expectation, ...], Field(min_length=1)]
    second_reading: Annotated[str, Field(min_length=20)]
    fails: Annotated[str, Field(min_length=20)] | None = None

    @field_validator("arms")
    @classmethod
    def _control_first(cls, arms: dict[str, dict[str, Value]]) -> dict[str, dict[str, Value]]:
        if next(iter(arms)) != "control":
            raise ValueError("the first arm is called 'control'")
        return arms

    @model_validator(mode="after")
    def _arms_are_known(self) -> Finding:
        for expectation in self.expect:
            for arm in expectation.arms():
                if arm not in self.arms:
                    raise ValueError(f"'{expectation.says()}' names the arm '{arm}', which the record has not")
        return self

    @model_validator(mode="after")
    def _conditions_are_of_arms(self) -> Finding:
        for arm in self.arm_conditions:
            if arm not in self.arms:
                raise ValueError(f"`arm_conditions` names '{arm}', which is no arm")
        return self

    @model_validator(mode="after")
    def _lines_are_of_arms(self) -> Finding:
        for arm in self.lines:
            if arm not in self.arms or arm == "control":
                raise ValueError(f"`lines` names '{arm}', which is no arm beside the control")
        if self.lines and (self.general or isinstance(self.cell, tuple)):
            raise ValueError("a record that compares lines has one line in `cell`")
        return self

    def conditions_of(self, arm: str, assay: str) -> dict[str, Value]:
        """Conditions of an assay in one arm."""
        return {**self.conditions.get(assay, {}), **self.arm_conditions.get(arm, {}).get(assay, {})}

    @property
    def claims(self) -> tuple[str, ...]:
        return self.source.claims

    @property
    def cells(self) -> tuple[str, ...]:
        """The cell lines that it names; none for the fixed reference lines."""
        if isinstance(self.cell, tuple):
            return self.cell
        return () if self.general else (self.cell,)

    @property
    def general(self) -> bool:
        """Whether it is about cells in general."""
        return self.cell == REFERENCE_LINES

    def line(self, arm: str, cell: str) -> str:
        """The cell line of an arm, where the record is judged in `cell`."""
        return self.lines.get(arm, cell)

    @property
    def assays(self) -> tuple[str, ...]:
        """Assays that its expectations read, each once."""
        return tuple(dict.fromkeys(expectation.assay for expectation in self.expect))

    @property
    def inhibits(self) -> bool:
        """Whether an arm uses an inhibitor; such findings are counted apart."""
        return any("inhibitor" in arm for arm in self.arms.values())

    def hash(self) -> str:
        """Of everything in the record that a verdict rests on; two readings of one file agree."""
        content = self.model_dump(mode="json", by_alias=True, exclude={"fails"})
        return value_hash({key: value for key, value in content.items() if key != "lines" or value})

    def serving(self, expectation: Base) -> tuple[str, ...]:
        """The claims that one of its expectations serves."""
        return expectation.claims or self.claims
