"""Reading SBML: what names mean, what is computed when, and what is refused."""

import libsbml
import numpy as np
import pytest

from lamella.errors import InputError, ModelError
from lamella.reactions import compile_program, read_sbml

NETWORK = """
model network
  compartment cytosol = 2
  substanceOnly species A in cytosol, B in cytosol, fixed in cytosol
  species C in cytosol
  A = A_copies*expression; B = 0; C = 3; fixed = 7
  A_copies = 1000; expression = 1; k = 0.1; k_back = k/10
  total := A + B
  forward: A => B; k*A
  back: B => A; k_back*B
  loss: C => ; cytosol*0.5*C
end
"""


@pytest.fixture(name="network")
def _network(sbml):
    return read_sbml(sbml(NETWORK), name="network.xml")


def test_names_and_their_roles(network):
    assert network.species == ["A", "B", "C"]
    assert network.reactions == ["forward", "back", "loss"]
    assert list(network.observables) == ["total"]
    assert {"cytosol", "fixed", "A_copies", "k_back"} <= set(network.parameters)
    assert network.stoichiometry == [{0: -1.0, 1: 1.0}, {0: 1.0, 1: -1.0}, {2: -1.0}]


def test_amounts_and_concentrations(network):
    program = compile_program(network)
    parameters = program.defaults[None]
    states = program.initial_states(parameters)
    np.testing.assert_allclose(states, [[1000, 0, 3]])
    np.testing.assert_allclose(program.rates(states, parameters), [[100, 0, 3]])
    # C is a concentration: its rate of change is the rate over the volume
    np.testing.assert_allclose(program.derivative(states, parameters), [[-100, 100, -1.5]])
    np.testing.assert_allclose(program.observe(states, parameters), [[1000]])
    np.testing.assert_allclose(program.observe(states, parameters, names=["C", "cytosol", "loss"]), [[3, 2, 3]])


def test_initial_assignments_are_evaluated_cell_by_cell(network):
    program = compile_program(network)
    parameters = np.repeat(program.defaults[None], 3, axis=0)
    parameters[:, program.parameter("expression")] = [0, 1, 2]
    parameters[:, program.parameter("k")] = [1, 2, 3]
    np.testing.assert_allclose(program.initial_states(parameters)[:, 0], [0, 1000, 2000])
    complete = program.complete(parameters)
    np.testing.assert_allclose(complete[:, program.parameter("k_back")], [0.1, 0.2, 0.3])
    np.testing.assert_array_equal(program.complete(complete), complete)


def test_local_parameters_and_switches(sbml):
    text = sbml("model m\n S = 4; R: S => ; k*S; k = 3\nend").replace(
        '<parameter id="k" value="3" constant="true"/>', ""
    )
    text = text.replace(
        "</math>", '</math><listOfLocalParameters><localParameter id="k" value="5"/></listOfLocalParameters>'
    )
    program = compile_program(read_sbml(text), switches=True)
    assert program.parameters[-2:] == ("R.k", "switch.R")
    parameters = np.repeat(program.defaults[None], 2, axis=0)
    parameters[1, program.parameter("switch.R")] = 0
    np.testing.assert_allclose(program.rates(np.full((2, 1), 4.0), parameters), [[20], [0]])


def test_the_jacobian_agrees_with_finite_differences(sbml):
    text = sbml("""model m
      compartment c = 1; species A in c, B in c, D in c; A = 5; B = 2; D = 1; n = 2.5; K = 3; v := 1 + A*B
      f: A -> B; A^n/(K^n + A^n) - 0.3*B*exp(-D); g: B => D; piecewise(B*D, B > 1, v); h: D => ; v*D/(1 + sqrt(A))
    end""")
    program = compile_program(read_sbml(text))
    parameters = program.defaults[None]
    states = np.array([[5.0, 2.0, 1.0]])
    exact = program.jacobian(states, parameters)[0]
    for k in range(3):
        h = np.zeros((1, 3))
        h[0, k] = 1e-6
        numeric = (program.derivative(states + h, parameters) - program.derivative(states - h, parameters))[0] / 2e-6
        np.testing.assert_allclose(exact[:, k], numeric, rtol=1e-7, atol=1e-8)


def test_inputs_must_be_parameters_that_can_change(network):
    with pytest.raises(InputError, match="unknown input 'EGFF'"):
        compile_program(network, inputs=["EGFF"])
    with pytest.raises(ModelError, match="compartment 'cytosol' cannot be an input"):
        compile_program(network, inputs=["cytosol"])
    with pytest.raises(InputError, match="unknown species") as error:
        compile_program(network).index("AA")
    assert "'A'" in str(error.value)


def test_missing_values_are_named(sbml):
    program = compile_program(
        read_sbml(sbml("model m\n S = 4; R: S => ; k*S; k = 3; unused = 1\nend").replace('value="3"', ""))
    )
    with pytest.raises(ModelError, match="no value is given for 'k'"):
        program.require_values(program.defaults[None])


MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'


def _with_rate(sbml, formula: str) -> str:
    text = sbml("model m\n S = 4; R: S => ; S; x = 1; a := 2*x; b := 3*x\nend")
    start = text.index("<kineticLaw")
    end = text.index("</kineticLaw>")
    return text[:start] + "<kineticLaw>" + MATH.format(formula) + text[end:]


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("<ci> nobody </ci>", "'nobody', which is not declared"),
        ('<apply><csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/delay"> delay </csymbol>'
         "<ci> S </ci><cn> 1 </cn></apply>", "delay"),
        ("<apply><divide/><ci> S </ci></apply>", "arguments|not valid"),
        ("<apply><ci> f </ci><ci> S </ci></apply>", "'f'"),
        ("<apply><factorial/><ci> S </ci></apply>", "factorial"),
    ],
)  # fmt: skip
def test_what_cannot_be_simulated_is_refused_by_name(sbml, formula, message):
    with pytest.raises(ModelError, match=message):
        _ = compile_program(read_sbml(_with_rate(sbml, formula))).lowered


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not xml",
        "<sbml/>",
        '<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sbml>&b;</sbml>',
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"/>',
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="m">',
        "\x00",
        # libSBML would end the process here
        '<sbml xmlns="http://www.sbml.org/sbml/level2/version5" level="2" version="--1"><model id="m"/></sbml>',
        '<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2"><model name="m"/></sbml>',
    ],
)
def test_hostile_texts_end_in_a_model_error(text):
    with pytest.raises(ModelError):
        read_sbml(text)


def test_rules_in_a_circle_are_refused(sbml):
    text = sbml("model m\n a := 2*x; b := 3*x; x = 1; S = 1; R: S => ; a*S\nend")
    rule = text.index('variable="a"')
    end = text.index("</assignmentRule>", rule)
    text = text[:rule] + text[rule:end].replace("<ci> x </ci>", "<ci> b </ci>") + text[end:]
    rule = text.index('variable="b"')
    text = text[:rule] + text[rule:].replace("<ci> x </ci>", "<ci> a </ci>", 1)
    with pytest.raises(ModelError, match="circle") as error:
        read_sbml(text)
    assert "a -> b -> a" in str(error.value) or "b -> a -> b" in str(error.value)


def test_fast_reactions_are_refused(sbml):
    document = libsbml.readSBMLFromString(sbml("model m\n S = 4; quick: S => ; S\nend"))
    assert document.setLevelAndVersion(3, 1, False)
    document.getModel().getReaction("quick").setFast(True)
    with pytest.raises(ModelError, match="'quick' is marked as fast"):
        read_sbml(libsbml.writeSBMLToString(document))


def test_deep_nesting_is_refused_or_read(sbml):
    depth = 20_000
    formula = "<apply><sin/>" * depth + "<ci> S </ci>" + "</apply>" * depth
    with pytest.raises(ModelError):
        read_sbml(_with_rate(sbml, formula))
