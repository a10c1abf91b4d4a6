"""Requests for many models, few of them popular, and how few loads they cost."""

import collections
import dataclasses
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import TypeAlias

from . import stats


@dataclasses.dataclass(frozen=True)
class Served:
    """One answered request; at once if its model had been loaded before it was sent."""

    at_once: bool
    seconds: float
    retries: int


# Sends one request for the model.
Asker: TypeAlias = Callable[[int], Served]


@dataclasses.dataclass(frozen=True)
class Result:
    """All requests of one way to place them; the hits are those that no load was begun for."""

    name: str
    requests: int
    hit_ratio: float
    at_once: float
    loads: int
    retries: int
    seconds: float
    mean_ms: float
    p99_ms: float


def drawn(models: int, skew: float, count: int, seed: int) -> list[int]:
    """So many model numbers; number k is asked for in proportion to 1 / (k + 1) ** skew."""
    weights = [1 / (rank + 1) ** skew for rank in range(models)]
    return random.Random(seed).choices(range(models), weights, k=count)


def run(
    name: str,
    make_asker: Callable[[], AbstractContextManager[Asker]],
    wanted: Iterable[int],
    concurrency: int,
    loads: Callable[[], int],
) -> Result:
    """A closed loop: every thread sends its next request when its last one is answered."""
    before, started = loads(), time.perf_counter()
    todo = collections.deque(wanted)

    def work() -> list[Served]:
        try:
            with make_asker() as ask:
                return [ask(model) for model in _taken(todo)]
        finally:
            # Nothing is left, or this thread failed, and the others need not go on.
            todo.clear()

    with ThreadPoolExecutor(concurrency) as pool:
        threads = [pool.submit(work) for _ in range(concurrency)]
    answers = [each for thread in threads for each in thread.result()]
    return result(name, answers, loads() - before, time.perf_counter() - started)


def _taken(todo: collections.deque[int]) -> Iterator[int]:
    while todo:
        try:
            model = todo.popleft()
        except IndexError:
            return  # another thread has taken the last one
        yield model


def result(name: str, answers: Sequence[Served], loads: int, seconds: float) -> Result:
    """The figures of these answers, which cost so many loads."""
    times = [each.seconds * 1e3 for each in answers]
    return Result(
        name,
        len(answers),
        1 - loads / len(answers),
        sum(each.at_once for each in answers) / len(answers),
        loads,
        sum(each.retries for each in answers),
        seconds,
        sum(times) / len(times),
        stats.percentile(times, 99),
    )
