import pytest
from records import ARMS, ORDERING, line, record

from lamella.findings import RULES, Contradiction, Library, Protocol, check_claims, lint, read_structures

UNCHANGED = """[[expect]]
kind = "unchanged"
assay = "blot"
quantity = "RAC1.total"
relation = "treated ~ control"
band = {band}
"""
SERIES = """[[expect]]
kind = "optimum"
assay = "blot"
quantity = "q"
series = ["a", "b", "c"]
"""
FAINT = """[[expect]]
kind = "association"
assay = "blot"
quantity = "q"
arm = "treated"
marker = "XIAP"
sign = "+"
rho = 0.1
"""
RISING = """control = {}
a = { coating = { fibronectin = "500 ng/ml" } }
b = { coating = { fibronectin = "5 ug/ml" } }
c = { coating = { fibronectin = "0.05 mg/ml" } }"""


SHARED = Protocol(schema=1, says="Cells on fibronectin, and nothing else.", matrix={"fibronectin": "10 ug/ml"})


LOEWE = """control = {}
a = { inhibitor = { U0126 = "10 uM" } }
b = { inhibitor = { LY294002 = "50 uM" } }
both = { inhibitor = { U0126 = "5 uM", LY294002 = "25 uM" } }"""
SWAPS = 'level_of = { XIAP = "MEF", BIRC2 = "MEF", RAC1 = "MEF", RHOA = "MEF" }'
SYNERGY = """[[expect]]
kind = "synergy"
assay = "blot"
quantity = "RAC1.total"
control = "control"
first = "a"
second = "b"
both = "both"
model = "loewe"
"""


WAITING = Contradiction(number=1, topic="Up and down", claims=("IAP-001",), variable="the cell", stated=True,
                        waits="a line")


class Resolver:
    """Knows one cell line, one assay, one quantity; refuses the arm that says so."""

    def cell(self, cell):
        return None if cell == "HeLa" else f"unknown cell line '{cell}'"

    def arm(self, cell, arm, matrix, medium):
        return "unknown gene 'XIPA'" if "XIPA" in str(arm) else None

    def assay(self, assay, conditions, own=()):
        return None if assay == "blot" else f"there is no assay '{assay}'"

    def quantity(self, cell, assay, quantity):
        return None if quantity == "RAC1.total" else f"'{assay}' reads no '{quantity}'"


def library(*findings, lines=None, names=None):
    return Library(findings, lines if lines is not None else [line()], names)


def broken(checked):
    return {complaint.rule for complaint in lint(checked)}


def test_a_right_library_has_no_complaint():
    assert lint(library(record(), names=Resolver())) == []


TWOFOLD = """
[[structure]]
claims = ["IAP-002"]
kind = "domains"
says = "XIAP has a RING"
protein = "XIAP"
has = ["RING"]
lacks = ["RING"]
second_reading = "As written, nothing left out."
"""

OFFENDERS = {
    "ClaimsStandOnce": library(record(), lines=[line(), line()]),
    "LinesAreShort": library(record(), lines=[line(says="word " * 16)]),
    "ThirdsAreCheck": library(record(), lines=[line(check=True)]),
    "SeenAreCheck": Library([record()], [line()], None, {"IAP-001": "A number was chosen after its sign was seen."}),
    "DiscriminatingStandInTheIndex": Library([record()], [line()], discriminating={"IAP-002": "It is not there."}),
    "ContradictionsAreExperiments": Library([record()], [line()], contradictions=[WAITING]),
    "IdsAreUnique": library(record(), record()),
    "RecordAndIndexAgree": library(record(), lines=[line(record="another")]),
    "SilenceIsExplained": library(record(), lines=[line(), line("IAP-002", record="not applicable", why="Too short.")]),
    "RestatementsNameClaims": library(record(), lines=[line(), line("IAP-002", record="restated")]),
    "StructuresServeTheIndex": Library([record()], [line(), line("IAP-002", record="structure")]),
    "StructuresHangTogether": Library([record()], [line(), line("IAP-002", record="structure")],
                                      structures=read_structures(TWOFOLD, "here")),
    "RoleFollowsClaims": library(record(claims='"IAP-001", "IAP-003"'),
                                 lines=[line(), line("IAP-002", record="open"), line("IAP-003", check=True)]),
    "ServesItsClaims": library(record(expect=ORDERING + "corollary = true\n")),
    "ReviewHoldsTheClaims": library(record(claims='"INT-001"'), lines=[line("INT-001")]),
    "ThresholdIsTenPercent": library(record(expect=ORDERING + "at_least = 1.05\n")),
    "BandIsNarrow": library(record(expect=UNCHANGED.format(band=1.5) + 'wired = "treated > control"\n')),
    "UnchangedIsWired": library(record(expect=UNCHANGED.format(band=1.2))),
    "LoeweHalvesTheDoses": library(record(arms=LOEWE.replace("5 uM", "6 uM"), expect=SYNERGY)),
    "AssociationsCanBeSeen": library(record(expect=FAINT)),
    "SwapsAreFew": library(record(arms=ARMS.replace('knockdown = { XIAP = 0.9 }', SWAPS))),
    "ProtocolsAreShared": Library([record()], [line()], None, {}, {"lonely": SHARED}),
    "ArmsAreUsed": library(record(arms=ARMS + "\nidle = { suspended = true }")),
    "SeriesAscends": library(record(arms=RISING.replace("0.05 mg/ml", "1 ug/ml"), expect=SERIES)),
    "NamesResolve": library(record(arms=ARMS.replace("XIAP", "XIPA")), names=Resolver()),
}


@pytest.mark.parametrize("rule", sorted(OFFENDERS))
def test_every_rule_finds_its_offender_and_only_it(rule):
    assert broken(OFFENDERS[rule]) == {rule}


def role_breaches(findings, lines):
    return [c.where for c in lint(library(*findings, lines=lines)) if c.rule == "RoleFollowsClaims"]


def test_what_a_check_claim_restates_is_a_check():
    lines = [line(), line("IAP-002", record="open"), line("IAP-003", check=True, record="restated",
                                                          restates=("IAP-001",))]
    assert role_breaches([record()], lines) == ["a-finding"]
    assert role_breaches([record(role="check")], lines) == []


def test_what_is_restated_beside_a_check_claim_is_a_check():
    both = line("IAP-002", record="restated", restates=("IAP-001", "IAP-003"))
    lines = [line(), both, line("IAP-003", check=True, record="open")]
    assert role_breaches([record()], lines) == ["a-finding"]


def test_being_a_check_goes_through_records_and_restatements_in_turn():
    first, second = record(id="first", claims='"IAP-001", "IAP-002"'), record(id="second", claims='"IAP-004"')
    lines = [line(record="first"), line("IAP-002", record="first"),
             line("IAP-003", check=True, record="restated", restates=("IAP-001",)), line("IAP-004", record="second"),
             line("IAP-005", record="restated", restates=("IAP-002", "IAP-004"))]
    assert role_breaches([first, second], lines) == ["first", "second"]
    assert check_claims([first, second], lines) == {"IAP-003": "", "IAP-001": "IAP-003", "IAP-002": "first",
                                                    "IAP-004": "IAP-005", "IAP-005": "IAP-005"}


def test_a_restatement_without_a_check_claim_leaves_its_record_as_it_is():
    lines = [line(), line("IAP-002", record="restated", restates=("IAP-001",)),
             line("IAP-003", check=True, record="open")]
    assert role_breaches([record()], lines) == []


def test_every_rule_has_an_offender_and_a_sentence():
    assert {type(rule).__name__ for rule in RULES} == set(OFFENDERS)
    assert all(rule.sentence.endswith(".") for rule in RULES)


@pytest.mark.parametrize(("terms", "what"), [("wired = '-DIABLO'\nbelow = 0.3", "allows more than 0.2"),
                                             ("below = 0.1", "has no `wired`")])
def test_no_association_is_none_beside_one_that_is_there(terms, what):
    kind = FAINT.replace('"association"', '"unassociated"').replace("sign = \"+\"\nrho = 0.1", terms)
    (complaint,) = lint(library(record(expect=kind)))
    assert complaint.rule == "AssociationsCanBeSeen"
    assert what in complaint.what


def test_half_doses_are_right_for_loewe_and_not_asked_of_bliss():
    assert lint(library(record(arms=LOEWE, expect=SYNERGY))) == []
    uneven = LOEWE.replace("5 uM", "6 uM")
    assert lint(library(record(arms=uneven, expect=SYNERGY.replace("loewe", "bliss")))) == []


def test_what_a_protocol_adds_may_go_unused_and_is_not_repeated():
    arms = {"control": {}, "treated": {"knockdown": {"XIAP": 0.9}}, "idle": {"suspended": True}}
    shared = SHARED.model_copy(update={"arms": arms})
    users = [record(id=name, arms=ARMS + "\nidle = { suspended = true }").model_copy(update={"protocol": "shared"})
             for name in ("one", "two")]
    lines = [line(record="one")]
    found = lint(Library(users, lines, None, {}, {"shared": shared}))
    assert {complaint.rule for complaint in found} <= {"RecordAndIndexAgree"}
    repeated = [one.model_copy(update={"protocol": None}) for one in users]
    told = [c for c in lint(Library([*users, *repeated], lines, None, {}, {"shared": shared}))
            if c.rule == "ProtocolsAreShared"]
    assert len(told) == 2
    assert "repeats the arms of the protocol 'shared'" in told[0].what


def test_a_missing_claim_is_seen():
    assert "ClaimsStandOnce" in broken(library(record(), lines=[line(), line("IAP-003", check=True, record="open")]))


def test_the_index_may_not_name_a_record_that_is_not_there():
    assert "RecordAndIndexAgree" in broken(library(lines=[line()]))


@pytest.mark.parametrize("odd", [
    line("IAP-002", record="restated", restates=("IAP-009",)), line("IAP-002", record="open", restates=("IAP-001",)),
    line("IAP-002", record="restated", restates=("IAP-002",)),
    line("IAP-002", record="restated", restates=("INT-001",))])
def test_only_claims_that_stand_for_themselves_are_restated(odd):
    lines = [line(), odd, line("INT-001", record="open")]
    assert broken(library(record(), lines=lines)) == {"RestatementsNameClaims"}


def test_a_restatement_and_a_reason_are_right():
    why = "A register of patients decides this, and no experiment on cells."
    lines = [line(), line("IAP-002", record="restated", restates=("IAP-001",)),
             line("IAP-003", check=True, record="not applicable", why=why)]
    assert lint(library(record(), lines=lines)) == []
    assert broken(library(record(), lines=[line(why=why)])) == {"SilenceIsExplained"}


def test_a_series_rises_across_units_and_changes_one_thing():
    assert lint(library(record(arms=RISING, expect=SERIES))) == []
    two = RISING.replace('c = { coating = { fibronectin = "0.05 mg/ml" } }',
                         'c = { coating = { fibronectin = "0.05 mg/ml" }, suspended = true }')
    assert broken(library(record(arms=two, expect=SERIES))) == {"SeriesAscends"}


@pytest.mark.parametrize(("change", "says"), [
    ({"cell": '"HeLo"'}, "HeLo"), ({"expect": ORDERING.replace("blot", "blut")}, "blut"),
    ({"expect": ORDERING.replace("RAC1.total", "RAC2.total")}, "RAC2.total"),
    ({"extra": "conditions = { scratch = { cells = 100 } }"}, "scratch")])
def test_names_of_every_sort_are_resolved(change, says):
    complaints = lint(library(record(**change), names=Resolver()))
    assert [complaint.rule for complaint in complaints] == ["NamesResolve"]
    assert says in str(complaints[0])


def test_reference_lines_that_are_not_built_are_no_offence():
    assert lint(library(record(cell='"fixed reference lines"'), names=Resolver())) == []
