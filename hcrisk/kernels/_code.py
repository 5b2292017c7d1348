"""Call machine code: Python's numbers, arrays and packed tables in, a number or several out.

Arguments go to it as numba lays them out: an array as its pointers, sizes and strides, packed
tables as one pointer. Nothing of numba is needed, and the interpreter runs on meanwhile.
"""

from __future__ import annotations

import ctypes
import functools
import json
import pickle
import sys
from typing import Any, NamedTuple

import llvmlite.binding as llvm
import numpy as np

from hcrisk.kernels._struct import Struct

WHOLE, POSITIVE, REAL = "i", "u", "f"
LARGEST_WHOLE = 2**63 - 1
C_TYPES: dict[str, Any] = {
    "int64": ctypes.c_int64,
    "int32": ctypes.c_int32,
    "uint64": ctypes.c_uint64,
    "uint32": ctypes.c_uint32,
    "float64": ctypes.c_double,
    "bool": ctypes.c_bool,
}
OK, NOTHING = 0, -2


class Kept(NamedTuple):
    """A kernel's machine code, compiled for certain kinds of arguments.

    Attributes
    ----------
    symbol : str
        Its name among the object's symbols.
    returns : tuple of str
        Of what types; none, one or several.
    needs : tuple of str
        Symbols that the process must have.
    object : bytes
    """

    symbol: str
    returns: tuple[str, ...]
    needs: tuple[str, ...]
    object: bytes

    def to_bytes(self) -> bytes:
        """Return what `from_bytes` reads."""
        return json.dumps(self[:-1]).encode() + b"\n" + self.object

    @classmethod
    def from_bytes(cls, content: bytes) -> Kept:
        """Return what `to_bytes` wrote."""
        head, _, code = content.partition(b"\n")
        symbol, returns, needs = json.loads(head)
        return cls(symbol, tuple(returns), tuple(needs), code)


def kind_of(arg: Any) -> str:
    """Return what decides which code an argument needs.

    Examples
    --------
    >>> kind_of(2), kind_of(0.5), kind_of(np.zeros((2, 3)))
    ('i', 'f', '<f8:2C')
    """
    if isinstance(arg, float):
        return REAL
    if isinstance(arg, int):
        return WHOLE if arg <= LARGEST_WHOLE else POSITIVE
    if isinstance(arg, Struct):
        return arg.kind
    if isinstance(arg, np.ndarray):
        flags = arg.flags
        layout = "C" if flags.c_contiguous else "A"
        return f"{arg.dtype.str}:{arg.ndim}{layout}{'' if flags.writeable else 'r'}"
    if isinstance(arg, np.generic) and arg.dtype.kind in "iuf":
        return str(arg.dtype.kind)
    raise TypeError(f"kernels take numbers, arrays and packed tables, got {arg!r}")


def _types_of(kind: str) -> list[Any]:
    """Return the types of the words that stand for an argument."""
    if kind in (WHOLE, POSITIVE, REAL):
        return [{WHOLE: ctypes.c_int64, POSITIVE: ctypes.c_uint64, REAL: ctypes.c_double}[kind]]
    if ":" not in kind:
        return [ctypes.c_void_p]
    n_axis = int(kind.partition(":")[2].rstrip("CAr"))
    counts = [ctypes.c_int64] * 2
    return [ctypes.c_void_p] * 2 + counts + [ctypes.c_void_p] + n_axis * counts


def _words_of(arg: Any) -> tuple[Any, ...]:
    """Return the words that stand for an argument."""
    if isinstance(arg, Struct):
        return (arg.address,)
    if isinstance(arg, np.ndarray):
        return (None, None, arg.size, arg.itemsize, arg.ctypes.data, *arg.shape, *arg.strides)
    return (arg.item() if isinstance(arg, np.generic) else arg,)


class Code:
    """Machine code, ready to be called.

    Parameters
    ----------
    kept : Kept
    kinds : tuple of str
        Of the arguments.
    """

    def __init__(self, kept: Kept, kinds: tuple[str, ...]) -> None:
        self.engine = _engine()
        for name in kept.needs:
            if llvm.address_of_symbol(name) is None:
                # The linker would end the process.
                raise RuntimeError(f"{kept.symbol} needs {name}, which this process has not")
        self.engine.add_object_file(llvm.ObjectFileRef.from_data(kept.object))
        self.engine.finalize_object()
        words = [word for kind in kinds for word in _types_of(kind)]
        types = [ctypes.c_void_p, ctypes.c_void_p, *words]
        address = self.engine.get_function_address(kept.symbol)
        self.function = ctypes.CFUNCTYPE(ctypes.c_int32, *types)(address)
        self.result = _result_type(kept.returns)
        self.unpack = len(kept.returns) > 1

    def __call__(self, *args: Any) -> Any:
        """Run it."""
        result, error = self.result(), ctypes.c_void_p()
        words = [word for arg in args for word in _words_of(arg)]
        status = self.function(ctypes.addressof(result), ctypes.addressof(error), *words)
        if status not in (OK, NOTHING):
            raise _error_at(error)
        if self.unpack:
            return tuple(getattr(result, name) for name, _ in result._fields_)
        return result.value if status == OK else None


def _engine() -> Any:
    """Return what links an object into this process, for one: names in it are its own."""
    if sys.platform == "win32":
        # numba gives the linker what code for Windows calls to make room on the stack.
        import numba  # noqa: F401
    target = _target()
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), target.create_target_machine())


@functools.cache
def _target() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_triple(llvm.get_process_triple())


def _result_type(returns: tuple[str, ...]) -> Any:
    if len(returns) < 2:
        return C_TYPES[returns[0]] if returns else ctypes.c_void_p
    fields = [(f"part{n}", C_TYPES[name]) for n, name in enumerate(returns)]
    return type("Parts", (ctypes.Structure,), {"_fields_": fields})


def _error_at(place: ctypes.c_void_p) -> Exception:
    """Return what went wrong, such as an index outside where indices are checked."""

    class Place(ctypes.Structure):
        _fields_ = (("data", ctypes.c_void_p), ("size", ctypes.c_int32))

    found = Place.from_address(place.value)
    kind, values, _ = pickle.loads(ctypes.string_at(found.data, found.size))
    return kind(*(values or ()))
