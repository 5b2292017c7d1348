"""How many paths a task has, from a few to the most there may be."""

import pytest

from hcrisk.summary.work import (
    LEAST_IN_TASK,
    MOST_EVER_IN_TASK,
    MOST_IN_TASK,
    MOST_TASKS,
    Ranges,
    task_size,
)


@pytest.mark.parametrize("threads", [1, 64, 1024])
@pytest.mark.parametrize("paths", [1, 10**6, 10**9, 10**11, 10**12, 2**46])
def test_tasks_are_neither_too_many_nor_too_large(paths, threads):
    size = task_size(paths, threads)
    assert LEAST_IN_TASK <= size <= MOST_EVER_IN_TASK
    assert -(-paths // size) <= MOST_TASKS
    assert size <= MOST_IN_TASK or paths > MOST_IN_TASK * (MOST_TASKS - 1)


def test_ranges_count_beyond_32_bits():
    ranges = Ranges(10**12, [(0, 10**12 - 5)])
    assert list(ranges.tasks(3)) == [(10**12 - 5, 3), (10**12 - 2, 2)]
    ranges.tick(10**12 - 5, 5)
    assert ranges.count == 10**12
