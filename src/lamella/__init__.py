"""lamella: integrins and IAPs, from reactions to wound closure.

    import lamella as lm
    lm.simulate("model.xml", "24 h", cells=1000, vary=0.3)
    lm.assays.ADHESION(cell="HeLa", arms={"control": {}, "less talin": {"knockdown": {"TLN1": 0.8}}})
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lamella.version import VERSION as __version__

if TYPE_CHECKING:
    from lamella import assays as assays
    from lamella.solve import simulate as simulate

__all__ = ["__version__", "assays", "simulate"]


def __getattr__(name: str) -> Any:
    """Public names, looked up when they are asked for: importing the package stays quick."""
    if name == "simulate":
        from lamella.solve import simulate

        return simulate
    if name == "assays":
        from importlib import import_module

        return import_module("lamella.assays")
    raise AttributeError(f"module 'lamella' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
