"""Sites and Monte Carlo steps in µm and s.

The attempt rate is a physical mobility: halving the seconds per step halves the mobility with it, so that the same
cell moves as before. Halving the site keeps energies per copy; see the rules in the docs.

How fast edges can move is the cell line's: the speed of its free lamella. A line of `pace` 20 lives twenty times as
fast on the lattice as one of the reference: its steps are as many times shorter, and so is what actin carries along in
a cell, the memory of a lamella and of the axis (Maiuri 2015), and the life of its adhesion sites: a T cell that goes
its own length in a minute has let go of what it held a minute ago (Smith 2005).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lamella.culture.constants import Constants
from lamella.errors import InputError
from lamella.networks.library import Parameter


@dataclass(frozen=True)
class Scale:
    """Site [um], seconds per Monte Carlo step, what the reference was, and the pace of the cells relative to it."""

    site: float
    step: float
    reference_site: float
    reference_step: float
    pace: float = 1.0

    @property
    def mobility(self) -> float:
        """Share of attempts that are looked at: (seconds per step) * pace / (site), relative to the reference."""
        return self.pace * (self.step / self.reference_step) / (self.site / self.reference_site)

    def sites(self, area: float) -> float:
        """Sites of an area in um^2."""
        return area / self.site**2

    def area(self, sites):
        """um^2 of a number of sites."""
        return sites * self.site**2

    def steps(self, seconds: float) -> int:
        """Whole Monte Carlo steps in `seconds`."""
        return max(1, round(seconds / self.step))

    def per_step(self, rate: float) -> float:
        """A rate per second as a rate per step."""
        return rate * self.step

    def paced(self, seconds: float) -> float:
        """Seconds that this line takes for what takes `seconds` in a cell of the reference."""
        return seconds / self.pace


def scale(
    constants: Constants, body: Mapping[str, Parameter] | None = None, *, finer_step: float = 1.0,
    finer_site: float | None = None,
) -> Scale:  # fmt: skip
    """The scheme of a dish.

    body         of its cell line: sets the pace, and halves the site until a spread cell has sites enough; without it
                 both are those of the reference
    finer_step   2 halves the seconds per step
    finer_site   2 halves the site of the reference, whatever the size of the cells
    raises       InputError: mobility above 1
    """
    reference, step = constants["scale.site"], constants["scale.step"]
    pace = 1.0 if body is None else body["edge_speed"].value / constants["scale.edge_speed"]
    finer = 1.0
    if finer_site is not None:
        finer = finer_site
    elif body is not None:
        while body["spread_area"].value * (finer / reference) ** 2 < constants["scale.fewest_sites"]:
            finer *= 2.0
            step /= 2.0
    made = Scale(reference / finer, step / (pace * finer_step), reference, constants["scale.step"], pace)
    if made.mobility > 1.0 + 1e-12:
        raise InputError(
            "the step is too long for the site",
            where="culture.scale",
            why="the mobility would exceed 1",
            remedy="refine the step at least as much as the site",
        )
    return made
