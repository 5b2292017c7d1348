"""The one way hcrisk compiles a kernel, and calls one from Python.

numba takes half a second to import and as long to make a compiled function ready, so neither is
done where the machine code of a kernel was kept: `hcrisk.kernels._code` calls that directly.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from hcrisk.kernels import _cache
from hcrisk.kernels._cache import IS_COMPILED
from hcrisk.kernels._code import Code, Kept, kind_of

# error_model="numpy": divisions follow IEEE 754 (inf, nan) instead of raising.
# nogil: blocks of paths run in a thread pool.
# No fastmath: infinities are ordinary values here (a limit of inf) and results are
# promised to the bit; even floating-point contraction alone changes most of them.
# _nrt=False: kernels allocate nothing, so nobody counts references to arrays.
# no_c..._wrapper: neither C nor numba calls them.
OPTIONS: dict[str, Any] = {
    "nopython": True,
    "error_model": "numpy",
    "nogil": True,
    "_nrt": False,
    "boundscheck": None,
    "no_cfunc_wrapper": True,
    "no_cpython_wrapper": True,
}

_COMPILING = threading.RLock()


class Kernel:
    """A function that is compiled for the kinds of arguments it is given, when it is first.

    Parameters
    ----------
    function : callable
    options : dict
        As numba calls them.
    """

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        functools.update_wrapper(self, function)
        # What numba looks for where one kernel calls another.
        self.py_func = function
        self.targetoptions = OPTIONS | options
        self.codes: dict[tuple[str, ...], Code] = {}

    @functools.cached_property
    def dispatcher(self) -> Any:
        """What numba compiles callers with."""
        from hcrisk.kernels import _compile

        return _compile.Part(self.py_func, targetoptions=self.targetoptions)

    def __call__(self, *args: Any) -> Any:
        """Call the machine code, which must not be given a negative index."""
        kinds = tuple(map(kind_of, args))
        code = self.codes.get(kinds)
        return (code or self.code_for(kinds, args))(*args)

    def code_for(self, kinds: tuple[str, ...], args: tuple[Any, ...]) -> Code:
        """Return the machine code for such arguments, which may have to be compiled."""
        with _COMPILING:
            if kinds in self.codes:
                return self.codes[kinds]
            content = _cache.read(self.py_func, kinds)
            if content is None:
                from hcrisk.kernels import _compile

                content = _compile.machine_code(self.dispatcher, args).to_bytes()
                _cache.keep(self.py_func, kinds, content)
            self.codes[kinds] = Code(Kept.from_bytes(content), kinds)
            return self.codes[kinds]


def njit(function: Callable[..., Any], **options: Any) -> Any:
    """Compile a function, once for whole numbers whether or not they are literals."""
    return Kernel(function, options) if IS_COMPILED else function


def njit_once(function: Callable[..., Any]) -> Any:
    """Compile a function into its only caller: a step near the top."""
    return njit(function, inline="always")


def is_kept(kernel: Any) -> bool:
    """Return whether a kernel was compiled before, now or in an earlier process."""
    return not IS_COMPILED or bool(kernel.codes) or _cache.holds(kernel.py_func)
