"""One mean cell of a line under an arm: what its states are after a time."""

from lamella.culture import Draw, advance_treated, constants, grown_population, idealised_inputs
from lamella.networks import Perturbations, assemble, resolve

HOUR = 3600.0


def after(hours, states, cell="HeLa", matrix=None, **arm):
    """State -> molecules, mean of a few cells on fibronectin, `hours` after drugs and factors came."""
    network = assemble(cell)
    treatment = resolve(network, Perturbations(**arm), {"fibronectin": "10 ug/ml"} if matrix is None else matrix, {})

    def told(off=None):
        return idealised_inputs(network, treatment, suspended=off)

    population = grown_population(network, treatment, Draw(1, 0, 4), constants(), told())
    advance_treated(population, treatment, 0.0, hours * HOUR, told)
    assert not population.status.any()
    return dict(zip(states, population.observe(states).mean(axis=0)))
