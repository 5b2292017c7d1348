"""Section 1: named uniforms, Philox4x32-10 written out in Python integers."""

from __future__ import annotations

import math
from hashlib import blake2b

from scipy.stats import poisson

MASK32 = 0xFFFFFFFF


def philox4x32_10(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, ...]:
    """Ten rounds of Philox4x32 (Salmon et al. 2011)."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        product0 = 0xD2511F53 * c0
        product1 = 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (
            (product1 >> 32) ^ c1 ^ k0,
            product1 & MASK32,
            (product0 >> 32) ^ c3 ^ k1,
            product0 & MASK32,
        )
        k0 = (k0 + 0x9E3779B9) & MASK32
        k1 = (k1 + 0xBB67AE85) & MASK32
    return c0, c1, c2, c3


class Uniforms:
    """Every uniform of one seed; keys are hashed once."""

    def __init__(self, seed: int) -> None:
        self._seed = seed.to_bytes(8, "little")
        self._keys: dict[str, tuple[int, int]] = {}

    def key(self, name: str) -> tuple[int, int]:
        """Return the two key words of a stream."""
        if name not in self._keys:
            digest = blake2b(self._seed + name.encode(), digest_size=8).digest()
            key = int.from_bytes(digest, "little")
            self._keys[name] = (key & MASK32, key >> 32)
        return self._keys[name]

    def uniform(self, name: str, path: int, step: int) -> float:
        """Return (k + 1/2) 2^-52, k the top 52 bits of the draw."""
        counter = (path & MASK32, path >> 32, step & MASK32, step >> 32)
        out = philox4x32_10(counter, self.key(name))
        k = (out[0] + (out[1] << 32)) >> 12
        return (2 * k + 1) * 2.0**-53


class PathUniforms:
    """The uniforms U(name; step) of one path."""

    def __init__(self, uniforms: Uniforms, path: int) -> None:
        self._uniforms = uniforms
        self.path = path

    def __call__(self, name: str, step: int = 0) -> float:
        return self._uniforms.uniform(name, self.path, step)


def poisson_quantile(mean: float, u: float) -> int:
    """Return the smallest n with P(N <= n) >= u."""
    return 0 if u <= math.exp(-mean) else int(poisson.ppf(u, mean))
