"""The linter of findings: every rule over the library and the index."""

from __future__ import annotations

from collections.abc import Iterable

from lamella.findings.loading import contradictions, discriminating, index, load_all, protocols, seen, structures
from lamella.findings.names import Names
from lamella.findings.rule import Complaint, Library, Rule
from lamella.findings.rules_of_contradictions import ContradictionsAreExperiments
from lamella.findings.rules_of_index import (
    ClaimsStandOnce,
    DiscriminatingStandInTheIndex,
    LinesAreShort,
    RecordAndIndexAgree,
    RestatementsNameClaims,
    SeenAreCheck,
    SilenceIsExplained,
    ThirdsAreCheck,
)
from lamella.findings.rules_of_records import (
    ArmsAreUsed,
    AssociationsCanBeSeen,
    BandIsNarrow,
    IdsAreUnique,
    LoeweHalvesTheDoses,
    NamesResolve,
    ProtocolsAreShared,
    ReviewHoldsTheClaims,
    RoleFollowsClaims,
    SeriesAscends,
    ServesItsClaims,
    SwapsAreFew,
    ThresholdIsTenPercent,
    UnchangedIsWired,
)
from lamella.findings.rules_of_structures import StructuresHangTogether, StructuresServeTheIndex

RULES: tuple[Rule, ...] = (
    ClaimsStandOnce(), LinesAreShort(), ThirdsAreCheck(), SeenAreCheck(),
    DiscriminatingStandInTheIndex(), ContradictionsAreExperiments(), IdsAreUnique(), RecordAndIndexAgree(),
    SilenceIsExplained(), RestatementsNameClaims(),
    StructuresServeTheIndex(), StructuresHangTogether(),
    RoleFollowsClaims(), ServesItsClaims(), ReviewHoldsTheClaims(), ThresholdIsTenPercent(), BandIsNarrow(),
    UnchangedIsWired(), AssociationsCanBeSeen(), LoeweHalvesTheDoses(), SwapsAreFew(),
    ProtocolsAreShared(), ArmsAreUsed(), SeriesAscends(), NamesResolve())
"""Every rule, in the order of reporting."""


def lint(library: Library | None = None, *, names: Names | None = None,
         rules: Iterable[Rule] = RULES) -> list[Complaint]:
    """Breaches of the rules; empty where all is well.

    library   what is checked; the package's own library and index where not given
    names     resolves names where the package's own library is checked
    raises    InputError: a file of the library cannot be read at all
    """
    checked = library or Library(load_all(), index(), names, seen(), protocols(), discriminating(),
                                 contradictions(), structures())
    return [Complaint(type(rule).__name__, rule.sentence, where, what)
            for rule in rules for where, what in rule.breaches(checked)]
