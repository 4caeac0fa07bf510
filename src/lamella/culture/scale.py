"""Sites and Monte Carlo steps in µm and s.

The attempt rate is a physical mobility: halving the seconds per step halves the mobility with it, so that the same
cell moves as before. Halving the site keeps energies per copy; see the rules in the docs.
"""

from __future__ import annotations

from dataclasses import dataclass

from lamella.culture.constants import Constants
from lamella.errors import InputError


@dataclass(frozen=True)
class Scale:
    """Site [um], seconds per Monte Carlo step, and what the reference was."""

    site: float
    step: float
    reference_site: float
    reference_step: float

    @property
    def mobility(self) -> float:
        """Share of attempts that are looked at: (seconds per step) / (site), relative to the reference."""
        return (self.step / self.reference_step) / (self.site / self.reference_site)

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


def scale(constants: Constants, *, finer_step: float = 1.0, finer_site: float = 1.0) -> Scale:
    """The scheme of a dish; `finer_step` 2 halves the seconds per step.   raises InputError: mobility above 1"""
    made = Scale(
        constants["scale.site"] / finer_site,
        constants["scale.step"] / finer_step,
        constants["scale.site"],
        constants["scale.step"],
    )
    if made.mobility > 1.0 + 1e-12:
        raise InputError(
            "the step is too long for the site",
            where="culture.scale",
            why="the mobility would exceed 1",
            remedy="refine the step at least as much as the site",
        )
    return made
