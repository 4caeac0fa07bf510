"""lamella: integrins and IAPs, from reactions to wound closure.

    import lamella as lm
    lm.simulate("model.xml", "24 h", cells=1000, vary=0.3)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lamella.version import VERSION as __version__

if TYPE_CHECKING:
    from lamella.solve import simulate as simulate

__all__ = ["__version__", "simulate"]


def __getattr__(name: str) -> Any:
    """Public names, looked up when they are asked for: importing the package stays quick."""
    if name == "simulate":
        from lamella.solve import simulate

        return simulate
    raise AttributeError(f"module 'lamella' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
