"""Compilation of the few leaf kernels whose loops must vectorise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hcrisk.kernels._jit import njit


def njit_inline(function: Callable[..., Any]) -> Any:
    """Compile a function into its callers.

    LLVM's own inliner finds these bodies too long, and a call inside a loop stops the vectoriser.
    """
    return njit(function, forceinline=True)
