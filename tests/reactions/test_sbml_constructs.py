"""Constructs of SBML that are easily misread, each against what its specification says."""

import math

import libsbml
import numpy as np
import pytest

from lamella.errors import ModelError
from lamella.reactions import compile_program, read_sbml
from lamella.solve import Population

CORE = "http://www.sbml.org/sbml/level3/version2/core"
HEAD = f'<sbml xmlns="{CORE}" level="3" version="2"><model id="m">{{}}</model></sbml>'


def math_of(formula):
    text = libsbml.writeMathMLToString(libsbml.parseL3Formula(formula))
    return text[text.index("<math") :]


def listing(name, *items):
    return f"<listOf{name}>{''.join(items)}</listOf{name}>" if items else ""


def parameter(name, value=None, constant="false"):
    given = "" if value is None else f'value="{value}"'
    return f'<parameter id="{name}" {given} constant="{constant}"/>'


def rule(kind, name, formula):
    variable = f'variable="{name}"' if name else ""
    return f"<{kind}Rule {variable}>{math_of(formula)}</{kind}Rule>"


def compartment(size, constant="true"):
    return f'<compartment id="c" size="{size}" spatialDimensions="3" constant="{constant}"/>'


def species(name, start, only_substance="false", boundary="false"):
    return (f'<species id="{name}" compartment="c" {start} hasOnlySubstanceUnits="{only_substance}" '
            f'boundaryCondition="{boundary}" constant="false"/>')  # fmt: skip


def reaction(side, references, law):
    references = listing(side, *references)
    return f'<reaction id="J" reversible="false">{references}<kineticLaw>{math_of(law)}</kineticLaw></reaction>'


def reference(name, stoichiometry, more='constant="true"'):
    return f'<speciesReference species="{name}" stoichiometry="{stoichiometry}" {more}/>'


def event(trigger, assignments, delay="", at_trigger="true", priority=""):
    part = lambda name, formula: f"<{name}>{math_of(formula)}</{name}>" if formula else ""
    sets = "".join(f'<eventAssignment variable="{v}">{math_of(f)}</eventAssignment>' for v, f in assignments.items())
    return (f'<event useValuesFromTriggerTime="{at_trigger}"><trigger initialValue="true" persistent="true">'
            f"{math_of(trigger)}</trigger>{part('delay', delay)}{part('priority', priority)}"
            f"<listOfEventAssignments>{sets}</listOfEventAssignments></event>")  # fmt: skip


def model(**lists):
    """Lists of elements in the order of SBML."""
    order = ("Compartments", "Species", "Parameters", "InitialAssignments", "Rules", "Reactions", "Events")
    return HEAD.format("".join(listing(name, *lists[name]) for name in order if name in lists))


def at(time, names, **lists):
    """Values of names at a time."""
    program = compile_program(read_sbml(model(**lists)))
    population = Population(program, program.defaults[None], rtol=1e-9, atol=1e-12)
    if time:
        population.advance(time)
        population.require_ok()
    return pytest.approx(population.observe(names.split())[0].tolist(), abs=1e-7, nan_ok=True)


@pytest.mark.parametrize(("formula", "expected"), [
    ("rem(-7, 3)", -1), ("rem(7, -3)", 1), ("quotient(-7, 3)", -2), ("max(1, 5, 3)", 5), ("min(4, 2, 8)", 2),
    ("implies(true, false)", 0), ("xor(true, true, true)", 1), ("(1 < 2) + 5", 6), ("factorial(5)", 120),
    ("root(3, 27)", 3), ("log(2, 8)", 3), ("piecewise(3, 2 < 1)", math.nan), ("arccot(1)", math.atan(1)),
    ("arcsech(0.5)", math.acosh(2)), ("ceil(-1.5)", -1), ("1/0", math.inf), ("sqrt(-1)", math.nan),
    ("root(3, -8)", math.nan), ("(-2)^3", -8), ("ln(0)", -math.inf), ("0^0", 1), ("5 && 2", 1), ("rateOf(q)", 2),
    ("avogadro / 1e23", 6.02214179), ("(time - 1)^0.5", math.nan),
])  # fmt: skip
def test_mathml(formula, expected):
    lists = {"Parameters": [parameter("x"), parameter("q", 1)],
             "Rules": [rule("assignment", "x", formula), rule("rate", "q", "2")]}  # fmt: skip
    assert [expected] == at(0, "x", **lists)


def test_simultaneous_algebraic_rules():
    lists = {"Parameters": [parameter("x"), parameter("y"), parameter("z"), parameter("k", 2, "true")]}
    rules = [rule("algebraic", "", f) for f in ("x + y + z - 6", "x - y", "z - x - k")]
    assert at(0, "x y z", **lists, Rules=rules) == [4 / 3, 4 / 3, 10 / 3]
    for formula in ("abs(x) - 2", "piecewise(x, x < 1, 2*x) - 3", "x*x - 4"):
        with pytest.raises(ModelError, match="cannot be solved for 'x'"):
            at(0, "x", Parameters=[parameter("x")], Rules=[rule("algebraic", "", formula)])
    with pytest.raises(ModelError, match="may determine 'x' or 'y'"):
        at(0, "x", Parameters=[parameter("x"), parameter("y")], Rules=[rule("algebraic", "", "x + y - 3")])


def test_stoichiometries_with_names():
    lists = {"Compartments": [compartment(2)], "Species": [species("A", 'initialConcentration="1"')],
             "Parameters": [parameter("k", 0.5, "true")]}  # fmt: skip
    named = reference("A", 2, 'id="n" constant="false"')
    rate = [rule("rate", "n", "1")]
    assert at(1, "n A", **lists, Rules=rate, Reactions=[reaction("Reactants", [named], "k")]) == [3, 1 - 0.5 * 2.5 / 2]
    both = [reference("A", 1), reference("A", 2, 'id="n" constant="false"')]
    fixed = [rule("assignment", "n", "2")]
    assert at(1, "A", **lists, Rules=fixed, Reactions=[reaction("Reactants", both, "k")]) == [1 - 0.5 * 3 / 2]


def test_rates_of_concentrations_in_a_growing_compartment():
    lists = {"Compartments": [compartment(2, "false")], "Species": [species("A", 'initialAmount="10"')],
             "Parameters": [parameter("x")]}  # fmt: skip
    rules = [rule("rate", "c", "1"), rule("assignment", "x", "rateOf(A)")]
    assert at(0, "x", **lists, Rules=rules) == [-10 / 4]


def test_amounts_ride_along_as_they_are_when_the_event_is_executed():
    """The values that a delayed event took when it was triggered are those that it assigns, and no others."""
    lists = {"Compartments": [compartment(2, "false")],
             "Species": [species("A", 'initialConcentration="1"')], "Rules": [rule("rate", "A", "1")]}  # fmt: skip
    delayed = [event("time >= 1", {"c": "4"}, delay="1")]
    # at 2 the concentration is 3, the amount 6: 1.5 in the new size; one more unit of time adds 1
    assert at(3.0, "A amount:A", **lists, Events=delayed) == [2.5, 10.0]


def test_delays_that_end_together_but_for_rounding_keep_their_priorities():
    lists = {"Parameters": [parameter("x", 0), parameter("z", 1)], "Rules": [rule("rate", "z", "1")]}
    low = event("z >= 1.2", {"x": "1"}, delay="0.1", priority="1")
    high = event("z >= 1.1", {"x": "2"}, delay="0.2", priority="5")
    assert at(1, "x", **lists, Events=[low, high]) == [1]


def test_a_rate_that_jumps_just_after_the_start():
    lists = {"Parameters": [parameter("x", 1)], "Rules": [rule("rate", "x", "piecewise(1, time > 0, 2)")]}
    assert at(1, "x", **lists) == [2]


def test_a_trigger_that_is_true_for_an_instant():
    lists = {"Parameters": [parameter("x", 0), parameter("y", 0)], "Rules": [rule("rate", "y", "1")]}
    assert at(1, "x", **lists, Events=[event("time == 0.5", {"x": "y"})]) == [0.5]
    assert at(1, "x", **lists, Events=[event("y != 0", {"x": "x + 1"})]) == [1]
    with pytest.raises(ModelError, match="asks whether 'y' equals something"):
        at(1, "x", **lists, Events=[event("y == 0.5", {"x": "1"})])


def test_a_state_that_starts_at_infinity_is_named():
    lists = {"Parameters": [parameter("x", "INF")], "Events": [event("time > 1", {"x": "1"})]}
    program = compile_program(read_sbml(model(**lists)))
    with pytest.raises(ModelError, match="'x' starts at infinity"):
        program.require_values(program.defaults[None])


@pytest.mark.parametrize(("delay", "fails"), [("-1", True), ("notanumber", True), ("0", False)])
def test_a_delay_must_not_be_negative_or_undefined(delay, fails):
    text = model(Parameters=[parameter("x", 0)], Events=[event("time >= 0.1", {"x": "1"}, delay=delay)])
    program = compile_program(read_sbml(text))
    population = Population(program, program.defaults[None])
    population.advance(1.0)
    assert (population.status[0] != 0) == fails
    assert np.isfinite(population.time).all()


def test_functions_that_call_each_other_twice_do_not_double():
    bodies = ["x"] + [f"f{k}(x) + f{k}(x)" for k in range(60)]
    functions = "".join(f'<functionDefinition id="f{k}">{math_of(f"lambda(x, {body})")}</functionDefinition>'
                        for k, body in enumerate(bodies))  # fmt: skip
    rules = listing("Rules", rule("assignment", "y", "f60(3)"))
    text = HEAD.format(f"{listing('FunctionDefinitions', functions)}{listing('Parameters', parameter('y'))}{rules}")
    assert read_sbml(text).graph.number(read_sbml(text).observables["y"]) == 3 * 2.0**60


REACTING = {"Compartments": [compartment(1)], "Species": [species("A", 'initialAmount="1"')],
            "Reactions": [reaction("Reactants", [reference("A", 1)], "1")]}  # fmt: skip


@pytest.mark.parametrize(("lists", "message"), [
    ({**REACTING, "Rules": [rule("rate", "A", "1")]}, "by reactions and by a rule"),
    ({"Parameters": [parameter("k", 1, "true")], "Rules": [rule("rate", "k", "1")]}, "declared constant, but a rule"),
    ({"Parameters": [parameter("k", 1, "true")], "Events": [event("time > 1", {"k": "2"})]}, "constant, but an event"),
    ({"Parameters": [parameter("x")], "Rules": [rule("assignment", "x", "1")],
      "Events": [event("time > 1", {"x": "2"})]}, "by an assignment rule and by an event"),
    ({"Parameters": [parameter("x"), parameter("y", 1)], "Rules": [rule("assignment", "x", "max()")]}, "0 arguments"),
    ({"Parameters": [parameter("x"), parameter("y")],
      "Rules": [rule("assignment", "y", "time"), rule("assignment", "x", "rateOf(y)")]}, "rateOf 'y' is not supported"),
    ({"Compartments": [compartment(1, "false")], "Parameters": [parameter("v", 1)],
      "Species": [species("A", 'initialConcentration="1"')],
      "Rules": [rule("rate", "A", "1"), rule("assignment", "c", "v")], "Events": [event("time > 1", {"v": "2"})]},
     "events change the rule of its compartment"),
])  # fmt: skip
def test_contradictions_are_refused(lists, message):
    with pytest.raises(ModelError, match=message):
        read_sbml(model(**lists))


def test_an_argument_of_a_function_that_is_no_name_is_refused_before_it_ends_the_process():
    text = HEAD.format(
        '<listOfFunctionDefinitions><functionDefinition id="f"><math xmlns="http://www.w3.org/1998/Math/MathML"><lambda>'
        "<bvar><ci>x</ci></bvar><bvar><apply><minus/><ci>y</ci></apply></bvar><ci>x</ci></lambda></math>"
        "</functionDefinition></listOfFunctionDefinitions>"
    )
    with pytest.raises(ModelError, match="argument 2 of the function 'f' is no name"):
        read_sbml(text)
