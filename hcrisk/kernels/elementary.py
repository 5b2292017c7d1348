"""exp, log, expm1, log1p, the normal distribution: own arithmetic, branch-free.

Every function is a fixed sequence of IEEE additions, multiplications, divisions and square
roots with selects in place of branches: loops over them vectorise, and their bits depend on
neither the processor nor its math library. Subnormal arguments and results are handled.
"""

from __future__ import annotations

import math

import numpy as np

from hcrisk.kernels._inline import njit_inline

INFINITY = math.inf
NOT_A_NUMBER = math.nan

LOG2_E = 1.4426950408889634
# ln 2 in two parts; the first has 32 trailing zero bits, so that k * LN2_HIGH is exact.
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
# Adding and subtracting 1.5 * 2^52 rounds to an integer and leaves it in the low bits.
ROUNDER = 6755399441055744.0
EXP_HIGHEST = 710.0
EXP_LOWEST = -746.0

EXPONENT_BIAS = np.uint64(1023)
FRACTION_BITS = np.uint64(52)
SMALLEST_NORMAL = 2.0**-1022
TWO_54 = 2.0**54
TWO_52 = 4503599627370496.0
TWO_52_BITS = np.uint64(0x4330000000000000)
# Subtracting the bits of sqrt(1/2) moves the split between exponents to sqrt(1/2).
SQRT_HALF_BITS = np.uint64(0x3FE6A09E667F3BCD)
ONE_BITS = np.uint64(0x3FF0000000000000)
FRACTION_MASK = np.uint64(0x000FFFFFFFFFFFFF)
SHIFT_BITS = np.uint64(0x3FF0000000000000 - 0x3FE6A09E667F3BCD)

# exp(r) - 1 - r = r^2 (1/2! + r/3! + ...): |r| <= ln(2)/2 leaves 4e-18 after r^13.
EXP_COEFFICIENTS = tuple(1.0 / math.factorial(n) for n in range(2, 14))
E2, E3, E4, E5, E6, E7, E8, E9, E10, E11, E12, E13 = EXP_COEFFICIENTS
# log((1 + s)/(1 - s)) = 2 s + s (2/3 s^2 + 2/5 s^4 + ...), |s| <= 0.172.
L1, L2, L3, L4, L5, L6, L7, L8, L9, L10, L11 = tuple(2.0 / (2 * n + 1) for n in range(1, 12))

# Wichura, algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477-484.
CENTRAL_HALF_WIDTH = 0.425
CENTRAL_SQUARE = 0.180625
NEAR_TAIL_SHIFT = 1.6
FAR_TAIL_SHIFT = 5.0
A0, B0, C0 = 3.3871328727963666080e0, 1.42343711074968357734e0, 6.65790464350110377720e0
A1, B1, C1 = 1.3314166789178437745e2, 4.63033784615654529590e0, 5.46378491116411436990e0
A2, B2, C2 = 1.9715909503065514427e3, 5.76949722146069140550e0, 1.78482653991729133580e0
A3, B3, C3 = 1.3731693765509461125e4, 3.64784832476320460504e0, 2.96560571828504891230e-1
A4, B4, C4 = 4.5921953931549871457e4, 1.27045825245236838258e0, 2.65321895265761230930e-2
A5, B5, C5 = 6.7265770927008700853e4, 2.41780725177450611770e-1, 1.24266094738807843860e-3
A6, B6, C6 = 3.3430575583588128105e4, 2.27238449892691845833e-2, 2.71155556874348757815e-5
A7, B7, C7 = 2.5090809287301226727e3, 7.74545014278341407640e-4, 2.01033439929228813265e-7
D1, F1, G1 = 4.2313330701600911252e1, 2.05319162663775882187e0, 5.99832206555887937690e-1
D2, F2, G2 = 6.8718700749205790830e2, 1.67638483018380384940e0, 1.36929880922735805310e-1
D3, F3, G3 = 5.3941960214247511077e3, 6.89767334985100004550e-1, 1.48753612908506148525e-2
D4, F4, G4 = 2.1213794301586595867e4, 1.48103976427480074590e-1, 7.86869131145613259100e-4
D5, F5, G5 = 3.9307895800092710610e4, 1.51986665636164571966e-2, 1.84631831751005468180e-5
D6, F6, G6 = 2.8729085735721942674e4, 5.47593808499534494600e-4, 1.42151175831644588870e-7
D7, F7, G7 = 5.2264952788528545610e3, 1.05075007164441684324e-9, 2.04426310338993978564e-15

# exp(x^2/2) (1 + x) Q(x), Q the upper tail, as a Chebyshev series in (x - 5)/(x + 5): computed
# with 40 digits, 26 terms leave 1e-18 (the idea is Shepherd and Laframboise's, 1981).
MILLS_CENTRE = 5.0
SQRT_TWO_PI = 2.5066282746310002
H0, H1, H2 = 0.4619742120721857, -0.06516520239491264, -0.005458781501136567
H3, H4, H5 = 0.01229619904556344, -0.006470872915703688, 0.0022407355224168305
H6, H7, H8 = -0.0005638623774651974, 9.984031082925812e-05, -9.849514843168493e-06
H9, H10, H11 = -4.032494233045217e-07, 2.99023962013034e-07, -3.032070748442814e-08
H12, H13, H14 = -4.617665713929027e-09, 1.3298288008382692e-09, 3.007242719019045e-11
H15, H16, H17 = -4.4299537255328156e-11, 1.3999857147018152e-12, 1.4718957028912571e-12
H18, H19, H20 = -9.325953119165372e-14, -5.294681169067695e-14, 3.958188414414517e-15
H21, H22, H23 = 2.1048214642963194e-15, -1.345671286136144e-16, -9.097614914495833e-17
H24, H25 = 2.9906032105666553e-18, 4.120292578607833e-18
CDF_HIGHEST = 40.0
CDF_GRID = 1024.0


@njit_inline
def _exp_parts(x):
    """Return k and p with exp(x) = 2^k (1 + p), |p| < 0.42, for finite moderate x."""
    k = (x * LOG2_E + ROUNDER) - ROUNDER
    high = x - k * LN2_HIGH
    low = k * LN2_LOW
    r = high - low
    r2 = r * r
    r4 = r2 * r2
    # Estrin's order: short dependency chains.
    q0 = (E2 + r * E3) + r2 * (E4 + r * E5)
    q1 = (E6 + r * E7) + r2 * (E8 + r * E9)
    q2 = (E10 + r * E11) + r2 * (E12 + r * E13)
    q = q0 + r4 * (q1 + r4 * q2)
    # What rounding high - low lost goes back in with the small terms.
    lost = (high - r) - low
    return k, r + (r2 * q + lost)


@njit_inline
def _power_of_two(k):
    """Return 2^k for an integral k in -1022..1023."""
    rounded = np.float64(k + ROUNDER)
    bits = np.uint64((rounded.view(np.uint64) + EXPONENT_BIAS) << FRACTION_BITS)
    return float(bits.view(np.float64))


@njit_inline
def exp(x):
    """Return e^x within 1 ulp; 0 at -inf, inf above 709.78, nan at nan.

    Examples
    --------
    >>> float(exp(0.0)), float(exp(float("-inf"))), float(exp(1000.0))
    (1.0, 0.0, inf)
    """
    x = float(x)
    bounded = EXP_HIGHEST if x > EXP_HIGHEST else x
    bounded = EXP_LOWEST if x < EXP_LOWEST else bounded
    k, p = _exp_parts(bounded)
    # Two steps, so that results near the ends of the range scale correctly.
    half = (k * 0.5 + ROUNDER) - ROUNDER
    return ((1.0 + p) * _power_of_two(half)) * _power_of_two(k - half)


@njit_inline
def expm1(x):
    """Return e^x - 1 within 2 ulp.

    Examples
    --------
    >>> float(expm1(1e-20)), float(expm1(float("-inf")))
    (1e-20, -1.0)
    """
    x = float(x)
    bounded = EXP_HIGHEST if x > EXP_HIGHEST else x
    bounded = -60.0 if x < -60.0 else bounded
    k, p = _exp_parts(bounded)
    half = (k * 0.5 + ROUNDER) - ROUNDER
    first = _power_of_two(half)
    second = _power_of_two(k - half)
    # (2^k - 1) + 2^k p: for k = 0 exactly p, so small arguments keep their precision.
    return (first * second - 1.0) + (p * first) * second


@njit_inline
def log(x):
    """Return the natural logarithm within 1 ulp; -inf at 0, nan below 0.

    Examples
    --------
    >>> float(log(1.0)), float(log(0.0)), float(log(float("inf")))
    (0.0, -inf, inf)
    """
    x = float(x)
    subnormal = x < SMALLEST_NORMAL
    scaled = np.float64(x * TWO_54 if subnormal else x)
    bits = scaled.view(np.uint64) + SHIFT_BITS
    exponent = np.uint64((bits >> FRACTION_BITS) | TWO_52_BITS)
    k = float(exponent.view(np.float64)) - (TWO_52 + 1023.0)
    k = k - 54.0 if subnormal else k
    fraction = np.uint64((bits & FRACTION_MASK) + SQRT_HALF_BITS)
    f = float(fraction.view(np.float64)) - 1.0
    s = f / (2.0 + f)
    z = s * s
    z2 = z * z
    z4 = z2 * z2
    r0 = (L1 + z * L2) + z2 * (L3 + z * L4)
    r1 = (L5 + z * L6) + z2 * (L7 + z * L8)
    r2 = (L9 + z * L10) + z2 * L11
    r = z * (r0 + z4 * (r1 + z4 * r2))
    half_square = 0.5 * f * f
    value = k * LN2_HIGH - ((half_square - (s * (half_square + r) + k * LN2_LOW)) - f)
    value = value if x < INFINITY else x
    value = value if x > 0.0 else -INFINITY
    return value if x >= 0.0 else NOT_A_NUMBER


@njit_inline
def log1p(x):
    """Return log(1 + x), x > -1, accurate for small x.

    Examples
    --------
    >>> float(log1p(1e-20)), float(log1p(0.0))
    (1e-20, 0.0)
    """
    x = float(x)
    total = 1.0 + x
    # What rounding 1 + x lost, divided by the derivative of log.
    divisor = total if total > 0.0 else 1.0
    lost = (x - (total - 1.0)) / divisor
    lost = lost if x < TWO_54 else 0.0
    return log(total) + lost


@njit_inline
def normal_quantile(u):
    """Return the standard normal quantile of u in (0, 1), relative error below 1e-15.

    Wichura's AS 241 (1988) with its three rational functions chosen by selects on their
    coefficients. -inf at 0, inf at 1.

    Examples
    --------
    >>> float(normal_quantile(0.5)), round(float(normal_quantile(0.975)), 6)
    (0.0, 1.959964)
    """
    u = float(u)
    q = u - 0.5
    tail = u if q < 0.0 else 1.0 - u
    central = abs(q) <= CENTRAL_HALF_WIDTH
    root = math.sqrt(-log(tail if tail > 0.0 else 0.25))
    far = root > FAR_TAIL_SHIFT
    x = CENTRAL_SQUARE - q * q if central else root - (FAR_TAIL_SHIFT if far else NEAR_TAIL_SHIFT)
    n0 = A0 if central else (C0 if far else B0)
    n1 = A1 if central else (C1 if far else B1)
    n2 = A2 if central else (C2 if far else B2)
    n3 = A3 if central else (C3 if far else B3)
    n4 = A4 if central else (C4 if far else B4)
    n5 = A5 if central else (C5 if far else B5)
    n6 = A6 if central else (C6 if far else B6)
    n7 = A7 if central else (C7 if far else B7)
    d1 = D1 if central else (G1 if far else F1)
    d2 = D2 if central else (G2 if far else F2)
    d3 = D3 if central else (G3 if far else F3)
    d4 = D4 if central else (G4 if far else F4)
    d5 = D5 if central else (G5 if far else F5)
    d6 = D6 if central else (G6 if far else F6)
    d7 = D7 if central else (G7 if far else F7)
    top = ((((((n7 * x + n6) * x + n5) * x + n4) * x + n3) * x + n2) * x + n1) * x + n0
    bottom = ((((((d7 * x + d6) * x + d5) * x + d4) * x + d3) * x + d2) * x + d1) * x + 1.0
    ratio = top / bottom
    size = ratio if tail > 0.0 else INFINITY
    signed = -size if q < 0.0 else size
    value = q * ratio if central else signed
    return value if u == u else u


@njit_inline
def normal_density(z):
    """Return the standard normal density.

    Examples
    --------
    >>> round(float(normal_density(0.0)), 6)
    0.398942
    """
    return exp(-0.5 * z * z) / SQRT_TWO_PI


@njit_inline
def normal_cdf(z):
    """Return the standard normal distribution function, relative error below 2e-15.

    Examples
    --------
    >>> float(normal_cdf(0.0)), round(float(normal_cdf(1.959963984540054)), 12)
    (0.5, 0.975)
    """
    z = float(z)
    size = abs(z)
    x = size if size < CDF_HIGHEST else CDF_HIGHEST
    t = (x - MILLS_CENTRE) / (x + MILLS_CENTRE)
    t2 = t + t
    b = H25
    a = t2 * b + H24
    b = t2 * a + (H23 - b)
    a = t2 * b + (H22 - a)
    b = t2 * a + (H21 - b)
    a = t2 * b + (H20 - a)
    b = t2 * a + (H19 - b)
    a = t2 * b + (H18 - a)
    b = t2 * a + (H17 - b)
    a = t2 * b + (H16 - a)
    b = t2 * a + (H15 - b)
    a = t2 * b + (H14 - a)
    b = t2 * a + (H13 - b)
    a = t2 * b + (H12 - a)
    b = t2 * a + (H11 - b)
    a = t2 * b + (H10 - a)
    b = t2 * a + (H9 - b)
    a = t2 * b + (H8 - a)
    b = t2 * a + (H7 - b)
    a = t2 * b + (H6 - a)
    b = t2 * a + (H5 - b)
    a = t2 * b + (H4 - a)
    b = t2 * a + (H3 - b)
    a = t2 * b + (H2 - a)
    b = t2 * a + (H1 - b)
    series = t * b + (H0 - a)
    # x = coarse + rest with coarse^2 exact, so that the exponential loses nothing.
    coarse = (x * CDF_GRID + ROUNDER - ROUNDER) / CDF_GRID
    rest = (x - coarse) * (x + coarse)
    tail = exp(-0.5 * coarse * coarse) * exp(-0.5 * rest) * series / (1.0 + x)
    value = tail if z < 0.0 else 1.0 - tail
    return value if z == z else z
