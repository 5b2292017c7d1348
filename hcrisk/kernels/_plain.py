"""Arrays whose indices are taken as they are.

Python counts a negative index from the end, so numba compares every signed index with 0 and
corrects it, which costs a fifth of the time of kernels that look up everything by numbers read
from tables. Arrays that reach a kernel packed are read as in C: an index is from 0 on.
"""

from __future__ import annotations

import operator

from numba.core import cgutils, types
from numba.extending import lower_builtin, models, register_model
from numba.np import arrayobj


class PlainArray(types.Array):
    """The type of an array, and of its rows, whose indices are not negative."""

    def __init__(self, dtype, ndim, layout, readonly=False, name=None, aligned=True):
        name = name or f"plain({dtype}, {ndim}d, {layout})"
        super().__init__(dtype, ndim, layout, readonly=readonly, name=name, aligned=aligned)

    def copy(self, dtype=None, ndim=None, layout=None, readonly=None):
        """Return the type with some of its properties changed."""
        return PlainArray(
            self.dtype if dtype is None else dtype,
            self.ndim if ndim is None else ndim,
            self.layout if layout is None else layout,
            readonly=not self.mutable if readonly is None else readonly,
            aligned=self.aligned,
        )

    def unify(self, typingctx, other):
        """Return what both types can be read as: the array, its rows in any layout."""
        both = super().unify(typingctx, other)
        return both and self.copy(layout=both.layout, readonly=not both.mutable)


register_model(PlainArray)(models.ArrayModel)


def _as_counts(context, builder, kind, value):
    """Return an index, or a tuple of them, as unsigned numbers, which numba takes as they are."""
    if not isinstance(kind, types.BaseTuple):
        return types.uintp, context.cast(builder, value, types.unliteral(kind), types.intp)
    parts = [
        context.cast(builder, part, types.unliteral(each), types.intp)
        for each, part in zip(kind, cgutils.unpack_tuple(builder, value, len(kind)), strict=True)
    ]
    counts = types.UniTuple(types.uintp, len(parts))
    return counts, context.make_tuple(builder, counts, parts)


@lower_builtin(operator.getitem, PlainArray, types.Integer)
@lower_builtin(operator.getitem, PlainArray, types.BaseTuple)
def _get(context, builder, sig, args):
    kind, index = _as_counts(context, builder, sig.args[1], args[1])
    is_tuple = isinstance(kind, types.BaseTuple)
    read = arrayobj.getitem_array_tuple if is_tuple else arrayobj.getitem_arraynd_intp
    return read(context, builder, sig.return_type(sig.args[0], kind), (args[0], index))


@lower_builtin(operator.setitem, PlainArray, types.Any, types.Any)
def _set(context, builder, sig, args):
    kind, index = _as_counts(context, builder, sig.args[1], args[1])
    array, _, item = sig.args
    signature = sig.return_type(array, kind, item)
    return arrayobj.setitem_array(context, builder, signature, (args[0], index, args[2]))
