"""Models written as SBML say what they said before."""

import libsbml
import numpy as np
import pytest

from lamella.errors import ModelError
from lamella.reactions import compile_program, read_sbml, write_sbml
from lamella.reactions.model import Model
from lamella.solve import Population

MIXED = """
model mixed
  compartment c = 2; substanceOnly species A in c; species B in c; const species F in c; A = 10; B = 3; F = 0.5
  k = 0.2; twice := 2*k; w = 1; w' = 0.1*w; start = 4; B = start/2
  f: A -> B; k*A*F; g: B => ; kl*B; kl = 0.3
  at time > 2: A = A + 5
end"""

LEVEL_2 = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level2/version4" level="2" version="4"><model id="old">
<listOfUnitDefinitions><unitDefinition id="time"><listOfUnits><unit kind="second" multiplier="60"/></listOfUnits>
</unitDefinition></listOfUnitDefinitions>
<listOfCompartments><compartment id="c" size="2"/></listOfCompartments>
<listOfSpecies><species id="A" compartment="c" initialConcentration="5"/><species id="B" compartment="c"
initialAmount="1"/></listOfSpecies>
<listOfParameters><parameter id="n" value="3" constant="true"/></listOfParameters>
<listOfReactions><reaction id="r" reversible="false">
<listOfReactants><speciesReference species="A" stoichiometry="2"/></listOfReactants>
<listOfProducts><speciesReference species="B"><stoichiometryMath><math xmlns="http://www.w3.org/1998/Math/MathML">
<apply><times/><ci> n </ci><cn> 2 </cn></apply></math></stoichiometryMath></speciesReference></listOfProducts>
<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><ci> c </ci><ci> k </ci><ci> A </ci></apply>
</math><listOfParameters><parameter id="k" value="0.1"/></listOfParameters></kineticLaw></reaction></listOfReactions>
</model></sbml>"""


def course(program, span=4.0, **start):
    population = Population(program, program.defaults[None], rtol=1e-9, **start)
    population.advance(span)
    return dict(zip(program.species, population.states[0]))


def validity(text):
    document = libsbml.readSBMLFromString(text)
    document.checkConsistency()
    errors = [document.getError(i) for i in range(document.getNumErrors())]
    return document, [e.getMessage() for e in errors if e.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]


@pytest.mark.parametrize("text", [MIXED, LEVEL_2])
def test_there_and_back(sbml, text):
    program = compile_program(read_sbml(text if text.startswith("<") else sbml(text)))
    written = write_sbml(program)
    document, errors = validity(written)
    assert (document.getLevel(), document.getVersion(), errors) == (3, 2, [])
    again = compile_program(read_sbml(written))
    assert again.model.time_unit == program.model.time_unit
    before, after = course(program), course(again)
    assert {name: pytest.approx(value, rel=1e-8) for name, value in before.items()} == after


def test_one_cell_goes_out_with_its_values(sbml):
    program = compile_program(read_sbml(sbml(MIXED)))
    parameters = program.defaults.copy()
    for name, value in (("k", 0.7), ("c", 5.0), ("F", 0.9), ("start", 8.0)):
        parameters[program.parameter(name)] = value
    cell = Population(program, parameters[None], rtol=1e-9)
    fresh = compile_program(read_sbml(write_sbml(program, parameters=parameters)))
    assert fresh.defaults[fresh.parameter("k")] == 0.7
    cell.advance(1.0)
    later = compile_program(read_sbml(write_sbml(program, parameters=parameters, states=cell.states[0])))
    np.testing.assert_allclose(later.initial_states(later.defaults[None])[0], cell.states[0], rtol=1e-12)
    cell.advance(0.5)
    goes_on = course(later, 0.5)
    assert {name: pytest.approx(v, rel=1e-6) for name, v in zip(program.species, cell.states[0])} == goes_on
    assert validity(write_sbml(program, parameters=parameters, states=cell.states[0]))[1] == []


def test_what_cannot_be_written(sbml):
    program = compile_program(read_sbml(sbml(MIXED)))
    with pytest.raises(ModelError, match="shape"):
        write_sbml(program, parameters=np.ones(2))
    with pytest.raises(ModelError, match="shape"):
        write_sbml(program, states=np.ones(2))
    with pytest.raises(ModelError, match="not read from a text"):
        write_sbml(compile_program(Model("bare")))


def test_a_reaction_that_a_cell_lacks_has_no_rate(sbml):
    program = compile_program(read_sbml(sbml(MIXED)), switches=True)
    parameters = program.defaults.copy()
    parameters[program.parameter("switch.f")] = 0.0
    written = write_sbml(program, parameters=parameters)
    assert validity(written)[1] == []
    again = compile_program(read_sbml(written))
    parameters = again.defaults[None]
    rates = again.rates(again.initial_states(parameters), parameters)[0]
    assert rates[again.reactions.index("f")] == 0 < rates[again.reactions.index("g")]


def test_a_constant_species_in_a_growing_compartment_keeps_its_measure(sbml):
    program = compile_program(read_sbml(sbml("compartment c = 2; c' = 1; const species F in c; F = 3; x = 1; x' = F")))
    parameters = program.defaults.copy()
    parameters[program.parameter("F")] *= 2  # stored as an amount, because the compartment grows
    again = compile_program(read_sbml(write_sbml(program, parameters=parameters)))
    start = lambda p, values: p.observe(p.initial_states(values[None]), values[None], 0.0, ["F", "amount:F"])[0]
    assert start(program, parameters).tolist() == [6, 12] == start(again, again.defaults).tolist()


def test_a_local_parameter_that_hides_a_species_of_its_reaction_is_renamed():
    text = LEVEL_2.replace('parameter id="k" value="0.1"', 'parameter id="A" value="0.1"').replace("<ci> k </ci>", "")
    program = compile_program(read_sbml(text))
    parameters = program.defaults.copy()
    parameters[program.parameter("r.A")] = 0.2
    written = write_sbml(program, parameters=parameters)
    assert validity(written)[1] == []
    again = compile_program(read_sbml(written))
    assert again.defaults[again.parameter("r.A_local")] == 0.2
    cell = Population(program, parameters[None], rtol=1e-9)
    cell.advance(4.0)
    assert course(again) == pytest.approx(dict(zip(program.species, cell.states[0])))
