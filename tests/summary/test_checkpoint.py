"""A run that is stopped, by whatever, goes on to the figures of one that was not."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hcrisk
from hcrisk.summary import checkpoint, summarize, work
from tests.summary.common import assert_identical, quietly, risky
from tests.whatif.common import UNIFORM

PATHS = 5_000
ROOT = Path(__file__).parents[2]
CHILD = """
import time
from hcrisk.summary import checkpoint, summarize, work
from tests.summary.common import risky
from tests.whatif.common import UNIFORM

def slowly(self, arrays):
    time.sleep(0.02)
    write(self, arrays)

checkpoint.EVERY, write = 0.0, checkpoint.Checkpoint.write
checkpoint.Checkpoint.write = slowly
work.LEAST_IN_TASK = 100
summarize(risky(price={price}), paths={paths}, checkpoint={file!r}, threads=2)
"""


@contextmanager
def interrupting(after):
    """Stand in for a progress bar: Ctrl-C once it was advanced so many times."""
    calls = 0

    @contextmanager
    def bar(total, wanted):
        yield advance

    def advance(n):
        nonlocal calls
        calls += 1
        if calls > after:
            raise KeyboardInterrupt

    with mock.patch("hcrisk.summary.summary.progress_bar", bar):
        yield


@pytest.fixture(scope="module")
def scenario():
    return risky(price=UNIFORM)


@pytest.fixture(scope="module")
def known(scenario):
    return summarize(scenario, paths=PATHS, tail_levels=(0.9, 0.95))


@settings(max_examples=15)
@given(
    stops=st.lists(st.integers(1, 12), min_size=1, max_size=4),
    sizes=st.lists(st.integers(200, 2_000), min_size=5, max_size=5),
    every=st.sampled_from([0.0, 1e9]),
)
def test_resumed_is_uninterrupted(scenario, known, tmp_path_factory, stops, sizes, every):
    file = tmp_path_factory.mktemp("checkpoint") / "run.npz"
    chosen = {"paths": PATHS, "tail_levels": (0.9, 0.95), "checkpoint": file}
    for stop, size in zip(stops, sizes, strict=False):
        with (
            mock.patch.object(work, "LEAST_IN_TASK", size),
            mock.patch.object(checkpoint, "EVERY", every),
            interrupting(stop),
        ):
            try:
                summarize(scenario, threads=2, **chosen)
            except KeyboardInterrupt:
                assert file.exists()
    with mock.patch.object(work, "LEAST_IN_TASK", sizes[-1]):
        assert_identical(summarize(scenario, threads=1, **chosen), known)


def test_ctrl_c_in_mid_merge_leaves_the_state_before(scenario, known, tmp_path, monkeypatch):
    file = tmp_path / "run.npz"
    monkeypatch.setattr(work, "LEAST_IN_TASK", 500)
    chosen = {"paths": PATHS, "tail_levels": (0.9, 0.95), "checkpoint": file}
    with mock.patch("hcrisk.summary.counting.carry", side_effect=KeyboardInterrupt):
        with pytest.raises(KeyboardInterrupt):
            summarize(scenario, **chosen)
    assert_identical(summarize(scenario, **chosen), known)


def test_what_is_done_is_not_done_again(scenario, known, tmp_path):
    file = tmp_path / "run.npz"
    chosen = {"paths": PATHS, "tail_levels": (0.9, 0.95), "checkpoint": file}
    summarize(scenario, **chosen)
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.npz"]
    with mock.patch("hcrisk.simulation.Worker.run", side_effect=AssertionError):
        assert_identical(summarize(scenario, **chosen), known)


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_killed_in_either_pass(tmp_path):
    file, paths = tmp_path / "run.npz", 6_000
    program = CHILD.format(price=UNIFORM, paths=paths, file=str(file))
    for done in ("counting.done", "keeping.done"):
        with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) as child:
            wait_for(file, done, child)
            child.send_signal(signal.SIGKILL)
        assert child.returncode == -signal.SIGKILL
        with np.load(file) as arrays:
            ends = np.diff(arrays[done])
            assert 0 < ends.sum() < paths
    scenario = risky(price=UNIFORM)
    resumed = summarize(scenario, paths=paths, checkpoint=file)
    assert_identical(resumed, summarize(scenario, paths=paths))


def wait_for(file, name, child, patience=300.0):
    """Wait until a checkpoint has some paths of a pass; it can be read at any moment."""
    until = time.monotonic() + patience
    while time.monotonic() < until and child.poll() is None:
        if file.exists():
            with np.load(file) as arrays:
                if name in arrays and arrays[name].size:
                    return
        time.sleep(0.005)
    raise AssertionError(f"no {name}; the child returned {child.poll()}")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"seed": 1}, r"differs in seed \(0 there, 1 here\); name another file, or delete it"),
        ({"paths": 60}, r"paths \(50 there, 60 here\)"),
        ({"levels": 0.5}, r"levels \(\[0.5, 0.8, 0.95\] there, \[0.5\] here\)"),
        ({"tail_levels": 0.5}, "tail_levels"),
        ({"confidence": 0.9}, "confidence"),
        ({"start": 7}, "start"),
        ({"strategies": "stay"}, "strategies"),
        ({"scenario": risky(frequency=0.5)}, "scenario"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(scenario, tmp_path, change, text):
    chosen = {"scenario": scenario, "paths": 50, "checkpoint": tmp_path / "run.npz"}
    quietly(lambda: summarize(**chosen))
    before = chosen["checkpoint"].read_bytes()
    with pytest.raises(ValueError, match=f"^checkpoint must be of the same run.*{text}"):
        summarize(**chosen | change)
    assert chosen["checkpoint"].read_bytes() == before


def test_other_code_is_refused(scenario, tmp_path):
    chosen = {"paths": 50, "checkpoint": tmp_path / "run.npz"}
    quietly(lambda: summarize(scenario, **chosen))
    with mock.patch("hcrisk.summary.summary.source_stamp", return_value="newer"):
        with pytest.raises(ValueError, match="kernels"):
            summarize(scenario, **chosen)


@pytest.mark.parametrize("content", [b"", b"name = 'bare'", b"PK\x03\x04"])
def test_what_is_no_checkpoint_is_refused(scenario, tmp_path, content):
    file = tmp_path / "own.toml"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"must be a file that summarize wrote.*own\.toml"):
        summarize(scenario, paths=50, checkpoint=file)
    assert file.read_bytes() == content


@pytest.mark.parametrize("name", ["counting.counts", "keeping.filled"])
def test_a_checkpoint_that_was_tampered_with_is_noticed(scenario, tmp_path, name):
    file = tmp_path / "run.npz"
    quietly(lambda: summarize(scenario, paths=50, checkpoint=file))
    with np.load(file) as content:
        arrays = dict(content)
    arrays[name][arrays[name].argmax()] += 1
    np.savez(file, **arrays)
    with pytest.raises(hcrisk.HcriskError, match="second pass has found other paths"):
        summarize(scenario, paths=50, checkpoint=file)
