"""Compile kernels with numba: imported only where something has to be compiled.

numba optimises every function together with all it calls, and makes machine code of it, before
its callers do so again. Kernels call each other ten deep. Here a kernel is a part, which is linked
into its callers as it was written, and only what Python calls is optimised and made code of.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numba
import numpy as np
from numba.core import codegen, compiler, types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.compiler_machinery import register_pass
from numba.core.registry import CPUDispatcher
from numba.core.runtime.nrt import rtsys
from numba.core.typed_passes import NativeLowering
from numba.extending import typeof_impl

from hcrisk.kernels._code import Kept, kind_of
from hcrisk.kernels._jit import Kernel
from hcrisk.kernels._plain import PlainArray
from hcrisk.kernels._struct import Struct
from hcrisk.kernels._struct_type import struct_type

WHOLE_TYPES = {"i": types.int64, "u": types.uint64, "f": types.float64}


class PartLibrary(codegen.JITCodeLibrary):
    """Code that is linked into others, where it is optimised."""

    def add_linking_library(self, library: Any) -> None:
        """Link a library, other than that which counts references."""
        if library is not rtsys.library:
            super().add_linking_library(library)

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True

    def machine_code(self) -> tuple[bytes, tuple[str, ...]]:
        """Optimise all that is linked together; return an object file, and what it needs."""
        self._ensure_finalized()
        self._final_module = self._final_module.clone()
        codegen.JITCodeLibrary._optimize_final_module(self)
        module = self._final_module
        names = [*module.functions, *module.global_variables]
        needs = {one.name for one in names if one.is_declaration}
        needs = {name for name in needs if not name.startswith("llvm.")}
        return self._codegen._tm.emit_object(module), tuple(sorted(needs))


@register_pass(mutates_CFG=True, analysis_only=False)
class PartLowering(NativeLowering):
    """Lowering into a `PartLibrary`."""

    _name = "hcrisk_part_lowering"

    def run_pass(self, state: Any) -> bool:
        """Do what numba does, without making machine code."""
        state.library = PartLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        entry = object()
        state.targetctx.insert_user_function(entry, state.cr.fndesc, [state.library])
        state.cr = state.cr._replace(cfunc=entry)
        return True


class PartCompiler(compiler.CompilerBase):
    """numba's own passes, but for the last."""

    def define_pipelines(self) -> list[Any]:
        """Return the passes."""
        passes = compiler.DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.passes = [
            (PartLowering, about) if step is NativeLowering else (step, about)
            for step, about in passes.passes
        ]
        passes.finalize()
        return [passes]


class Part(CPUDispatcher):
    """What numba finds where a kernel calls another.

    Parameters
    ----------
    function : callable
    targetoptions : dict
    """

    def __init__(self, function: Any, targetoptions: dict[str, Any]) -> None:
        super().__init__(function, targetoptions=targetoptions, pipeline_class=PartCompiler)

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """Compile once for whole numbers, whether or not they are literals."""
        plain = {name: types.unliteral(kind) for name, kind in kws.items()}
        return super().get_call_template(tuple(map(types.unliteral, args)), plain)

    def add_overload(self, cres: Any) -> None:
        """Remember a compiled overload, which Python itself cannot call."""
        self.overloads[tuple(cres.signature.args)] = cres


@typeof_impl.register(Kernel)
def _typeof_kernel(value: Kernel, context: Any) -> Any:
    return types.Dispatcher(value.dispatcher)


def type_of(arg: Any) -> Any:
    """Return the numba type of an argument."""
    if isinstance(arg, Struct):
        return struct_type(arg)
    if isinstance(arg, np.ndarray):
        layout = "C" if arg.flags.c_contiguous else "A"
        readonly = not arg.flags.writeable
        return PlainArray(numba.from_dtype(arg.dtype), arg.ndim, layout, readonly=readonly)
    return WHOLE_TYPES[kind_of(arg)]


@contextmanager
def no_collection() -> Iterator[None]:
    """Look for no garbage meanwhile: numba keeps nearly all it makes, millions of objects."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@global_compiler_lock
def machine_code(part: Part, args: tuple[Any, ...]) -> Kept:
    """Compile a kernel for arguments of these kinds."""
    kinds = tuple(map(type_of, args))
    with no_collection():
        part.compile(kinds)
    found = part.overloads[kinds]
    returns = found.signature.return_type
    parts = returns.types if isinstance(returns, types.BaseTuple) else (returns,)
    names = tuple(str(types.unliteral(kind)) for kind in parts if kind is not types.none)
    symbol = found.fndesc.llvm_func_name
    with no_collection():
        code, needs = found.library.machine_code()
    return Kept(symbol, names, needs, code)
