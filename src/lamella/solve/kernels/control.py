"""How long the next step is: pure functions that the kernel and its readable twin share.

Errors are in units of the tolerance: a step whose error is at most 1 is taken. `ease` is error^(-1 / order), by how
much the step could have been longer; the kernel computes it for all lanes at once.
"""

from __future__ import annotations

import math

from lamella.solve.kernels.compiled import entry

SMALLEST_ERROR = 1e-10
NEAR_END = 0.94
"""A step of at least this share of what is left is stretched to the end: `_SAFETY` leaves room for that."""
_SAFETY, _GROW, _TREND = 0.9, 5.0, 2.5
_SHRINK = 0.1
_AGAIN = 2.5  # how far the step that was refused may be outgrown by the one after next
_FAR = 20.0  # two steps that differ by more tell nothing of the order between them


@entry
def after_step(h, ease, previous, previous_ease, refused):
    """The step to try after `h` was taken.

    Where errors fall from step to step, as they do while a fast mode dies out, the trend is followed
    (predictive control; Gustafsson 1994, doi:10.1145/198429.198437); where they rise, the error itself rules.

    previous, previous_ease   the step taken before it, or 0
    refused                   the longer step that was refused before `h` was taken, or 0
    """
    growth = _SAFETY * ease
    if previous != 0.0:
        trend = (h / previous) * (ease / previous_ease)
        growth *= min(max(trend, 1.0), _TREND)
    growth = min(_GROW, max(2.0 * _SHRINK, growth))
    if refused != 0.0:
        growth = min(growth, max(1.0, _AGAIN * refused / h))
    return h * growth


@entry
def after_refusal(h, error, ease, before, before_error, order):
    """The step to try after `h` was refused.

    After a jump a stiff cell has modes far faster than the step that it had grown to. As long as a step is longer than
    those, its error hardly depends on it, and the order of the method promises too much. Two refusals in a row show
    the order that holds. (A cell that has been through a jump of its inputs remembers it: see `opening_step`.)

    before, before_error   the step refused just before it, or 0
    """
    if not math.isfinite(error):
        return h * _SHRINK
    if before == 0.0 or before > _FAR * h:  # half the order: between that of a stiff mode and that of the method
        return h * max(_SHRINK, _SAFETY * ease * ease)
    seen = order
    if before > h and math.isfinite(before_error):
        seen = math.log(before_error / error) / math.log(before / h)
    return h * max(_SHRINK, _SAFETY * error ** (-1.0 / min(max(seen, 0.5), order)))


@entry
def opening_step(h, ease):
    """The step to try first after the next jump of the inputs; `h` and `ease` are of the first that was taken now."""
    return h * min(_GROW, _SAFETY * ease)
