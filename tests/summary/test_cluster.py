"""The same bits from the workers of a cluster, also when one of them is killed."""

import os
import signal
import sys
from contextlib import contextmanager
from unittest import mock

import pytest

import hcrisk
from hcrisk.summary import crew, work
from tests.summary.common import assert_identical, risky
from tests.whatif.common import UNIFORM

PATHS = 5_000


@pytest.fixture(scope="module")
def client():
    """Two processes of one thread each; a killed one is started again."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        with distributed.Client(cluster) as client:
            yield client


@pytest.fixture(scope="module")
def known():
    return hcrisk.summarize(risky(price=UNIFORM), paths=PATHS, tail_levels=0.9)


@contextmanager
def counted(then):
    """Stand in for a progress bar, which calls back with how often it was advanced."""
    calls = []

    @contextmanager
    def bar(total, wanted):
        yield lambda n: (calls.append(n), then(len(calls)))

    with mock.patch("hcrisk.summary.summary.progress_bar", bar):
        yield calls


def test_a_cluster_gives_the_same_bits(client, known, tmp_path):
    file = tmp_path / "run.npz"
    chosen = {"paths": PATHS, "tail_levels": 0.9, "client": client, "checkpoint": file}
    with mock.patch.object(work, "LEAST_IN_TASK", 500):
        assert_identical(hcrisk.summarize(risky(price=UNIFORM), **chosen), known)
    # What a cluster began, threads can finish.
    chosen["client"] = None
    assert_identical(hcrisk.summarize(risky(price=UNIFORM), **chosen), known)


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_killed_worker_changes_nothing(client, known):
    killed = []

    def kill(calls):
        # One in the first pass, all in the second.
        workers = list(client.cluster.workers.values())
        for worker in {3: workers[:1], 35: workers}.get(calls, ()):
            os.kill(worker.pid, signal.SIGKILL)
            killed.append(worker.pid)

    with mock.patch.object(work, "LEAST_IN_TASK", 200), counted(kill) as calls:
        found = hcrisk.summarize(risky(price=UNIFORM), paths=PATHS, tail_levels=0.9, client=client)
    assert_identical(found, known)
    # Two passes, each of which first says what a checkpoint has.
    assert len(calls) == 2 * (1 + PATHS // 200)
    assert sum(calls) == 2 * PATHS
    assert len(set(killed)) == 3


def test_an_error_of_a_task_is_that_of_the_call(client):
    scenario = risky(price=UNIFORM)
    broken = mock.patch.object(crew, "_run_shared", fail)
    with broken, pytest.raises(hcrisk.HcriskError, match=r"^more than 65536 spells"):
        hcrisk.summarize(scenario, paths=PATHS, client=client)


def fail(shared, task):
    raise hcrisk.HcriskError("more than 65536 spells")


def test_threads_are_refused(client):
    with pytest.raises(ValueError, match=r"^threads must be left out with client, got 2"):
        hcrisk.summarize(risky(), paths=10, threads=2, client=client)


def test_what_is_no_client_is_refused():
    pytest.importorskip("distributed")
    with pytest.raises(TypeError, match=r"^client must be a dask.distributed.Client, got 'tcp://x"):
        hcrisk.summarize(risky(), paths=10, client="tcp://x:8786")


def test_without_dask_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(hcrisk.HcriskError, match=r'pip install "hcrisk\[dask\]"$'):
        hcrisk.summarize(risky(), paths=10, client=object())
