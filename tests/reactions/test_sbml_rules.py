"""Rules and stoichiometries of SBML that small networks rarely use."""

import numpy as np
import pytest

from lamella.errors import ModelError
from lamella.reactions import compile_program, read_sbml

SBML = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model id="m" {attributes}>
<listOfCompartments><compartment id="c" spatialDimensions="3" size="2" constant="true"/></listOfCompartments>
<listOfSpecies>
<species id="S" compartment="c" initialAmount="6"
hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false"/>
</listOfSpecies>
<listOfParameters><parameter id="k" value="0.5" constant="true"/><parameter id="x" constant="false"/>
<parameter id="f" value="10" constant="true"/></listOfParameters>
{rules}
<listOfReactions><reaction id="R" reversible="false"><listOfReactants>
<speciesReference species="S" {stoichiometry} constant="false"/></listOfReactants>
<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">{law}</math></kineticLaw></reaction></listOfReactions>
</model></sbml>"""
MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'


def program_of(rules="", stoichiometry='stoichiometry="1"', law="<ci> k </ci>", attributes=""):
    text = SBML.format(rules=rules, stoichiometry=stoichiometry, law=law, attributes=attributes)
    return compile_program(read_sbml(text))


def slope(program):
    parameters = program.defaults[None]
    return program.derivative(program.initial_states(parameters), parameters)[0, 0]


def test_initial_amounts_become_concentrations():
    program = program_of()
    assert program.initial_states(program.defaults[None])[0, 0] == 3
    assert slope(program) == pytest.approx(-0.25)


def test_conversion_factors():
    assert slope(program_of(attributes='conversionFactor="f"')) == pytest.approx(-2.5)


def test_a_stoichiometry_given_by_a_rule():
    rule = f'<listOfRules><assignmentRule variable="n">{MATH.format("<ci> S </ci>")}</assignmentRule></listOfRules>'
    program = program_of(rule, 'id="n"')
    assert slope(program) == pytest.approx(-0.25 * 3)
    assert np.isnan(program.model.stoichiometry[0][0])


def test_a_missing_stoichiometry_is_refused():
    with pytest.raises(ModelError, match="stoichiometry of 'S' is not given"):
        program_of(stoichiometry="")


def test_algebraic_rules_are_solved_where_they_are_linear():
    linear = "<apply><minus/><apply><times/><cn> 2 </cn><ci> x </ci></apply><ci> S </ci></apply>"
    rule = "<listOfRules><algebraicRule>{}</algebraicRule></listOfRules>"
    program = program_of(rule.format(MATH.format(linear)), law="<ci> x </ci>")
    assert program.observables == ("x",)
    assert slope(program) == pytest.approx(-0.75)
    square = "<apply><minus/><apply><times/><ci> x </ci><ci> x </ci></apply><ci> S </ci></apply>"
    with pytest.raises(ModelError, match="cannot be solved for 'x'"):
        program_of(rule.format(MATH.format(square)))
    with pytest.raises(ModelError, match="determines no variable"):
        program_of(rule.format(MATH.format("<ci> k </ci>")))


def test_rates_of_change_in_formulas():
    symbol = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/rateOf"> rateOf </csymbol>'
    rule = MATH.format(f"<apply>{symbol}<ci> S </ci></apply>")
    program = program_of(f'<listOfRules><assignmentRule variable="x">{rule}</assignmentRule></listOfRules>')
    parameters = program.defaults[None]
    assert program.observe(program.initial_states(parameters), parameters)[0, 0] == pytest.approx(-0.25)
