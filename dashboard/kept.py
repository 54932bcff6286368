"""What is made of all units and kept in memory, made anew when another edition of them is loaded."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from anyio import Lock, to_thread
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from dashboard.asking import edition
from layers.pack import City
from layers.questions import Question

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """One such thing, made when it is first asked for; a browser that asks meanwhile waits for it."""

    def __init__(self, make: Callable[[Sequence[RowMapping]], Made], ask: Callable[[], Question]) -> None:
        """Begin with what no units make."""
        self.make, self.ask = make, ask
        self.lock = Lock()
        self.edition: str | None = None
        self.made = make([])

    async def present(self, connection: AsyncConnection, city: City) -> Made:
        """Return it, of the units that are loaded now."""
        async with self.lock:
            now = await edition(connection, city)
            if now != self.edition:
                rows = (await connection.execute(self.ask())).mappings().all()
                self.made = await to_thread.run_sync(self.make, rows)
                self.edition = now
        return self.made
