"""Pass many arrays to a kernel as one pointer.

A NamedTuple of sixty arrays reaches a compiled function as some five hundred scalars, which
multiplies the time to compile by forty and slows every call. Here it is a pointer to words in
memory, and reading an attribute is a load that the compiler may move: the words never change
once they are packed. Nobody counts references to the arrays, in kernels that allocate nothing.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)

from hcrisk.kernels._plain import PlainArray

WORD = 8


class StructType(types.Type):
    """The type of a packed NamedTuple; its fields say which.

    Parameters
    ----------
    fields : tuple of (str, numba type)
        C-contiguous arrays of 8-byte items (or int32), int64 and float64.
    """

    def __init__(self, fields):
        self.fields = fields
        self.types = dict(fields)
        # The name becomes part of every symbol that takes such an argument.
        digest = hashlib.blake2b(str(fields).encode(), digest_size=8).hexdigest()
        super().__init__(name=f"hcrisk.Struct_{digest}")

    def position(self, name: str) -> int:
        """Return the first word of a field."""
        position = 0
        for field, kind in self.fields:
            if field == name:
                return position
            position += _words(kind)
        raise AttributeError(name)


def _words(kind: types.Type) -> int:
    return 1 + kind.ndim if isinstance(kind, types.Array) else 1


register_model(StructType)(models.OpaqueModel)


class Struct:
    """A packed NamedTuple, opaque to Python: where its words lie."""

    def __init__(self, fields: NamedTuple) -> None:
        kinds = []
        words: list[int | float] = []
        for name, value in zip(fields._fields, fields, strict=True):
            if isinstance(value, np.ndarray):
                if not value.flags.c_contiguous:
                    raise ValueError(f"{name} is not C-contiguous")
                dtype = numba.from_dtype(value.dtype)
                kinds.append((name, PlainArray(dtype, value.ndim, "C")))
                words += [value.ctypes.data, *value.shape]
            elif isinstance(value, float):
                kinds.append((name, types.float64))
                words.append(int(np.float64(value).view(np.int64)))
            else:
                kinds.append((name, types.int64))
                words.append(int(value))
        self.type = StructType(tuple(kinds))
        self.words = np.array(words, dtype=np.int64)
        self.address = int(self.words.ctypes.data)


@typeof_impl.register(Struct)
def _typeof_struct(value, context):
    return value.type


@unbox(StructType)
def _unbox_struct(typ, obj, c):
    number = c.pyapi.object_getattr_string(obj, "address")
    pointer = c.pyapi.long_as_voidptr(number)
    c.pyapi.decref(number)
    return NativeValue(pointer)


@infer_getattr
class _StructAttributes(AttributeTemplate):
    key = StructType

    def generic_resolve(self, typ, attr):
        return typ.types.get(attr)


@lower_getattr_generic(StructType)
def _read_attribute(context, builder, typ, value, attr):
    kind = typ.types[attr]
    position = typ.position(attr)
    if not isinstance(kind, types.Array):
        return _load(builder, value, position, context.get_value_type(kind))
    array = context.make_array(kind)(context, builder)
    item = context.get_abi_sizeof(context.get_data_type(kind.dtype))
    size = context.get_constant(types.intp, item)
    shape = [_load(builder, value, position + 1 + axis, size.type) for axis in range(kind.ndim)]
    strides = []
    step, count = size, context.get_constant(types.intp, 1)
    for extent in reversed(shape):
        strides.insert(0, step)
        step, count = builder.mul(step, extent), builder.mul(count, extent)
    data = _load(builder, value, position, context.get_data_type(kind.dtype).as_pointer())
    array.meminfo = context.get_constant_null(types.voidptr)
    array.parent = context.get_constant_null(types.pyobject)
    array.nitems, array.itemsize, array.data = count, size, data
    array.shape = cgutils.pack_array(builder, shape, size.type)
    array.strides = cgutils.pack_array(builder, strides, size.type)
    return array._getvalue()


def _load(builder, base, position, kind):
    """Load a word that never changes: the compiler may load it once, and early."""
    place = builder.gep(base, [ir.Constant(ir.IntType(64), position * WORD)])
    word = builder.load(builder.bitcast(place, kind.as_pointer()))
    word.set_metadata("invariant.load", builder.module.add_metadata([]))
    return word


def pack(fields: NamedTuple) -> Any:
    """Return what kernels take in place of a NamedTuple of arrays and numbers.

    Parameters
    ----------
    fields : NamedTuple
        Must outlive what is returned: its arrays are shared, and not kept alive by it.

    Returns
    -------
    object
        With the same attributes inside kernels; the NamedTuple itself when kernels run as
        plain Python.
    """
    return fields if numba.config.DISABLE_JIT else Struct(fields)
