"""What the solver tells of the error of a step, beside the true error of that step.

    python -m verification.step_errors [--jumps 60]

Cells of BIOMD0000000019 get new binding rates, then take single steps of many lengths; the truth is a run at a
tolerance far below. Printed are quantiles of (true error / told error) where a step would be near its limit. It ends
with 1 where more than one step in twenty is worse than told by a factor of 2, or half of them are told fivefold.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from lamella.reactions import Program, compile_program, read_sbml
from lamella.solve import Population
from lamella.solve.kernels import reference
from lamella.solve.rosenbrock import METHODS, Method

_MODEL = Path(__file__).parents[1] / "bench" / "models" / "BIOMD0000000019.xml"
_JUMPING = "k1"
_NEAR = (0.2, 5.0)  # told errors, in tolerances, of the steps that are counted
_STEPS = 8


def measured(program: Program, method: Method, rtol: float, jumps: int, rng: np.random.Generator) -> np.ndarray:
    """[steps] true error over told error."""
    found = []
    cell = Population(program, program.defaults[None], rtol=1e-10, execution="llvm")
    base, atol = program.defaults[program.parameter(_JUMPING)], rtol * program.scales()
    for _ in range(jumps):
        cell.advance(60.0 * rng.integers(1, 20), {_JUMPING: base * np.exp(rng.standard_normal())})
        cell.advance(10.0 ** rng.uniform(-6, 1.5), {_JUMPING: base * np.exp(rng.standard_normal())})
        states, parameters = cell.states[0].copy(), cell.parameters[0].copy()
        for step in 10.0 ** rng.uniform(-2, 1.8, _STEPS):
            new, stages = reference.trial_step(program, method, states, parameters, 0.0, step)
            size = rtol * np.maximum(np.abs(new), np.abs(states)) + atol
            told = reference.norm(method, rtol, stages, size)
            if not _NEAR[0] < told < _NEAR[1]:
                continue
            exact = Population(program, parameters[None], states=states[None], rtol=1e-11, execution="llvm")
            exact.advance(step)
            found.append(np.sqrt(np.mean(((new - exact.states[0]) / size) ** 2)) / told)
    return np.array(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jumps", type=int, default=60, help="input jumps per method and tolerance (default 60)")
    jumps = parser.parse_args().jumps
    program = compile_program(read_sbml(_MODEL.read_text(), name=_MODEL.name), inputs=[_JUMPING])
    wrong = False
    for method in METHODS.values():
        for rtol in (1e-6, 1e-4, 1e-3):
            ratios = measured(program, method, rtol, jumps, np.random.default_rng(1))
            median, most = np.quantile(ratios, [0.5, 0.95])
            here = most > 2.0 or median < 0.2
            wrong = wrong or here
            text = f"{len(ratios):4d} steps, true/told median {median:.2f}, 95 % {most:.2f}"
            print(f"{method.name:8s} rtol {rtol:g}: {text}{'  OUT OF RANGE' if here else ''}", flush=True)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
