"""Loading processes: started when needed, used again, killed when a load must not go on."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

LOADS = 50
"""After as many loads a process is replaced, which gives its memory back."""


class NotNowError(Exception):
    """A load that failed for what may pass."""


class RefusedError(Exception):
    """A load that will fail again until somebody mends something."""


@dataclass
class Loader:
    """A process."""

    process: Process
    loads: int = 0


@dataclass
class Loaders:
    """All processes of a scheduler."""

    url: str
    idle: list[Loader] = field(default_factory=list)

    async def load(self, source: str) -> dict[str, Any]:
        """Load a source in a process; return what became of its rows.

        Whoever cancels this ends the process, and with it the load.

        Raises:
            NotNowError: It failed for what may pass.
            RefusedError: It failed for good.
        """
        loader = self.idle.pop() if self.idle else await self._start()
        try:
            said = await _asked(loader.process, source)
        except BaseException:
            await _end(loader)
            raise
        loader.loads += 1
        if loader.loads < LOADS:
            self.idle.append(loader)
        else:
            await _end(loader)
        if "mistake" not in said:
            return said
        if said["passing"]:
            raise NotNowError(said["mistake"])
        raise RefusedError(said["mistake"])

    async def close(self) -> None:
        """End those that have nothing to do."""
        while self.idle:
            await _end(self.idle.pop())

    async def _start(self) -> Loader:
        return Loader(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "etl.schedule.child",
                stdin=PIPE,
                stdout=PIPE,
                env={**os.environ, "ONEMAP_DATABASE_URL": self.url},
                start_new_session=True,  # a Ctrl-C in a terminal reaches the scheduler alone
            )
        )


async def _asked(process: Process, source: str) -> dict[str, Any]:
    if process.stdin is None or process.stdout is None:
        msg = "a loading process was started without its pipes"
        raise RuntimeError(msg)
    answer = b""
    with suppress(ConnectionError):
        process.stdin.write(f"{source}\n".encode())
        await process.stdin.drain()
        answer = await process.stdout.readline()
    if not answer:
        msg = f"the loading process ended with {await process.wait()} in the middle of the load"
        raise NotNowError(msg)
    said: dict[str, Any] = json.loads(answer)
    return said


async def _end(loader: Loader) -> None:
    with suppress(ProcessLookupError):
        loader.process.kill()
    await loader.process.wait()
