"""What papers observed: records, the index of all claims, and their linter. Knows no model."""

from lamella.findings.expectation import (
    KINDS,
    LEAST_EFFECT,
    Base,
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
from lamella.findings.lint import RULES, lint
from lamella.findings.loading import (
    OPEN,
    IndexLine,
    get,
    index,
    load_all,
    protocol,
    protocols,
    read_finding,
    reference_lines,
    reviews,
    seen,
)
from lamella.findings.names import Names
from lamella.findings.record import REFERENCE_LINES, SCHEMA, Finding, Protocol, Source
from lamella.findings.relation import Relation
from lamella.findings.rule import Complaint, Library, Rule

__all__ = ["KINDS", "LEAST_EFFECT", "OPEN", "REFERENCE_LINES", "RULES", "SCHEMA", "Base", "Complaint",
           "Dissociation", "Expectation", "Finding", "FoldRange", "IndexLine", "Library", "Names", "Optimum",
           "Ordering", "Protocol", "Relation", "Required", "Rescued", "Rule", "Saturates", "Source", "Unchanged",
           "get", "index", "lint", "load_all", "protocol", "protocols", "read_finding", "reference_lines", "reviews",
           "seen"]
