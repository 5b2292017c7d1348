"""Compiled kernels are kept, found again, and compiled anew once any source has changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hcrisk.kernels import _cache
from hcrisk.kernels._cache import HERE, source_stamp

PACKAGE = HERE.parent
ROOT_OF_FOUR = "from hcrisk.kernels.macro import power; print(power(4.0, 0.5))"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a folder with a copy of the package that may be changed."""
    shutil.copytree(PACKAGE, tmp_path / "hcrisk", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def run(code: str, folder: Path, cache: Path, **settings: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(folder), "NUMBA_CACHE_DIR": str(cache)}
    environment |= settings
    environment.pop("NUMBA_DISABLE_JIT", None)
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, cwd=folder
    )
    return done.stdout.strip()


def test_the_stamp_is_that_of_every_source(copy: Path) -> None:
    kernels = copy / "hcrisk" / "kernels"
    stamps = {source_stamp(), source_stamp(kernels)}
    assert len(stamps) == 1
    for path in sorted(kernels.glob("*.py")):
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        source_stamp.cache_clear()
        stamps.add(source_stamp(kernels))
    source_stamp.cache_clear()
    assert len(stamps) == 1 + len(list(kernels.glob("*.py")))


def test_a_change_in_what_a_kernel_calls_is_noticed(copy: Path) -> None:
    cache = copy / "cache"
    loaded = "; import sys; print('numba' in sys.modules)"
    assert run(ROOT_OF_FOUR + loaded, copy, cache).split() == ["2.0", "True"]
    assert list(cache.glob("kernels-*/macro.power-*.code"))
    assert run(ROOT_OF_FOUR + loaded, copy, cache).split() == ["2.0", "False"]
    callee = copy / "hcrisk" / "kernels" / "calls.py"
    text = callee.read_text(encoding="utf-8")
    assert text.count("return elementary.exp(x)") == 1
    changed = text.replace("return elementary.exp(x)", "return 2.0 * elementary.exp(x)")
    callee.write_text(changed, encoding="utf-8")
    assert run(ROOT_OF_FOUR, copy, cache) == "4.0"


def test_kernels_work_where_nothing_can_be_kept(copy: Path) -> None:
    blocked = copy / "file"
    blocked.touch()
    where = "; from hcrisk.kernels._cache import cache_directory; print(cache_directory())"
    assert run(ROOT_OF_FOUR + where, copy, blocked / "cache").split() == ["2.0", "None"]


def test_builds_for_others_are_kept_and_older_ones_are_not(copy: Path) -> None:
    cache = copy / "cache"
    code = "from hcrisk.kernels._cache import cache_directory; print(cache_directory().name)"
    plain = run(code, copy, cache)
    checked = run(code, copy, cache, NUMBA_OPT="1")
    assert {folder.name for folder in cache.iterdir()} == {plain, checked}
    path = copy / "hcrisk" / "kernels" / "calls.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    newer = run(code, copy, cache)
    assert {folder.name for folder in cache.iterdir()} == {newer, checked}


def test_code_is_kept_though_another_version_has_cleared_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(_cache.WHERE, str(tmp_path / "cache"))
    _cache.cache_directory.cache_clear()
    try:
        shutil.rmtree(_cache.cache_directory())
        _cache.keep(_cache.holds, ("f", "f"), b"code")
        assert _cache.read(_cache.holds, ("f", "f")) == b"code"
    finally:
        _cache.cache_directory.cache_clear()
