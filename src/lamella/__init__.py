"""lamella: integrins and IAPs, from reactions to wound closure."""

__version__ = "0.1.0"
