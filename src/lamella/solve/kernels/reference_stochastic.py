"""The stochastic solvers for one cell in plain numpy: slow, readable, and what the fast kernels are compared with.

Random numbers come from a numpy generator, so that the comparison is one of distributions.
"""

from __future__ import annotations

import numpy as np

from lamella.reactions import Program


def walk(
    program: Program, states: np.ndarray, parameters: np.ndarray, span: float, rng: np.random.Generator,
    epsilon: float = 0.0,
) -> np.ndarray:  # fmt: skip
    """One realisation over `span`, by Gillespie's direct method or, with an `epsilon`, by the leaps of `leap`.

    states [species] counts, parameters [parameters]; for networks whose species are all amounts
    returns  [species]
    """
    change = np.zeros((len(program.reactions), len(program.species)))
    for i, numbers in enumerate(program.model.stoichiometry):
        for reaction, amount in numbers.items():
            change[reaction, i] = amount
    read = {i for node in map(program.node, program.reactions) for i in _species_below(program, node)}
    x, now, exact = states.astype(float).copy(), 0.0, 0
    while True:
        rates = program.rates(x[None], parameters[None], now)[0]
        if rates.sum() <= 0:
            return x
        if epsilon and exact == 0:
            order = _orders(program, x, parameters, rates)
            step = _leap(x, rates, change, read, order, span - now, rng, epsilon)
            if step is None:
                exact = 100
            else:
                length, x = step
                now += length
                if now >= span:
                    return x
                continue
        exact = max(exact - 1, 0)
        now += rng.exponential(1 / rates.sum())
        if now >= span:
            return x
        x += change[rng.choice(len(rates), p=rates / rates.sum())]


def _species_below(program: Program, node: int) -> list[int]:
    graph = program.graph
    return [graph.nodes[n][1] for n in graph.needed([node]) if graph.operation(n) == "state"]


def _orders(program: Program, x: np.ndarray, parameters: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """[species] the highest order of a rate that depends on it, at least 1, by differences."""
    small = 1e-6
    slopes = np.zeros((len(rates), len(x)))
    for i in np.flatnonzero(x):
        up, down = x.copy(), x.copy()
        up[i], down[i] = x[i] * (1 + small), x[i] * (1 - small)
        both = program.rates(np.array([up, down]), np.repeat(parameters[None], 2, axis=0))
        with np.errstate(divide="ignore", invalid="ignore"):
            slopes[:, i] = np.where(rates > 0, np.abs(both[0] - both[1]) / (2 * small * rates), 0.0)
    total = slopes.sum(axis=1)
    return np.maximum(np.where(slopes > 1e-6, total[:, None], 0.0).max(axis=0), 1.0)


def _leap(x, rates, change, read, order, left, rng, epsilon):
    """Length of a leap and the counts after it, or None where single events serve better."""
    with np.errstate(divide="ignore", invalid="ignore"):
        events_left = np.where(change < 0, np.floor(x / -change), np.inf).min(axis=1)
    critical = (events_left < 10) & (rates > 0)
    mean = (change * np.where(critical, 0, rates)[:, None]).sum(axis=0)
    variance = (change**2 * np.where(critical, 0, rates)[:, None]).sum(axis=0)
    longest = np.inf
    for i in read:
        if variance[i] > 0:
            bound = max(epsilon * x[i] / order[i], 1.0)
            longest = min(longest, bound**2 / variance[i], bound / abs(mean[i]) if mean[i] else np.inf)
    while longest >= 10 / rates.sum():
        wait = rng.exponential(1 / rates[critical].sum()) if critical.any() else np.inf
        length = min(longest, wait, left)
        counts = rng.poisson(np.where(critical, 0, rates) * length)
        if wait <= length:
            counts[rng.choice(len(rates), p=np.where(critical, rates, 0) / rates[critical].sum())] += 1
        after = x + counts @ change
        if (after >= 0).all():
            return length, after
        longest = length / 2
    return None
