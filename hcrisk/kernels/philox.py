"""Philox4x32-10: uniforms that are a pure function of (key, path, step).

Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011).
"""

from __future__ import annotations

import numpy as np

from hcrisk.kernels._inline import njit_inline
from hcrisk.kernels._jit import njit

# 32-bit words live in uint64 and are masked, so that no product overflows when the
# kernels run as plain Python.
MASK32 = np.uint64(0xFFFFFFFF)
SHIFT32 = np.uint64(32)
MULTIPLIER_0 = np.uint64(0xD2511F53)
MULTIPLIER_1 = np.uint64(0xCD9E8D57)
ROUNDS = 10
WEYL_0 = np.uint64(0x9E3779B9)
WEYL_1 = np.uint64(0xBB67AE85)

# The top 52 bits become the fraction of a float in [1, 2); subtracting 1 - 2^-53 then
# gives (k + 1/2) 2^-52 exactly.
DROPPED_BITS = np.uint64(12)
EXPONENT_OF_ONE = np.uint64(0x3FF0000000000000)
ONE_LESS_HALF_STEP = 1.0 - 2.0**-53


@njit_inline
def _round(c0, c1, c2, c3, k0, k1):
    """Return the counter words after one round."""
    p0 = MULTIPLIER_0 * c0
    p1 = MULTIPLIER_1 * c2
    return (p1 >> SHIFT32) ^ c1 ^ k0, p1 & MASK32, (p0 >> SHIFT32) ^ c3 ^ k1, p0 & MASK32


@njit_inline
def _bump(k0, k1):
    """Return the key words of the next round."""
    return (k0 + WEYL_0) & MASK32, (k1 + WEYL_1) & MASK32


@njit_inline
def philox4x32(c0, c1, c2, c3, k0, k1):
    """Return the four output words of one Philox4x32-10 block.

    Parameters
    ----------
    c0, c1, c2, c3 : uint64
        Counter words, each below 2**32.
    k0, k1 : uint64
        Key words, each below 2**32.

    Returns
    -------
    tuple of uint64
        Output words 0 to 3, each below 2**32.

    Examples
    --------
    >>> zero = np.uint64(0)
    >>> [hex(word) for word in philox4x32(zero, zero, zero, zero, zero, zero)]
    ['0x6627e8d5', '0xe169c58d', '0xbc57ac4c', '0x9b00dbd8']
    """
    for _ in range(ROUNDS - 1):
        c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
        k0, k1 = _bump(k0, k1)
    return _round(c0, c1, c2, c3, k0, k1)


@njit_inline
def to_uniform(word0, word1):
    """Return the uniform (k + 1/2) 2**-52, k the top 52 bits of word0 | word1 << 32.

    Examples
    --------
    >>> to_uniform(np.uint64(0), np.uint64(0)) == 2.0**-53
    True
    """
    draw = word0 | (word1 << SHIFT32)
    bits = np.uint64((draw >> DROPPED_BITS) | EXPONENT_OF_ONE)
    return float(bits.view(np.float64)) - ONE_LESS_HALF_STEP


@njit_inline
def uniform(key, path, step):
    """Return one uniform, never 0 or 1.

    Parameters
    ----------
    key : uint64
        The stream.
    path, step : int
        Position in the stream, not negative.

    Returns
    -------
    float
        (k + 1/2) 2**-52 with k in 0..2**52 - 1.

    Examples
    --------
    >>> float(uniform(np.uint64(7), 0, 0)) == float(uniform(np.uint64(7), 0, 0))
    True
    >>> float(uniform(np.uint64(7), 0, 0)) == float(uniform(np.uint64(7), 0, 1))
    False
    """
    stream = np.uint64(key)
    p = np.uint64(path)
    s = np.uint64(step)
    word0, word1, _, _ = philox4x32(
        p & MASK32, p >> SHIFT32, s & MASK32, s >> SHIFT32, stream & MASK32, stream >> SHIFT32
    )
    return to_uniform(word0, word1)


@njit
def uniform_call(key, path, step):
    """Return `uniform` through an ordinary call: less code where calls are scattered.

    Parameters
    ----------
    key : uint64
        The stream.
    path, step : int
        Position in the stream, not negative.

    Returns
    -------
    float
        The same number as `uniform`.

    Examples
    --------
    >>> bool(uniform_call(np.uint64(7), 5, 1) == uniform(np.uint64(7), 5, 1))
    True
    """
    return uniform(key, path, step)
