"""What a review seems to say both ways: one experiment in two settings of the variable that resolves it.

Written as a finding, it has four arms: each setting without and with the effect; two where only what is read differs.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from lamella.findings.base import LEAST_EFFECT, WIDEST_BAND, AtLeast, Band, Share
from lamella.findings.record import SCHEMA, Finding, Value

_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)
_SIGN = {"up": ">", "down": "<"}


class Setting(BaseModel):
    """One setting of the resolving variable.

    says      its name
    arm       what is done to set it, in both arms
    effect    what is done to see the effect, where that is the variable (its time, its target)
    assay, quantity, at   what is read and in what culture, where that is the variable
    conditions   of the assay, where cells are in another place
    expect    what the effect does to it
    at_least  how many-fold it goes, of one that goes up or down
    band      inside which it stays, of one that stays the same
    keeps     of such a one, share of the other setting's value that it must have without the effect: of dead cells
              nothing can be told
    """

    model_config = _STRICT

    says: StrictStr
    arm: dict[StrictStr, Value] = {}
    effect: dict[StrictStr, Value] = {}
    assay: StrictStr | None = None
    quantity: StrictStr | None = None
    at: StrictStr | None = None
    conditions: dict[StrictStr, Value] = {}
    expect: Literal["up", "down", "same"]
    at_least: AtLeast = LEAST_EFFECT
    band: Band = WIDEST_BAND
    keeps: Share = 0.3


class Contradiction(BaseModel):
    """One row.

    number     in the review's list
    topic      the two poles in a sentence
    claims     of the index
    variable   what resolves it; `stated` by the review, or inferred
    waits      why it cannot be run yet; nothing else then
    fails      what goes wrong today, of a row that is run and does not come out
    seen       what was chosen with sight of its outcome: of such a row the outcome is no prediction
    effect     what is done in both settings
    settings   two of them
    differs    edits of the network in which they may differ, '*' stands for anything; none where only what is read does
    """

    model_config = _STRICT

    number: StrictInt
    topic: StrictStr
    claims: tuple[StrictStr, ...]
    variable: StrictStr
    stated: StrictBool
    waits: StrictStr = ""
    fails: StrictStr = ""
    seen: StrictStr = ""
    cell: StrictStr = ""
    matrix: dict[StrictStr, StrictStr] = {}
    medium: dict[StrictStr, StrictStr] = {}
    assay: StrictStr = "immunoblot"
    conditions: dict[StrictStr, Value] = {}
    quantity: StrictStr = ""
    at: StrictStr | None = None
    effect: dict[StrictStr, Value] = {}
    settings: tuple[Setting, ...] = Field(default=(), max_length=2)
    differs: tuple[StrictStr, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether it is an experiment, and not waiting to be one."""
        return not self.waits

    def arms(self, setting: Setting) -> tuple[dict[str, Any], dict[str, Any]]:
        """Tables of the arms without and with the effect."""
        return dict(setting.arm), joined(setting.arm, setting.effect or self.effect)

    def reads(self, setting: Setting) -> tuple[str, str, str | None]:
        """In what assay, what, and when is read in a setting."""
        return setting.assay or self.assay, setting.quantity or self.quantity, setting.at or self.at

    @property
    def same_arms(self) -> bool:
        """Whether the cells of both settings get the same, and what is read of them is the variable."""
        first, second = self.settings
        return self.arms(first) == self.arms(second) and first.conditions == second.conditions

    @property
    def one_dish(self) -> bool:
        """Whether both settings are the same dishes at the same time, read in two ways."""
        (assay, _, at), (other_assay, _, other_at) = map(self.reads, self.settings)
        return self.same_arms and (assay, at) == (other_assay, other_at)

    def finding(self) -> Finding:
        """The record that it amounts to: a check, of all its claims."""
        names = [("control", "treated")] * 2
        if not self.same_arms:
            first, second = (setting.says for setting in self.settings)
            names = [("control", f"treated, {first}"), (f"control, {second}", f"treated, {second}")]
        arms = {name: table for setting, pair in zip(self.settings, names)
                for name, table in zip(pair, self.arms(setting))}
        own = {name: {self.reads(setting)[0]: setting.conditions} for setting, pair in zip(self.settings, names)
               for name in pair if setting.conditions}
        return Finding.model_validate({
            "schema": SCHEMA, "id": f"contradiction-{self.number:02d}", "claim": f"{self.topic}.",
            "source": {"review": "brakebusch-2002", "section": "several", "claims": self.claims}, "role": "check",
            "cell": self.cell, "module": "contradictions", "kind": "context", "matrix": self.matrix,
            "medium": self.medium, "arms": arms, "conditions": {self.assay: self.conditions},
            "arm_conditions": own,
            "expect": tuple(self._expected(names)),
            "second_reading": f"Resolved by the variable: {self.variable}.", "fails": self.fails or None,
        })

    def _expected(self, names: list[tuple[str, str]]) -> list[dict[str, Any]]:
        """An ordering for every setting that moves. One that does not is held against the one that does: what the
        effect does there it does not do here, nor half of it (of what is read at another time or in another assay
        only the band can be asked)."""
        found = []
        for place, (setting, (control, treated)) in enumerate(zip(self.settings, names)):
            assay, quantity, at = self.reads(setting)
            read: dict[str, Any] = {"assay": assay, "quantity": quantity} | ({"at": at} if at else {})
            if setting.expect != "same":
                found.append(read | {"relation": f"{treated} {_SIGN[setting.expect]} {control}",
                                     "at_least": setting.at_least})
                continue
            other, (other_control, other_treated) = self.settings[1 - place], names[1 - place]
            moves = {"relation": f"{other_treated} {_SIGN[other.expect]} {other_control}", "at_least": other.at_least}
            if self.reads(other) == self.reads(setting):
                found.append(read | moves | {"kind": "required", "without": f"{treated} / {control}",
                                             "band": setting.band, "keeps": setting.keeps})
            elif self.one_dish:
                found.append(read | moves | {"kind": "dissociation", "quantity": self.reads(other)[1],
                                             "stays": quantity, "band": setting.band})
            else:
                found.append(read | {"kind": "fold", "relation": f"{treated} / {control}",
                                     "low": 1.0 / setting.band, "high": setting.band})
        return found


def joined(table: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two arms as one.   raises ValueError: both say something of the same thing"""
    made = dict(table)
    for kind, value in other.items():
        if kind not in made:
            made[kind] = value
        elif isinstance(value, dict) and not made[kind].keys() & value.keys():
            made[kind] = {**made[kind], **value}
        elif isinstance(value, tuple):
            made[kind] = (*made[kind], *value)
        else:
            raise ValueError(f"'{kind}' is set by the setting and by the effect")
    return made
