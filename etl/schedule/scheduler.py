"""A scheduler: looks what is due, puts it down, and loads what is down, side by side with others like it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from sqlalchemy import Text, cast, delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from etl.schedule.arrivals import Arrivals
from etl.schedule.due import Due, plan
from etl.schedule.loaders import Loaders
from etl.schedule.pace import Pace
from etl.schedule.tasks import CONNECT, TASK, Tell, jobs_app
from layers.database import driver_url
from layers.jobs import JOBS, OPEN, OPTIONS, Standing, standing, standings
from layers.pack import City

LOOKING = 0x6F6E6D6A
"""The advisory lock of the scheduler that is looking; the others need not."""
AWAY = (ConnectorException, psycopg.Error, SQLAlchemyError, OSError)
"""What is raised where the database is away."""
UNHEARD = 5.0
"""Seconds between two tries to reach it."""


class LeftError(ConnectorException):
    """The worker left because its connection did."""


@dataclass(frozen=True)
class Look:
    """What a look found."""

    mine: bool
    """Whether no other scheduler was looking."""
    left: int = 0
    """Jobs that are being done, by whomever, or could be done now."""


class Scheduler:
    """One process's share."""

    def __init__(self, city: City, url: str, *, inbox: Path, pace: Pace, tell: Tell) -> None:
        """Open nothing yet."""
        self.city, self.pace, self.tell = city, pace, tell
        self.arrivals = Arrivals(city, inbox, pace.settle)
        self.loaders = Loaders(url)
        self.ended = asyncio.Event()
        self.stopping = asyncio.Event()
        self.app = jobs_app(url, self._load, pace=pace, tell=tell)
        self.engine = create_async_engine(
            driver_url(url), pool_size=1, connect_args={"options": OPTIONS, "connect_timeout": CONNECT}
        )

    def stop(self) -> None:
        """Look no more; what runs has its grace.

        A flag and no cancellation: that would be lost where the connection is lost at the same moment.
        """
        self.stopping.set()
        self.ended.set()

    async def keep(self) -> None:
        """Work until told to stop; where the database is away, wait until it is back."""
        try:
            while not self.stopping.is_set():
                try:
                    await self._connected(self._keep_looking)
                except* AWAY as away:
                    said = str(_first(away)).partition("\n")[0]
                    self.tell(f"the database is away: {said}; trying again in {UNHEARD:g} s")
                await self.engine.dispose()
                await _wait(self.stopping, UNHEARD)
        finally:
            await self._close()

    async def once(self) -> None:
        """Load all that is due, and what becomes due by that; leave alone what waits for another try.

        Raises:
            ExceptionGroup: The database is away.
        """
        try:
            await self._connected(self._look_until_done)
        finally:
            await self._close()

    async def look(self) -> Look:
        """Put down what is due, once more what a scheduler that is gone had begun, and count what is late by now."""
        async with self.engine.begin() as connection:
            if not await connection.scalar(select(func.pg_try_advisory_xact_lock(LOOKING))):
                return Look(mine=False)
            await self._take_up()
            stands = {row.source: standing(row) for row in await connection.execute(standings())}
            arrived = await asyncio.to_thread(
                lambda: {source.id: self.arrivals.of(source) for source in self.city.sources.values()}
            )
            now = datetime.now(UTC)
            due = plan(self.city, stands, arrived, now=now)
            for item in due:
                await self._put_down(connection, item)
            await connection.execute(select(func.incident_judge(now)))
        return Look(mine=True, left=len(due) + sum(_is_left(item, now) for item in stands.values()))

    async def _connected(self, looking: Callable[[], Awaitable[None]]) -> None:
        """Look and work side by side, until the looking ends."""
        async with self.engine.connect():
            pass  # says at once that nobody is there, where the pool would wait
        async with self.app.open_async(), asyncio.TaskGroup() as side_by_side:
            working = side_by_side.create_task(self._work())
            await looking()
            working.cancel()

    async def _keep_looking(self) -> None:
        while not self.stopping.is_set():
            await self.look()
            await self._rest()

    async def _look_until_done(self) -> None:
        while not self.stopping.is_set() and ((found := await self.look()).left or not found.mine):
            await self._rest()

    async def _rest(self) -> None:
        """Wait for the next look, or until a load here has ended: another may be due by that."""
        await _wait(self.ended, self.pace.every)
        if not self.stopping.is_set():
            self.ended.clear()

    async def _work(self) -> None:
        await self.app.run_worker_async(
            concurrency=self.pace.workers,
            fetch_job_polling_interval=self.pace.every,
            shutdown_graceful_timeout=self.pace.grace,
            update_heartbeat_interval=self.pace.lost / 3,
            stalled_worker_timeout=self.pace.lost,
            install_signal_handlers=False,
        )
        msg = "the connection was lost"  # a worker ends by itself for no other reason
        raise LeftError(msg)

    async def _load(self, source: str) -> dict[str, Any]:
        try:
            return await self.loaders.load(source)
        finally:
            self.ended.set()

    async def _put_down(self, connection: AsyncConnection, item: Due) -> None:
        """Put a source down; what is done of its earlier jobs is forgotten, the loads tell it."""
        source = item.source.id
        await connection.execute(
            delete(JOBS).where(JOBS.c.queueing_lock == source, cast(JOBS.c.status, Text).not_in(OPEN))
        )
        with suppress(AlreadyEnqueued):
            await self.app.configure_task(
                TASK, lock=item.lock, queueing_lock=source, priority=item.priority
            ).defer_async(source=source, why=item.why, seen=item.seen)

    async def _take_up(self) -> None:
        jobs = self.app.job_manager
        for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=self.pace.lost):
            source = job.task_kwargs["source"]
            if job.attempts + 1 >= self.pace.tries:
                self.tell(f"{source}: its scheduler is gone, the {self.pace.tries}th time; given up until due again")
                await jobs.finish_job(job, Status.FAILED, delete_job=False)
            else:
                self.tell(f"{source}: its scheduler is gone; taken up again")
                await jobs.retry_job(job)

    async def _close(self) -> None:
        await self.loaders.close()
        await self.engine.dispose()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


def _is_left(item: Standing, now: datetime) -> bool:
    return item.status == "doing" or (item.status == "todo" and (item.not_before is None or item.not_before <= now))


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found.__cause__ or found
