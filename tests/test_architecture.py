"""The rules of CONTRIBUTING.md that a machine can check."""

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import hcrisk

ROOT = Path(__file__).parents[1]
LIBRARY = sorted((ROOT / "hcrisk").rglob("*.py"))

MAX_MODULE_LINES = 400
MAX_BODY_LINES = 50
MAX_KERNEL_BODY_LINES = 80
PRINTS = ("hcrisk/cli", "hcrisk/scenarios/estimate.py")
KERNELS = "hcrisk/kernels/"
KERNEL_IMPORTS = {"__future__", "itertools", "math", "typing", "numpy", "numba", "hcrisk"}
# What IEEE 754 defines to the last bit, and what does no arithmetic.
KERNEL_MATH = {"sqrt", "floor", "ceil", "isnan", "isinf", "isfinite", "inf", "nan"}
NUMPY_INEXACT = {
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "power", "float_power", "cbrt"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh"),
    *("hypot", "logaddexp", "dot", "vdot", "inner", "matmul", "einsum", "tensordot", "linalg"),
    *("sum", "mean", "cumsum", "prod", "cumprod"),
}

Function = ast.FunctionDef | ast.AsyncFunctionDef
Found = Iterator[tuple[int, str]]


# Rules: each yields (line, what) for a module's tree, its path and its text.


def long_modules(tree: ast.Module, path: str, text: str) -> Found:
    lines = len(text.splitlines())
    if lines > MAX_MODULE_LINES:
        yield lines, f"{lines} lines, at most {MAX_MODULE_LINES}"


def long_functions(tree: ast.Module, path: str, text: str) -> Found:
    most = MAX_KERNEL_BODY_LINES if path.startswith(KERNELS) else MAX_BODY_LINES
    for function in functions(tree):
        if (lines := body_lines(function)) > most:
            yield function.lineno, f"{function.name}: {lines} body lines, at most {most}"


def missing_docstrings(tree: ast.Module, path: str, text: str) -> Found:
    if ast.get_docstring(tree) is None and text.strip():
        yield 1, "module without docstring"
    for name, node in public(tree):
        if ast.get_docstring(node) is None:
            yield node.lineno, f"{name}: public, without docstring"
    for function in functions(tree):
        if is_compiled(function) and ast.get_docstring(function) is None:
            yield function.lineno, f"{function.name}: kernel without docstring"


def missing_annotations(tree: ast.Module, path: str, text: str) -> Found:
    if path.startswith(KERNELS):
        return
    for function in functions(tree):
        arguments = function.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [some for some in (arguments.vararg, arguments.kwarg) if some is not None]
        for argument in every:
            if argument.annotation is None and argument.arg not in ("self", "cls"):
                yield argument.lineno, f"{function.name}: {argument.arg} without a type"
        if function.returns is None:
            yield function.lineno, f"{function.name}: no return type"


def asserts(tree: ast.Module, path: str, text: str) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            yield node.lineno, "assert vanishes under -O; raise an error"


def loose_imports(tree: ast.Module, path: str, text: str) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            if node.level:
                yield node.lineno, "relative import"
            if any(alias.name == "*" for alias in node.names):
                yield node.lineno, "star import"


def foreign_randomness(tree: ast.Module, path: str, text: str) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "random":
            if isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy"):
                yield node.lineno, "numpy.random; draw from a named stream"
        for name in imported(node):
            if name.split(".")[0] == "random" or name.startswith("numpy.random"):
                yield node.lineno, f"import {name}; draw from a named stream"


def prints(tree: ast.Module, path: str, text: str) -> Found:
    if path.startswith(PRINTS):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == "print":
                yield node.lineno, "print; return text and let the command line print it"


def bare_excepts(tree: ast.Module, path: str, text: str) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield node.lineno, "bare except"


def fastmath(tree: ast.Module, path: str, text: str) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in ("fastmath", "parallel"):
            yield node.value.lineno, f"{node.arg} makes bits depend on the compiler or threads"


def unfinished(tree: ast.Module, path: str, text: str) -> Found:
    for number, line in enumerate(text.splitlines(), start=1):
        if any(word in line for word in ("TODO", "FIXME", "XXX")):
            yield number, line.strip()


def impure_kernels(tree: ast.Module, path: str, text: str) -> Found:
    if not path.startswith(KERNELS):
        return
    known = KERNEL_IMPORTS
    if path.startswith(f"{KERNELS}_"):
        # How kernels are compiled may need more of Python and numba than a kernel does.
        known = known | sys.stdlib_module_names | {"llvmlite", "platformdirs"}
    for node in ast.walk(tree):
        for name in imported(node):
            if name.split(".")[0] not in known:
                yield node.lineno, f"kernels do not import {name}"
    for function in functions(tree):
        for node in ast.walk(function):
            yield from inexact(node)


def inexact(node: ast.AST) -> Found:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        if node.value.id == "math" and node.attr not in KERNEL_MATH:
            yield node.lineno, f"math.{node.attr} may differ between machines"
        if node.value.id == "np" and node.attr in NUMPY_INEXACT:
            yield node.lineno, f"np.{node.attr} may differ between machines"
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.MatMult):
            yield node.lineno, "a matrix product's bits depend on its size"
        if isinstance(node.op, ast.Pow) and not is_constant_power(node):
            yield node.lineno, "** calls the machine's pow"


RULES: list[Callable[[ast.Module, str, str], Found]] = [
    long_modules,
    long_functions,
    missing_docstrings,
    missing_annotations,
    asserts,
    loose_imports,
    foreign_randomness,
    prints,
    bare_excepts,
    fastmath,
    unfinished,
    impure_kernels,
]


# What the rules need to know of a tree.


def functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def body_lines(function: Function) -> int:
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def public(tree: ast.Module) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, Function) and not inner.name.startswith("_"):
                        yield f"{node.name}.{inner.name}", inner


def is_compiled(function: Function) -> bool:
    names = (ast.unparse(decorator) for decorator in function.decorator_list)
    return any("njit" in name for name in names)


def is_constant_power(node: ast.BinOp) -> bool:
    """Tell whether a power is a constant, or a small whole power written out by the compiler."""
    exponent = node.right
    if isinstance(exponent, ast.UnaryOp):
        exponent = exponent.operand
    whole = isinstance(exponent, ast.Constant) and isinstance(exponent.value, int)
    return whole and (isinstance(node.left, ast.Constant) or exponent.value <= 3)


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


@cache
def library() -> dict[str, str]:
    return {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in LIBRARY}


# Rules look at trees and change none.
parsed = cache(ast.parse)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_library_keeps_rule(rule):
    found = [
        f"{path}:{line}: {what}"
        for path, text in library().items()
        for line, what in rule(parsed(text), path, text)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (long_modules, "x = 1\n" * 401),
        (long_functions, "def f():\n" + "    x = 1\n" * 81),
        (missing_docstrings, "x = 1"),
        (missing_docstrings, '"""Doc."""\nclass A:\n    """Doc."""\n    def f(self): ...'),
        (missing_docstrings, '"""Doc."""\n@njit\ndef _f(): ...'),
        (asserts, "assert x > 0"),
        (loose_imports, "from . import x"),
        (loose_imports, "from x import *"),
        (foreign_randomness, "np.random.default_rng(1)"),
        (foreign_randomness, "from numpy import random"),
        (foreign_randomness, "import random"),
        (prints, "print(1)"),
        (bare_excepts, "try:\n    f()\nexcept:\n    pass"),
        (fastmath, "njit = numba.njit(fastmath=True)"),
        (unfinished, "# TODO: later"),
        (impure_kernels, "import scipy.special"),
        (impure_kernels, "def f(x): return math.exp(x)"),
        (impure_kernels, "def f(x): return np.log(x)"),
        (impure_kernels, "def f(x): return x @ x"),
        (impure_kernels, "def f(x): return x**0.5"),
    ],
)
def test_rule_finds_breach(rule, text):
    assert list(rule(ast.parse(text), f"{KERNELS}example.py", text))


def test_annotations_are_asked_for_outside_kernels():
    tree = ast.parse("def f(x, *, y: int): ...")
    assert len(list(missing_annotations(tree, "hcrisk/io.py", ""))) == 2
    assert not list(missing_annotations(tree, f"{KERNELS}example.py", ""))


def test_packages_are_complete():
    """Every folder with modules has an ``__init__``, so that wheels and contracts see it."""
    folders = {file.parent for file in LIBRARY}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []
    assert (ROOT / "hcrisk" / "py.typed").exists()


def test_import_contracts():
    done = run_python("-c", "from importlinter.cli import lint_imports_command as c; c()")
    assert done.returncode == 0, done.stdout + done.stderr


# Imports: what is not needed is not loaded, as a person at a prompt waits for it.

HEAVY = ["h5netcdf", "h5py", "matplotlib", "numba", "numpy", "pandas", "pydantic", "scipy"]
HEAVY += ["dask", "distributed", "openpyxl", "pyarrow", "tqdm", "xarray", "zarr"]


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    done = run_python("-W", "error", "-c", code)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split()).intersection(HEAVY)


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("statement", ["import hcrisk", "import hcrisk; dir(hcrisk)"])
def test_import__loads_nothing_heavy(statement):
    assert loaded_by(statement) == set()


def test_import__stating_a_scenario_compiles_nothing():
    assert loaded_by("from hcrisk import Scenario") <= {"numpy", "pydantic"}


def test_import__listing_scenarios_compiles_nothing():
    assert loaded_by("import hcrisk; hcrisk.scenarios()") <= {"numpy", "pydantic"}


def test_import__a_quote_does_not_wait_for_scipy_stats():
    code = "import sys; from hcrisk.cli import main; main(sys.argv[1:]); print(*sys.modules)"
    done = run_python("-c", code, "quote", "small-practice", "--paths", "1000", "--quiet")
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.splitlines()[-1].split()
    assert "hcrisk.measures" in loaded
    assert not {"scipy.stats", "scipy.optimize", "matplotlib"}.intersection(loaded)


def test_import__measures_compile_and_plot_nothing():
    assert not loaded_by("from hcrisk import percentiles") & {"numba", "matplotlib", "pydantic"}


def test_public_names__are_listed_and_resolve():
    assert set(hcrisk.__all__) == set(dir(hcrisk))
    assert sorted(hcrisk.__all__) == hcrisk.__all__
    for name in hcrisk.__all__:
        assert getattr(hcrisk, name) is not None


def test_public_names__are_the_ones_type_checkers_see():
    tree = ast.parse((ROOT / "hcrisk" / "__init__.py").read_text(encoding="utf-8"))
    (block,) = (
        node for node in tree.body if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node)
    )
    home = {}
    for node in block.body:
        if isinstance(node, ast.ImportFrom):
            home.update({alias.name: node.module for alias in node.names})
    assert {*home, "__version__"} == set(hcrisk.__all__)
    for name in set(home) - {"plot"}:
        assert getattr(hcrisk, name) is getattr(import_module(home[name]), name)


def test_public_names__functions_survive_modules_of_the_same_name():
    code = (
        "import hcrisk; import hcrisk.scenarios; from hcrisk.scenarios import load; "
        "import hcrisk.measures.compare; assert callable(hcrisk.compare); "
        "assert callable(hcrisk.scenarios); from hcrisk import scenarios; scenarios()"
    )
    done = run_python("-W", "error", "-c", code)
    assert done.returncode == 0, done.stderr


def test_public_names__unknown_is_refused():
    with pytest.raises(
        AttributeError,
        match="module 'hcrisk' has no attribute 'simulat'; did you mean 'simulate'",
    ):
        _ = hcrisk.simulat
    with pytest.raises(AttributeError, match="did you mean 'exceedance'"):
        _ = hcrisk.plot.exceedence
    assert not hasattr(hcrisk, "__wrapped__")


def test_public_names__help_sorts_all_of_them_by_task():
    listed = hcrisk.__doc__.split("=\n")[1].rpartition("\n")[0]
    words = [word for line in listed.splitlines() for word in line[20:].split()]
    assert sorted(words) == sorted({*hcrisk.__all__} - {"__version__"})
