"""What papers observed: records, the index of all claims, and their linter. Knows no model."""

from lamella.findings.association import SEEN, Association, OverPatients, Unassociated
from lamella.findings.base import LEAST_EFFECT, Base
from lamella.findings.combined import Synergy
from lamella.findings.contradiction import Contradiction, Setting
from lamella.findings.expectation import (
    KINDS,
    Dissociation,
    Expectation,
    FoldRange,
    Optimum,
    Ordering,
    Required,
    Rescued,
    Saturates,
    Unchanged,
)
from lamella.findings.judging_only import check_claims
from lamella.findings.lint import RULES, lint
from lamella.findings.loading import (
    NOT_APPLICABLE,
    OPEN,
    RESTATED,
    STRUCTURE,
    UNRECORDED,
    IndexLine,
    contradictions,
    discriminating,
    get,
    index,
    load_all,
    protocol,
    protocols,
    read_finding,
    read_structures,
    reference_lines,
    reviews,
    seen,
    structures,
)
from lamella.findings.names import Names
from lamella.findings.record import REFERENCE_LINES, SCHEMA, Finding, Protocol, Source
from lamella.findings.relation import Relation
from lamella.findings.rule import Complaint, Library, Rule
from lamella.findings.structure import Domains, Family, Receptors, Structure
from lamella.findings.timed import EventOrder, Pulse

__all__ = ["KINDS", "LEAST_EFFECT", "NOT_APPLICABLE", "OPEN", "REFERENCE_LINES", "RESTATED", "RULES", "SCHEMA",
           "SEEN", "STRUCTURE", "UNRECORDED", "Association", "Base", "Complaint", "Contradiction", "Dissociation",
           "Domains", "EventOrder", "Expectation", "Family", "Finding", "FoldRange", "IndexLine", "Library", "Names",
           "Optimum", "Ordering", "OverPatients", "Protocol", "Pulse", "Receptors", "Relation", "Required", "Rescued",
           "Rule", "Saturates", "Setting", "Source", "Structure", "Synergy", "Unassociated", "Unchanged",
           "check_claims", "contradictions", "discriminating", "get", "index", "lint", "load_all", "protocol",
           "protocols", "read_finding", "read_structures", "reference_lines", "reviews", "seen", "structures"]
