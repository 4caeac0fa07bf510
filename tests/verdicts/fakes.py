"""Fake assays whose truth is known, and records that judge them."""

from __future__ import annotations

import threading

import numpy as np
import xarray as xr

from lamella.assays.protocol import Assay, Conditions
from lamella.findings import Finding, read_finding
from lamella.random import generator

DISH_SD, ARM_SD = 0.3, 0.06
"""Noise that the arms of a replicate share, and noise of one arm's dish."""

TEXT = """
schema = 1
id = "{id}"
claim = "Treatment raises what the fake assay reads."
source = {{ review = "oberoi-2013", section = "IAPs", claims = [{claims}] }}
role = "calibrate"
cell = {cell}
module = "mapk"
kind = "experiment"
second_reading = "Read as the fake assay reads it."
[arms]
control = {{}}
treated = {{ knockdown = {{ XIAP = 0.9 }} }}
drug = {{ inhibitor = {{ U0126 = "10 uM" }} }}
both = {{ knockdown = {{ XIAP = 0.9 }}, inhibitor = {{ U0126 = "10 uM" }} }}
{expect}
"""

RISES = """[[expect]]
assay = "fake"
quantity = "level"
relation = "treated > control"
"""


def finding(expect: str = RISES, *, id: str = "a-finding", cell: str = '"HeLa"', claims: str = '"IAP-001"') -> Finding:
    """A record with four arms and these expectations."""
    return read_finding(TEXT.format(id=id, expect=expect, cell=cell, claims=claims), "test.toml")


class FakeConditions(Conditions):
    duration: str = "24 h"


class Fake:
    """An assay that multiplies a level by the factor of its arm, with noise between dishes and between arms.

    factors   arm -> factor, 1 where not given
    by_member noise between arms is another one for every scaled network
    runs      how many dishes were computed
    """

    def __init__(self, factors: dict[str, float] | None = None, *, arm_sd: float = ARM_SD, dish_sd: float = DISH_SD,
                 pictures: bool = False, by_member: bool = False):
        self.by_member = by_member
        self.factors, self.arm_sd, self.dish_sd = factors or {}, arm_sd, dish_sd
        self.runs = 0
        self._lock = threading.Lock()
        readouts = {"level": "level", "other": "never moves"}
        self.assay = Assay("fake", "Reads a level.", FakeConditions, readouts, self._run, pictures)

    def _run(self, setting, conditions, progress):
        with self._lock:
            self.runs += 1
        arm = _arm(setting.perturbations)
        shared = generator(setting.seed, "dish", setting.replicate).normal(0.0, self.dish_sd)
        member = str(sorted(setting.scaled.items())) if self.by_member else ""
        own = generator(setting.seed, "arm", arm, setting.replicate, member).normal(0.0, self.arm_sd)
        level = 100.0 * self.factors.get(arm, 1.0) * np.exp(shared + own)
        times = np.array([0.0, 43200.0, 86400.0])
        progress(1.0)
        return xr.Dataset({"level": ((), level), "other": ((), 50.0 * np.exp(shared)),
                           "course": ("times", level * np.array([0.0, 0.5, 1.0])),
                           "labels": (("frames", "x"), np.zeros((1, 2), np.uint16))}, coords={"times": times})


def _arm(perturbations) -> str:
    if perturbations.knockdown:
        return "both" if perturbations.inhibitor else "treated"
    return "drug" if perturbations.inhibitor else "control"


def noisy(factors: dict[str, float], seed: int, replicates: int, sd: float = ARM_SD, dish_sd: float = DISH_SD,
          quantity: str = "level") -> dict[tuple[str, str], np.ndarray]:
    """Values of arms with these factors, as the judge takes them."""
    shared = generator(seed, "shared").normal(0.0, dish_sd, replicates)
    return {(quantity, arm): factor * np.exp(shared + generator(seed, arm).normal(0.0, sd, replicates))
            for arm, factor in factors.items()}
