"""The one way hcrisk compiles a kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from numba.core import types

from hcrisk.kernels._cache import keep_compiled

# error_model="numpy": divisions follow IEEE 754 (inf, nan) instead of raising.
# nogil: blocks of paths run in a thread pool.
# No fastmath: infinities are ordinary values here (a limit of inf) and results are
# promised to the bit; even floating-point contraction alone changes most of them.
# _nrt=False: kernels allocate nothing, so nobody counts references to arrays.
# no_cfunc_wrapper: nobody calls them from C.
OPTIONS: dict[str, Any] = {
    "error_model": "numpy",
    "nogil": True,
    "_nrt": False,
    "no_cfunc_wrapper": True,
}


def njit(function: Callable[..., Any], **options: Any) -> Any:
    """Compile a function, once for whole numbers whether or not they are literals."""
    kernel = numba.njit(**OPTIONS, **options)(function)
    keep_compiled(kernel)
    if not numba.config.DISABLE_JIT:
        resolve = kernel.get_call_template
        kernel.get_call_template = lambda args, kws: resolve(
            tuple(types.unliteral(arg) for arg in args),
            {name: types.unliteral(kind) for name, kind in kws.items()},
        )
    return kernel


def njit_part(function: Callable[..., Any]) -> Any:
    """Compile a function that only kernels call, being given packed tables.

    Python has no way in: calling one from there crashes, unless kernels run as plain Python.
    """
    return njit(function, no_cpython_wrapper=not numba.config.DISABLE_JIT)


def njit_once(function: Callable[..., Any]) -> Any:
    """Compile a function into its only caller: a step near the top, large with all it calls.

    Compiled apart it would go through the optimiser twice.
    """
    return njit(function, inline="always", no_cpython_wrapper=not numba.config.DISABLE_JIT)
