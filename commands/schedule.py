"""`onemap schedule` and `onemap jobs`: sources loaded when they are due, and how that goes."""

import asyncio
import logging
import signal
import sys
from datetime import datetime
from typing import Annotated

import typer

from commands.loading import AsJson
from commands.session import Session, out, session, show
from etl.schedule.pace import Pace
from etl.schedule.scheduler import Scheduler
from layers.errors import OneMapError
from layers.jobs import Standing, schedulers, standing, standings
from layers.plural import counted
from layers.settings import Settings
from layers.sources import HELD

app = typer.Typer()
PACE = Pace()


@app.command()
def schedule(  # noqa: PLR0913 - each is an option of the command
    *,
    once: Annotated[bool, typer.Option("--once", help="load all that is due, then end; for cron")] = False,
    workers: Annotated[int, typer.Option(min=1, help="loads at once")] = PACE.workers,
    every: Annotated[float, typer.Option(min=0.1, help="seconds between two looks at what is due")] = PACE.every,
    settle: Annotated[
        float, typer.Option(min=0, help="seconds a file must have been left alone before it is taken")
    ] = PACE.settle,
    retry: Annotated[
        float, typer.Option(min=0.1, help="seconds before the second try; doubled each time, an hour at most")
    ] = PACE.retry,
    tries: Annotated[int, typer.Option(min=1, help="how often what may pass is tried")] = PACE.tries,
    grace: Annotated[float, typer.Option(min=0, help="seconds a load may take to finish after a stop")] = PACE.grace,
    lost: Annotated[
        float, typer.Option(min=1, help="seconds after which a silent scheduler's jobs are taken up by another")
    ] = PACE.lost,
) -> None:
    """Load every source when it is due or sends files, until Ctrl-C; any number may run at once.

    With --once the exit code is 1 where a source failed, is held or waits for another try, else 0.
    """
    if grace >= lost:
        msg = f"--grace is {grace:g}, --lost {lost:g}; --lost must be longer, or others take up what is finishing"
        raise OneMapError(msg)
    pace = Pace(workers=workers, every=every, settle=settle, retry=retry, tries=tries, grace=grace, lost=lost)
    for name in ("procrastinate", "psycopg.pool", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is told below, in a line
    with session(Settings()) as opened:
        failed = asyncio.run(_run(opened, pace, once=once))
    if failed:
        sys.exit(1)


@app.command()
def jobs(*, as_json: AsJson = False) -> None:
    """Show how every source stands: running, waiting, retrying or failed, how often tried, when next."""
    with session(Settings()) as opened, opened.engine.connect() as connection:
        alive = connection.execute(schedulers()).scalar_one()
        stands = [standing(row) for row in connection.execute(standings())]
    rows = [_row(opened, item) for item in stands if item.source in opened.city.sources]
    show(rows, as_json=as_json)
    if not as_json:
        out.print(
            f"schedulers at work: {alive}" + ("" if alive else "; nothing is loaded until `onemap schedule` runs")
        )


async def _run(opened: Session, pace: Pace, *, once: bool) -> bool:
    """Work until done or told to stop; say whether anything is not as it should be."""
    inbox = opened.settings.inbox
    scheduler = Scheduler(opened.city, opened.url, inbox=inbox, pace=pace, tell=_tell)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, _stop, scheduler, pace)
    _tell(f"{counted(len(opened.city.sources), 'source')} of {opened.city.folder}; new files are looked for in {inbox}")
    await (scheduler.once() if once else scheduler.keep())
    if not once:
        return False
    with opened.engine.connect() as connection:
        stands = [standing(row) for row in connection.execute(standings())]
    return any(item.doing in {"failed", "retrying"} or item.state == HELD for item in stands)


def _stop(scheduler: Scheduler, pace: Pace) -> None:
    _tell(f"stopping; what runs has {pace.grace:g} s to finish, then it is rolled back and done at the next start")
    scheduler.stop()


def _tell(sentence: str) -> None:
    out.print(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {sentence}", markup=False, soft_wrap=True)


def _row(opened: Session, item: Standing) -> dict[str, object]:
    source = opened.city.sources[item.source]
    return {
        "source": item.source,
        "state": item.doing,
        "why": item.why,
        "tries": item.tries,
        "next": _local(opened, item.next_at(source)),
        "last_load": item.load,
        "ended": item.state,
        "message": item.message,
    }


def _local(opened: Session, moment: datetime | None) -> str | None:
    return moment.astimezone(opened.city.time_zone).strftime("%Y-%m-%d %H:%M:%S") if moment else None
