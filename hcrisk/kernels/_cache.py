"""Where machine code is kept, and when it is out of date.

Everything is compiled anew once any kernel's source, numba or NumPy has changed, or the processor
is another. It is kept where the user may write, whoever installed the package.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.metadata
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite
import llvmlite.binding as llvm
import numpy as np
import platformdirs

HERE = Path(__file__).parent
SUFFIX = ".code"
# As numba reads it; nothing is compiled and kernels are plain Python where it is set.
IS_COMPILED = not int(os.environ.get("NUMBA_DISABLE_JIT") or 0)
WHERE = "NUMBA_CACHE_DIR"
# What numba takes from the environment and compiles no differently with.
OF_NO_EFFECT = {WHERE, "NUMBA_NUM_THREADS", "NUMBA_THREADING_LAYER"}


@functools.cache
def source_stamp(sources: Path = HERE) -> str:
    """Return a hash of all kernel sources."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(sources.glob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@functools.cache
def version_of(package: str) -> str:
    """Return the version of a package that takes long to import."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return str(importlib.import_module(package).__version__)


def surroundings() -> str:
    """Return a hash of what the same sources compile differently with, and of where they are."""
    versions = (version_of("numba"), llvmlite.__version__, np.__version__)
    processor = (llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())
    settings = {
        name: value
        for name, value in sorted(os.environ.items())
        if name.startswith("NUMBA_") and name not in OF_NO_EFFECT
    }
    text = ",".join(map(str, (HERE, *versions, *processor, settings)))
    return hashlib.blake2b(os.fsencode(text), digest_size=8).hexdigest()


@functools.cache
def cache_directory() -> Path | None:
    """Return where this copy of the package keeps machine code; None if nowhere.

    Under ``NUMBA_CACHE_DIR`` if that is set, otherwise in the user's own cache directory.
    """
    root = os.environ.get(WHERE) or platformdirs.user_cache_dir("hcrisk", appauthor=False)
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


def _file_stem(function: Callable[..., Any]) -> str | None:
    """Return how the names of a function's files begin; None if its source has no stamp."""
    package, _, module = function.__module__.rpartition(".")
    return f"{module}.{function.__qualname__}" if package == __package__ else None


def _file_of(function: Callable[..., Any], kinds: tuple[str, ...]) -> Path | None:
    stem, directory = _file_stem(function), cache_directory()
    if stem is None or directory is None:
        return None
    digest = hashlib.blake2b(",".join(kinds).encode(), digest_size=8).hexdigest()
    return directory / f"{stem}-{digest}{SUFFIX}"


def read(function: Callable[..., Any], kinds: tuple[str, ...]) -> bytes | None:
    """Return what was kept of a function for such kinds of arguments, if anything."""
    file = _file_of(function, kinds)
    return file.read_bytes() if file is not None and file.exists() else None


def keep(function: Callable[..., Any], kinds: tuple[str, ...], content: bytes) -> None:
    """Keep what `read` is to return, in this process and later ones."""
    file = _file_of(function, kinds)
    if file is None:
        return
    # Others may be reading, or writing the same; those of another version remove it all.
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as written:
        written.write(content)
    os.replace(written.name, file)


def holds(function: Callable[..., Any]) -> bool:
    """Return whether anything of a function was kept."""
    stem, directory = _file_stem(function), cache_directory()
    return stem is not None and directory is not None and any(directory.glob(f"{stem}-*{SUFFIX}"))
