"""Exact stochastic simulation against closed forms."""

import numpy as np
import pytest

from lamella.errors import ModelError
from lamella.reactions import compile_program, read_sbml
from lamella.solve import Population, Status, StochasticPopulation


def birth_death(sbml, extra=""):
    text = f"""model m
      compartment c = 2; substanceOnly species X in c; X = 20; k = 5; d = 0.2
      born: => X; k
      dies: X => ; d*X
      {extra}
    end"""
    return compile_program(read_sbml(sbml(text)))


def test_birth_and_death_have_the_known_law(sbml):
    program = birth_death(sbml)
    cells = 4000
    population = StochasticPopulation(program, np.repeat(program.defaults[None], cells, axis=0), seed=3)
    for time in (1.0, 4.0):
        population.advance(time - population.time[0])
        kept = np.exp(-0.2 * time)
        mean = 20 * kept + 25 * (1 - kept)
        variance = 20 * kept * (1 - kept) + 25 * (1 - kept)
        x = population.states[:, 0]
        assert np.sqrt(cells) * abs(x.mean() - mean) / np.sqrt(variance) < 4
        assert np.sqrt(cells / 2) * abs(x.var() / variance - 1) < 5
    assert (x == np.round(x)).all()
    assert (population.fired > 0).all()


def test_streams_belong_to_cells(sbml):
    program = birth_death(sbml)
    many = StochasticPopulation(program, np.repeat(program.defaults[None], 30, axis=0), seed=1)
    few = StochasticPopulation(program, np.repeat(program.defaults[None], 7, axis=0), seed=1)
    other = StochasticPopulation(program, np.repeat(program.defaults[None], 7, axis=0), seed=2)
    for population in (many, few, other):
        population.advance(3.0)
    np.testing.assert_array_equal(many.states[:7], few.states)
    assert (few.states != other.states).any()


def test_events_in_time_and_on_counts(sbml):
    program = birth_death(sbml, "n = 0; reset: at time >= 2: X = 1000; full: at X <= 500: n = n + 1")
    population = StochasticPopulation(program, np.repeat(program.defaults[None], 50, axis=0))
    population.advance(1.999)
    assert (population.states[:, 0] < 100).all()
    population.advance(0.01)
    assert (population.states[:, 0] > 900).all()
    population.advance(20.0)
    np.testing.assert_array_equal(population.states[:, program.index("n")], 1)


def test_concentrations_move_by_one_over_the_volume(sbml):
    program = compile_program(read_sbml(sbml("model m\n compartment c = 4; species X in c; X = 1; R: => X; 8\nend")))
    population = StochasticPopulation(program, program.defaults[None])
    population.advance(2.0)
    assert population.states[0, 0] == pytest.approx(1 + population.fired[0] / 4)


def test_what_is_no_jump_process_is_refused(sbml):
    for text in ("x = 1; x' = 2", "X = 1; R: X => ; X*time"):
        program = compile_program(read_sbml(sbml(f"model m\n {text}\nend")))
        with pytest.raises(ModelError, match="stochastic"):
            StochasticPopulation(program, program.defaults[None])


def test_a_negative_rate_is_a_status(sbml):
    program = compile_program(read_sbml(sbml("model m\n X = 3; R: X => ; X - 5\nend")))
    population = StochasticPopulation(program, program.defaults[None])
    assert population.advance(1.0)[0] == Status.NEGATIVE_RATE


def test_random_numbers_in_events_and_initial_assignments():
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'
    symbols = "http://www.sbml.org/sbml/symbols"
    draw = f'<apply><csymbol encoding="text" definitionURL="{symbols}/distrib/{{0}}"> {{0}} </csymbol>{{1}}</apply>'
    uniform, poisson = draw.format("uniform", "<cn> 1 </cn><cn> 3 </cn>"), draw.format("poisson", "<cn> 9 </cn>")
    clock = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time"> t </csymbol>'
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
      <sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"
      xmlns:distrib="http://www.sbml.org/sbml/level3/version1/distrib/version1" distrib:required="true">
      <model id="m"><listOfParameters><parameter id="x" constant="false"/><parameter id="n" value="0" constant="false"/>
      </listOfParameters><listOfInitialAssignments>
      <initialAssignment symbol="x">{math.format(uniform)}</initialAssignment></listOfInitialAssignments>
      <listOfEvents><event id="e" useValuesFromTriggerTime="true">
      <trigger initialValue="true" persistent="true">{math.format(f"<apply><gt/>{clock}<cn> 1 </cn></apply>")}</trigger>
      <listOfEventAssignments><eventAssignment variable="n">{math.format(poisson)}</eventAssignment>
      </listOfEventAssignments></event></listOfEvents></model></sbml>"""
    program = compile_program(read_sbml(text))
    population = Population(program, np.repeat(program.defaults[None], 400, axis=0), seed=5)
    x = population.observe(["x"])[:, 0]
    assert 1 <= x.min() < 1.1
    assert 2.9 < x.max() <= 3
    population.advance(2.0)
    n = population.observe(["n"])[:, 0]
    assert n.mean() == pytest.approx(9, abs=0.6)
    assert n.var() == pytest.approx(9, abs=2.5)
    again = Population(program, np.repeat(program.defaults[None], 3, axis=0), seed=5)
    np.testing.assert_array_equal(again.observe(["x"])[:, 0], x[:3])
