"""Items that a thread of their own makes a little before they are asked for, from the moment that it is said."""

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Self, TypeVar

Item = TypeVar("Item")
END: Any = object()


class Ahead(Iterator[Item]):
    """What a generator yields."""

    def __init__(self, items: Generator[Item], *, many: int = 2) -> None:
        """Begin to make the first of them, so `many` at most."""
        self._items = items
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._waiting: deque[Future[Item]] = deque(self._thread.submit(next, items, END) for _ in range(many))

    def __enter__(self) -> Self:
        """Take it; it has begun already."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the generator, as soon as it has made what it is at."""
        for future in self._waiting:
            future.cancel()
        self._thread.submit(self._items.close)
        self._thread.shutdown(wait=False)

    def __next__(self) -> Item:
        """Wait for the next one, and let one more be made."""
        item = self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(next, self._items, END))
        if item is END:
            raise StopIteration
        return item
