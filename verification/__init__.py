"""Slow or statistical checks: against theory, against other programs."""
