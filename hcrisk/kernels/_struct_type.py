"""What compiled code knows of packed tables: how an attribute is read.

Words never change once they are packed, so that the compiler may move where it loads them.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    infer_getattr,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
)

from hcrisk.kernels._plain import PlainArray
from hcrisk.kernels._struct import WORD, Struct


class StructType(types.Type):
    """The type of a packed NamedTuple; its fields say which.

    Parameters
    ----------
    kind : str
    fields : tuple of (str, numba type)
        C-contiguous arrays of 8-byte items (or int32), int64 and float64.
    """

    def __init__(self, kind, fields):
        self.fields = fields
        self.types = dict(fields)
        # It becomes part of every symbol that takes such an argument.
        super().__init__(name=f"hcrisk.{kind}")

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


def struct_type(struct: Struct) -> StructType:
    """Return the type of packed tables."""
    fields = []
    for name, value in struct.fields:
        if isinstance(value, tuple):
            dtype, n_axis = value
            fields.append((name, PlainArray(numba.from_dtype(np.dtype(dtype)), n_axis, "C")))
        else:
            fields.append((name, types.float64 if value == "f" else types.int64))
    return StructType(struct.kind, tuple(fields))


@typeof_impl.register(Struct)
def _typeof_struct(value: Struct, context: Any) -> StructType:
    return struct_type(value)


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
    size = context.get_constant(types.intp, kind.dtype.bitwidth // 8)
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
