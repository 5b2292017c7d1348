"""Pass many arrays to a kernel as one pointer.

A NamedTuple of sixty arrays reaches a compiled function as some five hundred scalars, which
multiplies the time to compile by forty and slows every call. A numba structref is one pointer.
Its arrays are borrowed: inside kernels nobody counts references to them, and whoever packs them
keeps the NamedTuple.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import numba
from numba.core import cgutils, types
from numba.experimental import structref
from numba.extending import intrinsic

from hcrisk.kernels._jit import njit


@structref.register
class StructType(types.StructRef):
    """The type of a packed NamedTuple; its fields say which."""

    def __init__(self, fields):
        super().__init__(fields)
        # The name becomes part of every symbol that takes such an argument.
        digest = hashlib.blake2b(str(fields).encode(), digest_size=8).hexdigest()
        self.name = f"hcrisk.Struct_{digest}"


class Struct(structref.StructRefProxy):
    """A packed NamedTuple, opaque to Python."""


structref.define_boxing(StructType, Struct)


@intrinsic
def _pack(typingctx, fields):
    struct = StructType(list(zip(fields.fields, fields.types, strict=True)))

    def codegen(context, builder, signature, args):
        payload = struct.get_data_type()
        layout = context.data_model_manager[payload].get_value_type()
        size = context.get_constant(types.uintp, context.get_abi_sizeof(layout))
        meminfo = context.nrt.meminfo_alloc(builder, size)
        pointer = context.nrt.meminfo_data(builder, meminfo)
        pointer = builder.bitcast(pointer, layout.as_pointer())
        data = cgutils.create_struct_proxy(payload)(context, builder, ref=pointer)
        for position, (name, kind) in enumerate(zip(fields.fields, fields.types, strict=True)):
            value = builder.extract_value(args[0], position)
            if isinstance(kind, types.Array):
                array = context.make_array(kind)(context, builder, value)
                array.meminfo = cgutils.get_null_value(array.meminfo.type)
                value = array._getvalue()
            setattr(data, name, value)
        packed = context.make_helper(builder, struct)
        packed.meminfo = meminfo
        return packed._getvalue()

    return struct(fields), codegen


@njit
def _packed(fields):
    return _pack(fields)


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
    return fields if numba.config.DISABLE_JIT else _packed(fields)
