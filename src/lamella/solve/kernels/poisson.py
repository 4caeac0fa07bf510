"""Poisson numbers as a pure function of a stream: few by multiplication, many by transformed rejection."""

from __future__ import annotations

import math

from lamella.solve.kernels.compiled import part
from lamella.solve.kernels.stream import two_uniforms

_FEW = 10.0


@part
def poisson(mean, cell, key, draws):
    """A Poisson number, as a float.

    Multiplication of uniforms below a mean of 10; above it transformed rejection with squeeze (PTRS; Hoermann 1993,
    doi:10.1016/0167-6687(93)90997-4).
    """
    if mean <= 0.0:
        return 0.0
    if mean < _FEW:
        target, product, count = math.exp(-mean), 1.0, -1.0
        while True:
            first, second = two_uniforms(cell, key, draws)
            for uniform in (first, second):
                product *= 1.0 - uniform
                count += 1.0
                if product < target:
                    return count
    root, logarithm = math.sqrt(mean), math.log(mean)
    b = 0.931 + 2.53 * root
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    accepted_below = 0.9277 - 3.6224 / (b - 2.0)
    while True:
        first, second = two_uniforms(cell, key, draws)
        u, v = first - 0.5, 1.0 - second
        distance = 0.5 - abs(u)
        number = math.floor((2.0 * a / distance + b) * u + mean + 0.43)
        if distance >= 0.07 and v <= accepted_below:
            return number
        if number < 0.0 or (distance < 0.013 and v > distance):
            continue
        left = math.log(v * inverse_alpha / (a / (distance * distance) + b))
        if left <= number * logarithm - mean - math.lgamma(number + 1.0):
            return number
