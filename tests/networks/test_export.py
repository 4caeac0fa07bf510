"""What is exported is what others can read: valid, annotated, and the same curves in another program."""

import libsbml
import pytest
from verification.sbml_export import TOLERANCE, deviation

from lamella.networks import assemble
from lamella.networks.lint import EverythingIsIdentified, TextIsValid

CELL = "CHO"


@pytest.fixture(name="network", scope="module")
def _network():
    return assemble(CELL)


def breaches(rule, network, change):
    document = libsbml.readSBMLFromString(network.sbml)
    change(document.getModel())
    return list(rule.breaches(network, document.getModel()))


def without_identifier(model):
    model.getSpecies("RAC1").unsetAnnotation()


def of_another_registry(model):
    term = model.getCompartment("cytosol").getCVTerm(0)
    term.removeResource(term.getResourceURI(0))
    term.addResource("https://example.org/GO:0005829")


def test_an_identifier_that_is_missing_or_no_accession_is_found(network):
    assert breaches(EverythingIsIdentified(), network, lambda model: None) == []
    assert breaches(EverythingIsIdentified(), network, without_identifier) == [("RAC1", "no identifier")]
    ((where, what),) = breaches(EverythingIsIdentified(), network, of_another_registry)
    assert where == "cytosol"
    assert "example.org" in what


def test_a_law_whose_units_do_not_balance_is_found(network):
    def squared(model):
        law = model.getReaction("RAC1_synthesis").getKineticLaw()
        law.setMath(libsbml.parseL3Formula(f"({libsbml.formulaToL3String(law.getMath())})^2"))

    assert any("RAC1_synthesis" in what for _, what in breaches(TextIsValid(), network, squared))


def test_another_program_simulates_the_same_curves(network):
    worst, name, _ = deviation(network)
    assert worst < TOLERANCE, name
