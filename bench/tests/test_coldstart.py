"""The parts of bench/coldstart, as far as they need no container."""

import contextlib
import json
import pathlib
import sys
import tempfile
import threading
import unittest
import urllib.request
from collections.abc import Callable, Iterator
from typing import ClassVar

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from lib import askers, bounds, cold, lru, zipf
from lib.errors import BenchError

PATIENCE = 30  # seconds; only a test that fails waits for so long


class BoundsTest(unittest.TestCase):
    def test_least_recently_used_loads_again_what_gave_way(self) -> None:
        self.assertEqual(bounds.least_recently_used([1, 2, 1, 3, 2, 1], 2), 5)
        self.assertEqual(bounds.least_recently_used([1, 2, 1, 3, 1, 2], 2), 4)

    def test_the_fewest_loads_keep_what_is_needed_next(self) -> None:
        # 3 takes the place of 2, which is needed later than 1.
        self.assertEqual(bounds.fewest([1, 2, 3, 1, 2, 3, 1], 2), 5)
        self.assertEqual(bounds.least_recently_used([1, 2, 3, 1, 2, 3, 1], 2), 7)

    def test_with_room_for_all_every_model_is_loaded_once(self) -> None:
        wanted = zipf.drawn(20, 1.0, 500, seed=3)
        for loads in (bounds.least_recently_used, bounds.fewest):
            self.assertEqual(loads(wanted, 20), len(set(wanted)))

    def test_nothing_needs_less_than_the_fewest(self) -> None:
        for room in (1, 3, 12):
            wanted = zipf.drawn(40, 0.8, 1000, seed=room)
            self.assertLessEqual(bounds.fewest(wanted, room), bounds.least_recently_used(wanted, room))

    def test_popular_is_the_share_of_the_models_asked_for_most(self) -> None:
        self.assertEqual(bounds.popular([5, 5, 5, 7, 7, 1, 2, 3, 4, 6], 2), 0.5)


class DrawnTest(unittest.TestCase):
    def test_is_the_same_for_the_same_seed_only(self) -> None:
        self.assertEqual(zipf.drawn(100, 1.0, 50, 1), zipf.drawn(100, 1.0, 50, 1))
        self.assertNotEqual(zipf.drawn(100, 1.0, 50, 1), zipf.drawn(100, 1.0, 50, 2))

    def test_follows_zipfs_law(self) -> None:
        wanted = zipf.drawn(100, 1.0, 100_000, 1)
        for rank in (1, 4, 9):
            ratio = wanted.count(0) / wanted.count(rank)
            self.assertAlmostEqual(ratio, rank + 1, delta=0.15 * (rank + 1))


class Waiting:
    """A thread in the middle of holding a model, until it is let go."""

    def __init__(self, instance: lru.Instance[str], model: str) -> None:
        self.swapped: list[str | None] = []
        self._inside, self._go = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold, args=(instance, model), daemon=True)
        self._thread.start()

    def _hold(self, instance: lru.Instance[str], model: str) -> None:
        with instance.holding(model, self.swapped.append):
            self._inside.set()
            self._go.wait(PATIENCE)

    def holds(self, seconds: float = PATIENCE) -> bool:
        return self._inside.wait(seconds)

    def let_go(self) -> None:
        self._go.set()
        self._thread.join(PATIENCE)


def swap(instance: lru.Instance[str], model: str) -> list[str | None]:
    """What the model took the place of, in a list; an empty list if it was there."""
    swapped: list[str | None] = []
    with instance.holding(model, swapped.append):
        return swapped


class InstanceTest(unittest.TestCase):
    def test_the_least_recently_used_model_gives_way(self) -> None:
        instance = lru.Instance[str](2)
        self.assertEqual([swap(instance, m) for m in "aba"], [[None], [None], []])
        self.assertEqual(swap(instance, "c"), ["b"])
        self.assertEqual(swap(instance, "a"), [])

    def test_a_model_in_use_stays(self) -> None:
        instance = lru.Instance[str](2)
        busy = Waiting(instance, "a")
        self.assertTrue(busy.holds())
        swap(instance, "b")
        self.assertEqual(swap(instance, "c"), ["b"])
        busy.let_go()

    def test_a_load_waits_while_every_model_is_in_use(self) -> None:
        instance = lru.Instance[str](1)
        busy = Waiting(instance, "a")
        self.assertTrue(busy.holds())
        next_one = Waiting(instance, "b")
        self.assertFalse(next_one.holds(0.05))
        busy.let_go()
        self.assertTrue(next_one.holds())
        self.assertEqual(next_one.swapped, ["a"])
        next_one.let_go()

    def test_who_wants_a_model_on_its_way_in_waits_for_that_load(self) -> None:
        instance, begun, go = lru.Instance[str](2), threading.Event(), threading.Event()

        def slow(_: object) -> None:
            begun.set()
            go.wait(PATIENCE)

        first = threading.Thread(target=lambda: self._hold(instance, slow), daemon=True)
        first.start()
        self.assertTrue(begun.wait(PATIENCE))
        second = Waiting(instance, "a")
        self.assertFalse(second.holds(0.05))
        go.set()
        self.assertTrue(second.holds())
        self.assertEqual(second.swapped, [])
        second.let_go()
        first.join(PATIENCE)

    @staticmethod
    def _hold(instance: lru.Instance[str], swap_in: Callable[[str | None], object]) -> None:
        with instance.holding("a", swap_in):
            pass

    def test_a_load_that_fails_leaves_its_room(self) -> None:
        def fail(_: object) -> None:
            raise BenchError("no")

        instance = lru.Instance[str](1)
        with self.assertRaises(BenchError):
            self._hold(instance, fail)
        self.assertEqual(swap(instance, "b"), [None])


class RunTest(unittest.TestCase):
    @contextlib.contextmanager
    def asker(self) -> Iterator[zipf.Asker]:
        yield lambda model: zipf.Served(model == 0, 0.001, retries=model)

    def test_every_request_is_sent_once(self) -> None:
        loads = iter([3, 5])
        found = zipf.run("x", self.asker, [0, 0, 1, 0, 2, 0, 0, 1], 3, lambda: next(loads))
        self.assertEqual((found.requests, found.loads, found.retries), (8, 2, 4))
        self.assertEqual((found.hit_ratio, found.at_once), (0.75, 0.625))
        self.assertAlmostEqual(found.mean_ms, 1)

    def test_ends_with_the_first_failure(self) -> None:
        sent: list[int] = []

        @contextlib.contextmanager
        def asker() -> Iterator[zipf.Asker]:
            def ask(model: int) -> zipf.Served:
                sent.append(model)
                raise BenchError("refused")

            yield ask

        with self.assertRaisesRegex(BenchError, "refused"):
            zipf.run("x", asker, range(1000), 2, lambda: 0)
        self.assertLessEqual(len(sent), 2)


class ServedTest(unittest.TestCase):
    @staticmethod
    def answer(loaded: int, name: str = "m003.tar.gz") -> bytes:
        return json.dumps({"url": f"{askers.PREFIX}/{name}", "loaded": loaded}).encode()

    def test_is_at_once_if_the_model_was_there_when_it_was_asked_for(self) -> None:
        self.assertTrue(askers.served(200, self.answer(99), 3, sent=100).at_once)
        self.assertFalse(askers.served(200, self.answer(101), 3, sent=100).at_once)

    def test_fails_for_another_models_answer(self) -> None:
        with self.assertRaisesRegex(BenchError, "m003.tar.gz was asked for"):
            askers.served(200, self.answer(1, "m004.tar.gz"), 3, sent=100)

    def test_fails_for_another_status(self) -> None:
        with self.assertRaisesRegex(BenchError, "424.*broken"):
            askers.served(424, b"broken", 3, sent=100)


class ColdTest(unittest.TestCase):
    PHASES: ClassVar[dict[str, float]] = {
        "queue": 0.0,
        "download": 0.01,
        "unpack": 0.02,
        "load": 0.03,
        "warm_up": 0.02,
    }

    def test_what_is_no_part_is_the_rest(self) -> None:
        found = cold.split(0.1, self.PHASES | {"total": 0.08}, 0.015, 0.004)
        self.assertAlmostEqual(found.rest_ms, 5)
        self.assertAlmostEqual(sum(found.parts().values()), found.total_ms)
        self.assertAlmostEqual(found.warm_ms, 4)

    def test_parts_longer_than_the_whole_fail_the_run(self) -> None:
        with self.assertRaisesRegex(BenchError, "longer than the whole of 0.090 s"):
            cold.split(0.09, self.PHASES, 0.015, 0.004)

    def test_takes_the_median_of_every_part(self) -> None:
        found = cold.median([cold.split(first, self.PHASES, 0.015, first / 10) for first in (0.2, 0.1, 0.4)])
        self.assertAlmostEqual(found.total_ms, 200)
        self.assertAlmostEqual(found.phases_ms["unpack"], 20)
        self.assertAlmostEqual(found.rest_ms, 105)

    def test_counts_requests_of_the_load_and_no_others(self) -> None:
        metrics = """
model_container_request_seconds_count{operation="open"} 7
model_container_request_seconds_sum{operation="open"} 70.0
model_container_request_seconds_bucket{operation="stateless",le="1.0"} 5
model_container_request_seconds_count{operation="stateless"} 2
model_container_request_seconds_sum{operation="stateless"} 0.75
model_container_request_seconds_max{operation="stateless"} 0.5
"""
        self.assertEqual(cold.computed(metrics), (2, 0.75))
        self.assertEqual(cold.computed(""), (0, 0))

    def test_serves_a_folder_while_it_is_needed(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "m000.tar.gz").write_bytes(b"packed")
            with (
                cold.served(folder) as url,
                urllib.request.urlopen(f"{url}/m000.tar.gz", timeout=PATIENCE) as answer,
            ):
                self.assertEqual(answer.read(), b"packed")
            with self.assertRaises(OSError):
                urllib.request.urlopen(f"{url}/m000.tar.gz", timeout=PATIENCE)


if __name__ == "__main__":
    unittest.main()
