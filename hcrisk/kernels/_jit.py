"""The one way hcrisk compiles a kernel."""

from __future__ import annotations

import numba

# error_model="numpy": divisions follow IEEE 754 (inf, nan) instead of raising.
# nogil: blocks of paths run in a thread pool.
# No fastmath: infinities are ordinary values here (a limit of inf) and results are
# promised to the bit; even floating-point contraction alone changes most of them.
# _nrt=False: kernels allocate nothing, so nobody counts references to arrays.
njit = numba.njit(cache=True, error_model="numpy", nogil=True, _nrt=False)
