"""What a container with little room keeps when its least recently used model gives way."""

import collections
import contextlib
import threading
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

Model = TypeVar("Model", bound=Hashable)


class Instance(Generic[Model]):
    """The models of one container and the requests that use them; safe for threads."""

    def __init__(self, room: int) -> None:
        self._room = room
        # By model; the one used last is last.
        self._in_flight: collections.OrderedDict[Model, int] = collections.OrderedDict()
        self._loading: set[Model] = set()
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def holding(self, model: Model, swap: Callable[[Model | None], object]) -> Iterator[None]:
        """While it runs the model stays; swap(gone) loads it, in the place of another or None."""
        self._take(model, swap)
        try:
            yield
        finally:
            with self._changed:
                self._in_flight[model] -= 1
                self._changed.notify_all()

    def _take(self, model: Model, swap: Callable[[Model | None], object]) -> None:
        with self._changed:
            self._changed.wait_for(lambda: model in self._in_flight or self._may_load(model))
            if model in self._in_flight:
                self._in_flight[model] += 1
                self._in_flight.move_to_end(model)
                return
            gone = self._evict() if self._full() else None
            self._loading.add(model)
        loaded = False
        try:
            swap(gone)
            loaded = True
        finally:
            with self._changed:
                self._loading.remove(model)
                if loaded:
                    self._in_flight[model] = 1
                self._changed.notify_all()

    def _full(self) -> bool:
        return len(self._in_flight) + len(self._loading) >= self._room

    def _may_load(self, model: Model) -> bool:
        return model not in self._loading and (not self._full() or 0 in self._in_flight.values())

    def _evict(self) -> Model:
        gone = next(model for model, requests in self._in_flight.items() if requests == 0)
        del self._in_flight[gone]
        return gone
