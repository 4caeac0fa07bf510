"""One trial step of a Rosenbrock method for a block of cells, each with its own step size."""

from __future__ import annotations

from lamella.solve.kernels import lanes as v
from lamella.solve.kernels.compiled import part
from lamella.solve.kernels.interpret import run_tape
from lamella.solve.kernels.lanes import LANES
from lamella.solve.kernels.pivoting import dense_factor, dense_solve

# rows of Workspace.lanes that a step uses
DIAGONAL, INVERSE_STEP, STEP, TIME, ERROR, ACCEPT, GROWTH = range(7)

# entries of MethodArrays.share
_SLOPE, _OFFSET, _STAGE, _POWER, _MIDDLE, _MOST, _LEAST = range(7)

SMALLEST_NORM = 1e-100
"""Keeps the ratio of two norms finite where both vanish."""


@part
def sums(first, coefficient, slot, slots, out, offset, rows, accumulate):
    """Sparse sums into `out[offset:]`, added to what stands there if `accumulate`."""
    k = v.number(first, 0)
    for i in range(rows):
        target = offset + i * LANES
        total = v.load(out, target) if accumulate else v.fill(0.0)
        last = v.number(first, i + 1)
        while k < last:
            total = v.fused(v.spread(coefficient, k), v.load(slots, v.number(slot, k)), total)
            k += 1
        v.store(out, target, total)


@part
def factorise(kinds, first, coefficient, slot, product_first, products, slots, matrix, lanes):
    """LU of diagonal - J, entry by entry; pivots are stored inverted.

    kinds .. products  of NetworkArrays: kind, matrix_*, product_first, products
    slots   [slots * LANES]    hold the derivatives
    matrix  [entries * LANES]  written
    lanes   row DIAGONAL holds 1 / (h gamma)
    """
    k = v.number(first, 0)
    q = v.number(product_first, 0) * 2
    for e in range(kinds.shape[0]):
        kind = v.number(kinds, e)
        total = v.fill(0.0)
        if kind == -2:
            total = v.load(lanes, DIAGONAL * LANES)
        last = v.number(first, e + 1)
        while k < last:
            total = v.fused(v.spread(coefficient, k), v.load(slots, v.number(slot, k)), total)
            k += 1
        last = v.number(product_first, e + 1) * 2
        while q < last:
            left = v.load(matrix, v.number(products, q))
            total = v.fused_minus(left, v.load(matrix, v.number(products, q + 1)), total)
            q += 2
        if kind >= 0:
            total = v.mul(total, v.load(matrix, kind))
        elif kind != -1:
            total = v.div(v.fill(1.0), total)
        v.store(matrix, e * LANES, total)


@part
def substitute(lower_first, lower_pairs, upper_first, upper_pairs, pivot, matrix, x):
    """Solve with the LU; the right side in `x` [states * LANES] becomes the solution."""
    n = pivot.shape[0]
    k = 0
    for i in range(n):
        last = v.number(lower_first, i + 1) * 2
        total = v.load(x, i * LANES)
        while k < last:
            entry = v.load(matrix, v.number(lower_pairs, k))
            total = v.fused_minus(entry, v.load(x, v.number(lower_pairs, k + 1)), total)
            k += 2
        v.store(x, i * LANES, total)
    k = v.number(upper_first, n) * 2 - 2
    for i in range(n - 1, -1, -1):
        last = v.number(upper_first, i) * 2
        total = v.load(x, i * LANES)
        while k >= last:
            entry = v.load(matrix, v.number(upper_pairs, k))
            total = v.fused_minus(entry, v.load(x, v.number(upper_pairs, k + 1)), total)
            k -= 2
        v.store(x, i * LANES, v.mul(total, v.load(matrix, v.number(pivot, i))))


@part
def _prepare_stage(a, c, s, count, n, slots, stages, start, lanes):
    """Arguments of stage `s` into the slots, and the sum over earlier stages into its place."""
    inverse_step = v.load(lanes, INVERSE_STEP * LANES)
    offset = s * n * LANES
    same_row = s > 1
    for j in range(s - 1):
        if a[s * count + j] != a[(s - 1) * count + j]:
            same_row = False
    if same_row and a[s * count + s - 1] == 1.0:
        # this stage starts where the last one ended
        for i in range(n):
            at = i * LANES
            v.store(slots, at, v.add(v.load(slots, at), v.load(stages, offset - (n - i) * LANES)))
            total = v.fill(0.0)
            for j in range(s):
                total = v.fused(v.spread(c, s * count + j), v.load(stages, (j * n + i) * LANES), total)
            v.store(stages, offset + at, v.mul(total, inverse_step))
        return
    for i in range(n):
        at = i * LANES
        y = v.load(start, at)
        total = v.fill(0.0)
        for j in range(s):
            u = v.load(stages, (j * n + i) * LANES)
            y = v.fused(v.spread(a, s * count + j), u, y)
            total = v.fused(v.spread(c, s * count + j), u, total)
        v.store(slots, at, y)
        v.store(stages, offset + at, v.mul(total, inverse_step))


@part
def _add_drift(weight, n, stages, offset, drift, lanes):
    """Add d_s h df/dt to a right side."""
    factor = v.mul(v.fill(weight), v.load(lanes, STEP * LANES))
    for i in range(n):
        at = i * LANES
        v.store(stages, offset + at, v.fused(factor, v.load(drift, at), v.load(stages, offset + at)))


@part
def trial_step(net, method, work, rtol, atol, pivoted):
    """Try one step in every lane, by machine code where there is some, else by the tape.

    net, method, work  NetworkArrays, MethodArrays, Workspace. `work.start` holds the states, the rows DIAGONAL,
                       INVERSE_STEP, STEP and TIME of `work.lanes` the step
    atol               [states] in elimination order
    pivoted            lane that takes a dense LU with pivoting, or -1
    leaves the new states in the first slots; in row ERROR the sum of squared errors of the new states, each over its
    tolerance; in row GROWTH what `pivoting` calls growth
    """
    # the inner functions take bare arrays: passing these tuples would count references of all their members
    n = net.sizes[0]
    timed = net.sizes[4] != 0
    compiled = net.native[0] != 0
    begin, stage, factor, solve = net.native[0], net.native[1], net.native[2], net.native[3]
    slots, matrix, stages, start, drift, lanes = (
        work.slots,
        work.matrix,
        work.stages,
        work.start,
        work.drift,
        work.lanes,
    )
    runs, code = net.rate_runs, net.rate_code
    first, coefficient, slot = net.balance_first, net.balance_coefficient, net.balance_slot
    lower_first, lower_pairs, upper_first, upper_pairs = (
        net.lower_first,
        net.lower_pairs,
        net.upper_first,
        net.upper_pairs,
    )
    pivot = net.pivot
    a, c, d, alpha, count = method.a, method.c, method.d, method.alpha, method.shape[0]
    for i in range(n):
        v.store(slots, i * LANES, v.load(start, i * LANES))
    v.store(slots, n * LANES, v.load(lanes, TIME * LANES))
    for s in range(count):
        offset = s * n * LANES
        x = stages[offset : offset + n * LANES]
        if s > 0:
            if compiled:
                v.call_native(net.native[3 + s], slots, start, stages, lanes)
            else:
                _prepare_stage(a, c, s, count, n, slots, stages, start, lanes)
        if s > 0 and timed:
            later = v.fused(v.fill(alpha[s]), v.load(lanes, STEP * LANES), v.load(lanes, TIME * LANES))
            v.store(slots, n * LANES, later)
        if compiled:
            v.call_native(stage if s > 0 else begin, slots, matrix, x, lanes)
        else:
            run_tape(slots, runs, code)
            sums(first, coefficient, slot, slots, x, 0, n, s > 0)
        if s == 0:
            if compiled:
                v.call_native(factor, slots, matrix, x, lanes)
            else:
                run_tape(slots, net.slope_runs, net.slope_code)
                factorise(
                    net.kind, net.matrix_first, net.matrix_coefficient, net.matrix_slot, net.product_first,
                    net.products, slots, matrix, lanes,
                )  # fmt: skip
            _measure_growth(pivot, matrix, lanes)
            if pivoted >= 0 and not dense_factor(
                pivoted, net, slots, lanes[DIAGONAL * LANES + pivoted], work.dense, work.rows
            ):
                pivoted = -1
            if timed:
                sums(net.drift_first, net.drift_coefficient, net.drift_slot, slots, drift, 0, n, False)
        if timed:
            _add_drift(d[s], n, stages, offset, drift, lanes)
        if pivoted >= 0:
            for i in range(n):
                work.right[i] = x[i * LANES + pivoted]
        if compiled:
            v.call_native(solve, slots, matrix, x, lanes)
        else:
            substitute(lower_first, lower_pairs, upper_first, upper_pairs, pivot, matrix, x)
        if pivoted >= 0:
            dense_solve(pivoted, work.dense, work.rows, x, work.right)
    _finish(n, count, slots, stages, start, lanes, rtol, atol, method.share)


@part
def repeat_pivoted(net, method, work, rtol, atol, lane):
    """Try the step of one lane again, with pivoting; the other lanes keep what they have. Arguments as `trial_step`."""
    n = net.sizes[0]
    states, stages, saved, lanes = work.slots, work.stages, work.saved, work.lanes
    length = n * LANES
    for k in range(length):
        saved[k] = states[k]
    for k in range(method.shape[0] * length):
        saved[length + k] = stages[k]
    errors, growth = v.load(lanes, ERROR * LANES), lanes[GROWTH * LANES + lane]
    trial_step(net, method, work, rtol, atol, lane)
    error = lanes[ERROR * LANES + lane]
    v.store(lanes, ERROR * LANES, errors)
    lanes[ERROR * LANES + lane], lanes[GROWTH * LANES + lane] = error, growth
    for k in range(length):
        if k % LANES != lane:
            states[k] = saved[k]
    for k in range(method.shape[0] * length):
        if k % LANES != lane:
            stages[k] = saved[length + k]


@part
def _measure_growth(pivot, matrix, lanes):
    largest = v.fill(0.0)
    for i in range(pivot.shape[0]):
        largest = v.larger(largest, v.magnitude(v.load(matrix, v.number(pivot, i))))
    v.store(lanes, GROWTH * LANES, v.mul(largest, v.load(lanes, DIAGONAL * LANES)))


@part
def _finish(n, count, slots, stages, start, lanes, rtol, atol, share):
    """New states and their error (see `rosenbrock.Share`); anything infinite makes the error NaN."""
    zero, one, relative = v.fill(0.0), v.fill(1.0), v.fill(rtol)
    last, before, late, early, sound = zero, zero, zero, zero, zero
    row = n * LANES
    stage = (int(share[_STAGE]) - 1) * row
    for i in range(n):
        at = i * LANES
        correction = v.load(stages, (count - 1) * row + at)
        y = v.add(v.load(slots, at), correction)
        v.store(slots, at, y)
        size = v.larger(v.magnitude(y), v.magnitude(v.load(start, at)))
        weight = v.div(one, v.fused(relative, size, v.spread(atol, i)))
        last = _add_square(v.mul(correction, weight), last)
        sound = v.add(sound, v.sub(y, y))  # 0, or NaN
        before = _add_square(v.mul(v.load(stages, (count - 2) * row + at), weight), before)
        late = _add_square(v.mul(v.load(stages, stage + at), weight), late)
        early = _add_square(v.mul(v.load(stages, stage - row + at), weight), early)
    most, tiny = v.spread(share, _MOST), v.fill(SMALLEST_NORM**2)
    corrections = v.root(v.div(last, v.larger(before, tiny)))
    left = v.fused(v.spread(share, _SLOPE), corrections, v.spread(share, _OFFSET))
    left = v.smaller(v.larger(left, v.spread(share, _LEAST)), most)
    damping = v.power(v.div(late, v.larger(early, tiny)), v.fill(0.5 * share[_POWER]))
    left = v.larger(left, v.div(v.mul(most, damping), v.add(damping, v.spread(share, _MIDDLE))))
    v.store(lanes, ERROR * LANES, v.add(v.mul(last, v.mul(left, left)), sound))


@part
def _add_square(x, total):
    return v.fused(x, x, total)
