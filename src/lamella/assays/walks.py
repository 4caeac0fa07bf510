"""What tracks of cells say, in the conventions of the field.

Per track, as in celltrackR (Wortel 2021, ImmunoInformatics 1-2:100003): straightness is net displacement over path
length, outreach ratio the largest distance from the start over path length, displacement ratio net over largest
distance, turning angles are those between successive steps, asphericity is that of the covariance of the positions.
Straightness falls with the length of a track, so it is also given over elapsed time, as is the autocorrelation of the
direction of steps (Gorelik & Gautreau 2014, Nat Protoc 9:1931). Steps of no length have no direction and are left out.

Speed and persistence are those of a persistent random walk fitted to the mean squared displacement (Fürth 1920:
MSD(t) = 2 S^2 P (t - P (1 - exp(-t/P))), plus a constant for localisation noise).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from lamella.assays.clock import evenly_apart

Array = NDArray[np.float64]


def steps_of(paths: Array) -> Array:
    """Step lengths [um].   paths [times, cells, 2]; returns [times - 1, cells]"""
    return np.hypot(*np.moveaxis(np.diff(paths, axis=0), -1, 0))


def track_measures(paths: Array, times: Array) -> dict[str, Array]:
    """Measures of every track.   [cells]

    paths   [times, cells, 2], um, at least three times
    times   s; only the last step may be shorter, and no angle is taken with it
    returns track_speed [um/s], displacement, max_displacement, path_length [um], straightness, outreach_ratio,
            displacement_ratio (1 for a cell that never moved), turning_angle [rad], asphericity (NaN for such a cell)
    """
    length = steps_of(paths).sum(axis=0)
    away = np.hypot(*np.moveaxis(paths - paths[:1], -1, 0))
    net, far = away[-1], away.max(axis=0)
    return {
        "track_speed": length / (times[-1] - times[0]),
        "displacement": net,
        "max_displacement": far,
        "path_length": length,
        "straightness": _ratio(net, length),
        "outreach_ratio": _ratio(far, length),
        "displacement_ratio": _ratio(net, far),
        "turning_angle": _turning(paths[: evenly_apart(times)]),
        "asphericity": _asphericity(paths),
    }


def straightness_over_time(paths: Array, most: int) -> Array:
    """Straightness of the first k steps, mean over cells.   returns [most], k = 1 first"""
    length = steps_of(paths).cumsum(axis=0)
    net = np.hypot(*np.moveaxis(paths[1:] - paths[:1], -1, 0))
    return _ratio(net, length)[:most].mean(axis=1)


def direction_autocorrelation(paths: Array, lags: int) -> Array:
    """Mean cosine between steps that are k frames apart, over cells and times.   returns [lags], k = 1 first"""
    steps = np.diff(paths, axis=0)
    length = np.hypot(*np.moveaxis(steps, -1, 0))
    unit = np.where(length[..., None] > 0.0, steps / np.maximum(length, 1e-300)[..., None], np.nan)
    found = []
    for lag in range(1, lags + 1):
        cosines = (unit[lag:] * unit[:-lag]).sum(axis=-1)
        found.append(float(np.nanmean(cosines)) if np.isfinite(cosines).any() else float("nan"))
    return np.array(found)


def mean_squared_displacement(paths: Array, lags: int) -> Array:
    """Over cells and overlapping windows [um^2].   paths [times, cells, 2]; returns [lags], lag 1 first"""
    return np.array([((paths[k:] - paths[:-k]) ** 2).sum(-1).mean() for k in range(1, lags + 1)])


def over_lags(paths: Array, times: Array) -> Array:
    """Mean squared displacement over lags of whole frames, up to a third of the track and three at least [um^2]."""
    even = paths[: evenly_apart(times)]
    return mean_squared_displacement(even, max(3, (len(even) - 1) // 3))


def fuerth_fit(msd: Array, frame: float) -> tuple[float, float]:
    """Speed [um/s] and persistence [s] of the persistent random walk that fits `msd` at lags of `frame` s.

    Persistence below half a frame cannot be told from none, and speed is at most three times the mean step per frame.
    """
    time = frame * np.arange(1, msd.size + 1)

    def residual(q: Array) -> Array:
        speed, persistence = np.exp(q[0]), np.exp(q[1])
        walk = 2.0 * speed**2 * persistence * (time - persistence * -np.expm1(-time / persistence))
        return np.log(walk + np.exp(q[2])) - np.log(msd)

    step = max(float(np.sqrt(msd[0])), 1e-9) / frame
    low = (np.log(1e-3 * step), np.log(0.5 * frame), np.log(1e-6 * msd[0] + 1e-18))
    high = (np.log(3.0 * step), np.log(100.0 * time[-1]), np.log(msd[0] + 1e-12))
    fits = [
        least_squares(residual, (np.log(step), np.log(start), np.log(msd[0] / 10.0 + 1e-15)), bounds=(low, high))
        for start in (frame, 10.0 * frame, 100.0 * frame)
    ]
    best = min(fits, key=lambda fit: fit.cost)
    return float(np.exp(best.x[0])), float(np.exp(best.x[1]))


def _ratio(part: Array, whole: Array) -> Array:
    """Quotient; 1 where a cell never moved, as celltrackR has it."""
    return np.divide(part, whole, out=np.ones_like(whole), where=whole > 0.0)


def lie_along(paths: Array, direction: Array) -> Array:
    """cos 2 theta of the net displacement of every track about a direction: 1 along it, -1 across it, 0 on average
    where no direction is preferred; NaN for a cell that never moved.   [cells]

    direction   unit vector
    """
    net = paths[-1] - paths[0]
    square = (net**2).sum(axis=-1)
    return np.divide(2.0 * (net @ direction) ** 2, square, out=np.full(square.size, np.nan), where=square > 0.0) - 1.0


def _turning(paths: Array) -> Array:
    """Mean angle between successive steps [rad], 0 to pi.   [cells]"""
    heading = np.arctan2(*np.moveaxis(np.diff(paths, axis=0)[..., ::-1], -1, 0))
    heading = np.where(steps_of(paths) > 0.0, heading, np.nan)
    turn = np.abs((np.diff(heading, axis=0) + np.pi) % (2.0 * np.pi) - np.pi)
    known = np.isfinite(turn)
    return np.divide(np.where(known, turn, 0.0).sum(axis=0), known.sum(axis=0),
                     out=np.full(paths.shape[1], np.nan), where=known.any(axis=0))  # fmt: skip


def _asphericity(paths: Array) -> Array:
    """((l1 - l2)/(l1 + l2))^2 of the eigenvalues of the covariance of the positions.   [cells]"""
    centred = paths - paths.mean(axis=0)
    spread = np.einsum("tcd,tce->cde", centred, centred)
    trace, difference = np.trace(spread, axis1=1, axis2=2), np.diff(np.linalg.eigvalsh(spread), axis=1)[:, 0]
    return np.divide(difference, trace, out=np.full_like(trace, np.nan), where=trace > 0.0) ** 2
