"""The names of all units, kept in memory and made anew when another edition of them is loaded."""

from typing import Annotated

from anyio import Lock, to_thread
from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from dashboard.asking import edition
from layers import units
from layers.gazetteer import Gazetteer
from layers.pack import City


class Directory:
    """The gazetteer of the present edition, made when it is first asked for."""

    def __init__(self) -> None:
        """Begin without any."""
        self.lock = Lock()
        self.edition: str | None = None
        self.gazetteer = Gazetteer([])

    async def present(self, connection: AsyncConnection, city: City) -> Gazetteer:
        """Return the gazetteer of the units that are loaded now."""
        async with self.lock:
            now = await edition(connection, city)
            if now != self.edition:
                rows = (await connection.execute(units.listed())).mappings().all()
                self.gazetteer = await to_thread.run_sync(Gazetteer, rows)
                self.edition = now
        return self.gazetteer


async def the_directory(request: Request) -> Directory:
    """Return the application's one directory."""
    directory: Directory = request.app.state.directory
    return directory


TheDirectory = Annotated[Directory, Depends(the_directory)]
