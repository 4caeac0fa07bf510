"""Rosenbrock methods as tables, in the transformed form that needs no products with the Jacobian.

For stage i, with u_1 .. u_(i-1) known (Hairer & Wanner, Solving Ordinary
Differential Equations II, section IV.7, eq. 7.25):

    (1/(h gamma) - J) u_i = f(t + alpha_i h, y + sum_j a_ij u_j) + sum_j (c_ij / h) u_j + d_i h df/dt

The last stages of both methods are corrections: each is evaluated where the one before it ended. `u` of the last
one is the error of the embedded solution, and `Share` tells how much of it is left in the solution that is carried on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from lamella.errors import unknown

_ALL_IS_LEFT = 4e-3  # tolerance at which steps are so long that neither solution is the better one


class Share(NamedTuple):
    """Error of the solution over that of the embedded one, estimated from a step itself.

    Where steps are short beside the modes that move, the solution is one power of the step better than the embedded
    one, and little is left. Where they are long, as after a jump, it is no better. Two signs tell:

        corrections  the ratio of the last two corrections, which along y' = k y grows from 0 to its limit as the step
                     gets long:  slope * ratio + offset
        damping      the ratio of stage `stage` to the one before it, both of which follow slow modes but not fast
                     ones:  most * ratio^power / (ratio^power + middle)

    The share is the larger of both, within [least, most]. The numbers are fitted to true errors of single steps;
    `verification.step_errors` measures them again.
    """

    slope: float
    offset: float
    stage: int
    power: float
    middle: float
    most: float

    def of(self, corrections: float, damping: float, least: float) -> float:
        """The share, from the two ratios and `Method.least_share`."""
        power = damping**self.power
        shown = min(max(self.slope * corrections + self.offset, least), self.most)
        return max(shown, self.most * power / (power + self.middle))


@dataclass(frozen=True)
class Method:
    """One Rosenbrock method.

    order  of the solution (the embedded one is lower by one)
    gamma  diagonal of Gamma
    a, c   [stages, stages]  strictly lower, transformed
    dense  [rows, stages]    weights of the continuous solution, see `kernels.dense_output`
    share  how much of the error of the embedded solution is left
    """

    name: str
    order: int
    gamma: float
    a: np.ndarray
    c: np.ndarray
    dense: np.ndarray
    share: Share

    @property
    def stages(self) -> int:
        return len(self.a)

    def least_share(self, rtol: float) -> float:
        """The least share at a tolerance, whatever the signs.

        It goes with the step, as the two errors are one power apart, and so with a root of the tolerance, as the
        factor does by which RADAU5 converts tolerances (Hairer & Wanner, Solving Ordinary Differential Equations II).
        """
        return min((rtol / _ALL_IS_LEFT) ** (1.0 / (self.order + 1)), 1.0)

    @cached_property
    def _gamma_matrix(self) -> np.ndarray:
        """Gamma, from C = diag(1/gamma) - inverse(Gamma)."""
        return np.linalg.inv(np.eye(self.stages) / self.gamma - self.c)

    @cached_property
    def alpha(self) -> np.ndarray:
        """[stages] time of each stage, as a share of the step."""
        return (self.a @ self._gamma_matrix).sum(axis=1)

    @cached_property
    def d(self) -> np.ndarray:
        """[stages] weight of h df/dt."""
        return self._gamma_matrix.sum(axis=1)


def _lower(*rows: tuple[float, ...]) -> np.ndarray:
    matrix = np.zeros((len(rows), len(rows)))
    for i, row in enumerate(rows):
        matrix[i, : len(row)] = row
    return matrix


def _rodas5p() -> Method:
    """Steinebach 2023, doi:10.1007/s10543-023-00967-x, table 3 (Rodas5P, order 5(4), stiffly accurate)."""
    sixth = (-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946)
    a = _lower(
        (),
        (3.0,),
        (2.849394379747939, 0.45842242204463923),
        (-6.954028509809101, 2.489845061869568, -10.358996098473584),
        (2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641),
        sixth,
        (*sixth, 1.0),
        (*sixth, 1.0, 1.0),
    )
    c = _lower(
        (),
        (-14.155112264123755,),
        (-17.97296035885952, -2.859693295451294),
        (147.12150275711716, -1.41221402718213, 71.68940251302358),
        (165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306),
        (24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471),
        (30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783, -19.097331116725623,
         -28.087943162872662),
        (37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047, -40.06618937091002,
         -54.66780262877968, -9.48861652309627),
    )  # fmt: skip
    dense = np.array([
        [25.948786856663858, -2.5579724845846235, 10.433815404888879, -2.3679251022685204, 0.524948541321073,
         1.1241088310450404, 0.4272876194431874, -0.17202221070155493],
        [-9.91568850695171, -0.9689944594115154, 3.0438037242978453, -24.495224566215796, 20.176138334709044,
         15.98066361424651, -6.789040303419874, -6.710236069923372],
        [11.419903575922262, 2.8879645146136994, 72.92137995996029, 80.12511834622643, -52.072871366152654,
         -59.78993625266729, -0.15582684282751913, 4.883087185713722],
    ])  # fmt: skip
    return Method("rodas5p", 5, 0.21193756319429014, a, c, dense, Share(2.0, -1.0, 6, 1.0, 0.3, 1.1))


def _rodas4() -> Method:
    """Hairer & Wanner 1996, code RODAS, method 1 (order 4(3), stiffly accurate)."""
    fifth = (1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950)
    a = _lower(
        (),
        (1.544,),
        (0.9466785280815826, 0.2557011698983284),
        (3.314825187068521, 2.896124015972201, 0.9986419139977817),
        fifth,
        (*fifth, 1.0),
    )
    c = _lower(
        (),
        (-5.6688,),
        (-2.430093356833875, -0.2063599157091915),
        (-0.1073529058151375, -9.594562251023355, -20.47028614809616),
        (7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160),
        (8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054),
    )
    dense = np.array([
        [10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823, 1.025137723295662, 0.0],
        [-0.6762803392801253, 6.087714651680015, 16.43084320892478, 24.76722511418386, -6.594389125716872, 0.0],
    ])  # fmt: skip
    return Method("rodas4", 4, 0.25, a, c, dense, Share(4.0, 0.0, 4, 2.0, 1.2, 2.0))


METHODS = {method.name: method for method in (_rodas5p(), _rodas4())}


def method(name: str) -> Method:
    """A method by name. InputError for one that does not exist."""
    if name not in METHODS:
        raise unknown("method", name, METHODS)
    return METHODS[name]
