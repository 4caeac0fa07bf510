"""exp, log and pow on vectors of doubles, as LLVM instructions.

llvmlite from PyPI has no vector math library, and as many calls of the scalar
one cost more than all the rest. Within 1 ulp (exp, log); pow loses what
`y * log(x)` loses, |y log x| ulp. Results below 2.3e-308 are 0.

exp: reduction to |r| <= ln(2)/2 and the rational form of Cephes (S. Moshier, netlib.org/cephes, exp.c).
log: the reduction and minimax polynomial of FDLIBM (Sun Microsystems 1993, netlib.org/fdlibm, e_log.c).
"""

from __future__ import annotations

import os
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir

from lamella.errors import InputError

_WIDTHS = (2, 4, 8, 16)


def _lane_width() -> int:
    """Cells computed side by side: LAMELLA_LANES, or what is fastest here. It changes no bit of a result.

    Eight where the processor computes 512 bits at a time; four where it has no such vectors, or takes them in two
    halves (AMD Zen): there the smaller block gains by fitting the first cache.
    """
    given = os.environ.get("LAMELLA_LANES")
    if given is None:
        wide = llvm.get_host_cpu_features().get("avx512f", False)
        return 8 if wide and not llvm.get_host_cpu_name().startswith("znver") else 4
    if given not in map(str, _WIDTHS):
        raise InputError(f"LAMELLA_LANES is '{given}'", remedy=f"Unset it, or set it to one of {_WIDTHS}.")
    return int(given)


LANES = _lane_width()
I1, I32, I64, F64 = ir.IntType(1), ir.IntType(32), ir.IntType(64), ir.DoubleType()
VECTOR, WORDS = ir.VectorType(F64, LANES), ir.VectorType(I64, LANES)

_ROUND = 6755399441055744.0  # 1.5 * 2^52: adding it rounds to an integer, kept in the low bits
_ROUND_BITS = 0x4338000000000000
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_LOG2_E = 1.4426950408889634
_EXP_LN2_HIGH, _EXP_LN2_LOW = 6.93145751953125e-1, 1.42860682030941723212e-6
_EXP_P = (1.26177193074810590878e-4, 3.02994407707441961300e-2, 9.99999999999999999910e-1)
_EXP_Q = (3.00198505138664455042e-6, 2.52448340349684104192e-3, 2.27265548208155028766e-1, 2.0)
_LOG_P = (
    1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01, 2.222219843214978396e-01,
    2.857142874366239149e-01, 3.999999999940941908e-01, 6.666666666666735130e-01,
)  # fmt: skip
_LARGEST_EXPONENT, _SMALLEST_EXPONENT = 709.782712893384, -708.3964185322641
_SMALLEST_NORMAL = 2.2250738585072014e-308
_ONE_BITS, _SQRT_HALF_BITS = 0x3FF0000000000000, 0x3FE6A09E667F3BCD

Value = Any  # llvmlite returns None in the eyes of a type checker


def constant(value: float) -> ir.Constant:
    return ir.Constant(VECTOR, [float(value)] * LANES)


def words(value: int) -> ir.Constant:
    return ir.Constant(WORDS, [value] * LANES)


def splat(b: ir.IRBuilder, value: Value) -> Value:
    """A scalar in every lane."""
    undefined = ir.Constant(VECTOR, ir.Undefined)
    one = b.insert_element(undefined, value, ir.Constant(I32, 0))
    return b.shuffle_vector(one, undefined, ir.Constant(ir.VectorType(I32, LANES), [0] * LANES))


def call(b: ir.IRBuilder, name: str, *arguments: Value) -> Value:
    """A vector intrinsic of LLVM."""
    full = f"{name}.v{LANES}f64"
    function = b.module.globals.get(full)
    if function is None:
        function = ir.Function(b.module, ir.FunctionType(VECTOR, [VECTOR] * len(arguments)), full)
    return b.call(function, arguments)


def truth(b: ir.IRBuilder, condition: Value) -> Value:
    return b.select(condition, constant(1.0), constant(0.0))


def _fma(b: ir.IRBuilder, x: Value, y: Value, z: Value) -> Value:
    return call(b, "llvm.fma", x, y, z)


def _polynomial(b: ir.IRBuilder, x: Value, coefficients: tuple[float, ...]) -> Value:
    result: Value = constant(coefficients[0])
    for coefficient in coefficients[1:]:
        result = _fma(b, result, x, constant(coefficient))
    return result


def exponential(b: ir.IRBuilder, x: Value) -> Value:
    """e^x; inf above 709.78, 0 below -708.39, NaN for NaN."""
    high, low = constant(_LARGEST_EXPONENT), constant(_SMALLEST_EXPONENT)
    inside = b.select(b.fcmp_ordered("<", x, high), x, high)
    inside = b.select(b.fcmp_ordered(">", inside, low), inside, low)
    shifted = _fma(b, inside, constant(_LOG2_E), constant(_ROUND))
    n = b.fsub(shifted, constant(_ROUND))
    r = _fma(b, n, constant(-_EXP_LN2_HIGH), inside)
    r = _fma(b, n, constant(-_EXP_LN2_LOW), r)
    square = b.fmul(r, r)
    p = b.fmul(_polynomial(b, square, _EXP_P), r)
    q = _polynomial(b, square, _EXP_Q)
    mantissa = _fma(b, constant(2.0), b.fdiv(p, b.fsub(q, p)), constant(1.0))
    # two factors of 2^(n/2), because 2^1024 is no double
    whole = b.sub(b.bitcast(shifted, WORDS), words(_ROUND_BITS))
    half = b.ashr(whole, words(1))
    scale = lambda k: b.bitcast(b.shl(b.add(k, words(1023)), words(52)), VECTOR)
    result = b.fmul(b.fmul(mantissa, scale(half)), scale(b.sub(whole, half)))
    result = b.select(b.fcmp_ordered(">", x, high), constant(float("inf")), result)
    result = b.select(b.fcmp_ordered("<", x, low), constant(0.0), result)
    return b.select(b.fcmp_unordered("uno", x, x), x, result)


def logarithm(b: ir.IRBuilder, x: Value) -> Value:
    """Natural logarithm; -inf at 0 (and at what is below the normal numbers), NaN below 0."""
    tiny = constant(_SMALLEST_NORMAL)
    safe = b.select(b.fcmp_ordered(">", x, tiny), x, tiny)
    bits = b.bitcast(safe, WORDS)
    # mantissa in [sqrt(1/2), sqrt(2))
    exponent = b.sub(b.ashr(b.add(bits, words(_ONE_BITS - _SQRT_HALF_BITS)), words(52)), words(1023))
    mantissa = b.bitcast(b.sub(bits, b.shl(exponent, words(52))), VECTOR)
    k = b.fsub(b.bitcast(b.add(exponent, words(_ROUND_BITS)), VECTOR), constant(_ROUND))
    f = b.fsub(mantissa, constant(1.0))
    s = b.fdiv(f, b.fadd(f, constant(2.0)))
    square = b.fmul(s, s)
    r = b.fmul(square, _polynomial(b, square, _LOG_P))
    half = b.fmul(constant(0.5), b.fmul(f, f))
    tail = _fma(b, s, b.fadd(half, r), b.fmul(k, constant(_LN2_LOW)))
    result = b.fsub(b.fmul(k, constant(_LN2_HIGH)), b.fsub(b.fsub(half, tail), f))
    infinite = constant(float("inf"))
    result = b.select(b.fcmp_ordered("==", x, infinite), infinite, result)
    result = b.select(b.fcmp_ordered("<", x, tiny), constant(float("-inf")), result)
    result = b.select(b.fcmp_ordered("<", x, constant(0.0)), constant(float("nan")), result)
    return b.select(b.fcmp_unordered("uno", x, x), x, result)


def power(b: ir.IRBuilder, x: Value, y: Value) -> Value:
    """x^y; a negative x counts as 0 unless y is an integer (see `reactions.graph`)."""
    zero, one = constant(0.0), constant(1.0)
    whole = b.fcmp_ordered("==", call(b, "llvm.floor", y), y)
    below = b.fcmp_ordered("<", x, zero)
    base = b.select(below, b.select(whole, b.fneg(x), zero), x)
    result = exponential(b, b.fmul(y, logarithm(b, base)))
    halved = b.fmul(y, constant(0.5))
    odd = b.and_(whole, b.fcmp_ordered("!=", call(b, "llvm.floor", halved), halved))
    result = b.select(b.and_(below, odd), b.fneg(result), result)
    always_one = b.or_(b.fcmp_ordered("==", y, zero), b.fcmp_ordered("==", x, one))
    return b.select(always_one, one, result)


def slope(b: ir.IRBuilder, x: Value, y: Value) -> Value:
    """x^y, and 0 where x <= 0 and y < 0: for derivatives."""
    zero = constant(0.0)
    kink = b.and_(b.fcmp_ordered("<=", x, zero), b.fcmp_ordered("<", y, zero))
    return b.select(kink, zero, power(b, x, y))


def ratio(b: ir.IRBuilder, x: Value, y: Value) -> Value:
    """x / y, and 0 where y is 0: for derivatives."""
    zero = constant(0.0)
    vanishes = b.fcmp_ordered("==", y, zero)
    return b.select(vanishes, zero, b.fdiv(x, b.select(vanishes, constant(1.0), y)))


def root(b: ir.IRBuilder, x: Value) -> Value:
    """Square root, 0 below 0."""
    zero = constant(0.0)
    return call(b, "llvm.sqrt", b.select(b.fcmp_ordered("<", x, zero), zero, x))
