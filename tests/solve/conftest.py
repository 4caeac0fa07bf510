"""Small networks for the tests of the reaction engine, written in Antimony."""

from __future__ import annotations

import antimony
import pytest


def sbml_of(text: str) -> str:
    """SBML of an Antimony text."""
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(text) >= 0, antimony.getLastError()
    return antimony.getSBMLString(antimony.getMainModuleName())


@pytest.fixture(name="sbml", scope="session")
def _sbml():
    return sbml_of
