"""Blots: lanes rendered from the amounts, darkness in proportion, with the numbers beneath."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from lamella.assays.effects import ratio
from lamella.report import words
from lamella.report.picture import Picture
from lamella.report.style import INK, MUTED, Look, figure

_MOST_DISHES = 3
_LANE, _TALL = 44, 40
"""Pixels of a lane across and along."""

_FILM, _DARKEST = 0.93, 0.90


def is_blot(name: str) -> bool:
    """Whether a variable is an amount that a blot would show."""
    return words.blot_title(name) is not None


def blots_picture(amounts: Mapping[str, xr.DataArray], looks: Mapping[str, Look], control: str | None) -> Picture:
    """One strip per antibody, lanes grouped by arm.

    amounts   name -> molecules per cell [replicates, arms], coordinate arms
    control   arm that the numbers under the lanes are relative to; None: no numbers
    """
    first = next(iter(amounts.values()))
    arms = [str(arm) for arm in first["arms"].values]
    dishes = min(_MOST_DISHES, first.sizes["replicates"])
    lines = max(words.broken(arm, 14).count("\n") for arm in arms)
    drawn = figure(9.4, 0.55 + 0.78 * len(amounts) + 0.14 * lines, w_pad=0.05, h_pad=0.02)
    strips = drawn.subplots(len(amounts), 1, squeeze=False)[:, 0]
    told = []
    for axes, (name, values) in zip(strips, amounts.items()):
        folds = _folds(values, arms, control)
        _draw_strip(axes, name, _lanes(values, arms, dishes), folds, dishes)
        told.append(f"{words.shown(name, values).title}: " + ", ".join(
            f"{arm} {words.ratio(fold)}" for arm, fold in zip(arms, folds)) + ".")
    _name_groups(strips[0], arms, dishes, looks)
    over = f" over {control}: geometric mean over all dishes, paired" if control else ""
    caption = ("Rendered from the numbers of molecules, not from a film: darkness is in proportion to the amount per "
               f"cell, within a strip. Lanes: {words.plural(dishes, 'dish', 'dishes')} of each arm."
               + (f" Numbers: amount{over}." if control else ""))
    alt = "Blot drawn from the numbers." + (f" Relative to {control}: {' '.join(told)}" if control else "")
    return Picture(drawn, alt, caption)


def band(amount: float) -> np.ndarray:
    """A lane's darkness, 0 to 1.

    amount    0 to 1, relative to the darkest lane of the strip; NaN gives an empty lane
    returns   [along, across]
    """
    along, across = np.mgrid[-1:1:complex(_TALL), -1:1:complex(_LANE)]
    droop = 0.10 * across**2  # bands hang at their sides
    body = np.exp(-(((along + 0.05 - droop) / 0.24) ** 2)) / (1 + np.exp((np.abs(across) - 0.74) / 0.045))
    return (amount if np.isfinite(amount) else 0.0) * body


def _lanes(values: xr.DataArray, arms: list[str], dishes: int) -> np.ndarray:
    """Amounts relative to the largest one shown.   returns [lanes], lanes of an arm side by side"""
    shown = np.concatenate([np.asarray(values.sel(arms=arm).values, dtype=float)[:dishes] for arm in arms])
    top = np.nanmax(shown) if np.isfinite(shown).any() else 1.0
    return np.clip(shown / top, 0, 1) if top > 0 else 0 * shown


def _folds(values: xr.DataArray, arms: list[str], control: str | None) -> list[float]:
    """Amount of every arm over the control's."""
    if control is None:
        return [float("nan")] * len(arms)
    against = np.asarray(values.sel(arms=control).values, dtype=float)
    return [ratio(np.asarray(values.sel(arms=arm).values, dtype=float), against).effect for arm in arms]


def _draw_strip(axes: Axes, name: str, lanes: np.ndarray, folds: list[float], dishes: int) -> None:
    film = _FILM * (1 - _DARKEST * np.hstack([band(lane) for lane in lanes]))
    axes.imshow(film, cmap="gray", vmin=0, vmax=1, extent=(0, lanes.size, 0, 1), aspect="auto", interpolation="none")
    for edge in range(dishes, lanes.size, dishes):
        axes.axvline(edge, color="white", linewidth=2.5)
    for lane in np.flatnonzero(~np.isfinite(lanes)):
        axes.text(lane + 0.5, 0.5, "no\nvalue", ha="center", va="center", fontsize=6.5, color="#444444")
    for number, fold in enumerate(folds):
        if np.isfinite(fold):
            axes.text((number + 0.5) * dishes, -0.06, words.ratio(fold), ha="center", va="top", fontsize=8.5)
    axes.set(xlim=(0, lanes.size), ylim=(0, 1), xticks=[])
    axes.set_yticks([0.5], [words.blot_title(name) or name])
    axes.tick_params(length=0, labelsize=9)
    for side in axes.spines.values():
        side.set_visible(True)
        side.set_color(MUTED)


def _name_groups(axes: Axes, arms: list[str], dishes: int, looks: Mapping[str, Look]) -> None:
    """The arm's name over its lanes, underlined in its colour."""
    for number, arm in enumerate(arms):
        axes.plot([number * dishes + 0.12, (number + 1) * dishes - 0.12], [1.1, 1.1], color=looks[arm].colour,
                  linewidth=3, clip_on=False, solid_capstyle="butt")
        axes.annotate(words.broken(arm, 14), ((number + 0.5) * dishes, 1.18), ha="center", va="bottom", fontsize=8,
                      color=INK, annotation_clip=False, multialignment="center")
