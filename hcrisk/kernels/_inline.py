"""Compilation of the few leaf kernels whose loops must vectorise."""

from __future__ import annotations

import numba

# LLVM's own inliner finds these bodies too long, and a call inside a loop stops the
# vectoriser. Same floating-point options as hcrisk.kernels._jit.njit.
njit_inline = numba.njit(cache=True, error_model="numpy", nogil=True, forceinline=True, _nrt=False)
