"""Where compiled kernels are kept, and when they are out of date.

numba compares a cached function with its own source file only: a change in a module that the
function calls goes unnoticed. Here everything is compiled anew once any kernel's source, numba
or NumPy has changed. It is kept where the user may write, whoever installed the package.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
import platformdirs
from numba.core import caching

HERE = Path(__file__).parent


@functools.cache
def source_stamp(sources: Path = HERE) -> str:
    """Return a hash of all kernel sources."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(sources.glob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def surroundings() -> str:
    """Return a hash of what the same sources compile differently with, and of where they are."""
    versions = (numba.__version__, llvmlite.__version__, np.__version__)
    options = (numba.config.BOUNDSCHECK, numba.config.OPT)
    text = ",".join(map(str, (HERE, *versions, *options)))
    return hashlib.blake2b(os.fsencode(text), digest_size=8).hexdigest()


@functools.cache
def cache_directory() -> Path | None:
    """Return where this copy of the package keeps compiled kernels; None if nowhere.

    Under ``NUMBA_CACHE_DIR`` if that is set, otherwise in the user's own cache directory.
    """
    root = numba.config.CACHE_DIR or platformdirs.user_cache_dir("hcrisk", appauthor=False)
    place = surroundings()
    directory = Path(root) / f"kernels-{place}-{source_stamp()}"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=directory).close()
    except OSError:
        return None
    # Older sources only: what has other versions or options is of use to somebody else.
    for other in directory.parent.glob(f"kernels-{place}-*"):
        if other != directory:
            shutil.rmtree(other, ignore_errors=True)
    return directory


class _Locator(caching._CacheLocator):
    """Tells numba where a kernel is kept and whether what is there is up to date."""

    def __init__(self, line: int, module: str) -> None:
        self.name = f"{module}-{line}"

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> _Locator:
        return cls(py_func.__code__.co_firstlineno, py_func.__module__)

    def get_cache_path(self) -> str:
        return str(cache_directory())

    def get_source_stamp(self) -> str:
        return source_stamp()

    def get_disambiguator(self) -> str:
        return self.name


class _Overloads(caching.CompileResultCacheImpl):
    _locator_classes = (_Locator,)


class _KernelCache(caching.FunctionCache):
    _impl_class = _Overloads


def keep_compiled(kernel: Any) -> None:
    """Have a kernel looked up where it was kept, and kept when it is compiled."""
    if not numba.config.DISABLE_JIT and cache_directory() is not None:
        kernel._cache = _KernelCache(kernel.py_func)


def is_kept(kernel: Any) -> bool:
    """Return whether a kernel was compiled before, now or in an earlier process."""
    if numba.config.DISABLE_JIT or kernel.signatures:
        return True
    if cache_directory() is None:
        return False
    target = kernel.targetctx.codegen().magic_tuple()
    return any(key[1] == target for key in kernel._cache._cache_file._load_index())
