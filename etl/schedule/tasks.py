"""The one thing that jobs do, what is said about it, and when it is tried again."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job
from sqlalchemy import make_url

from etl.schedule.loaders import NotNowError, RefusedError
from etl.schedule.pace import Pace, lasting
from layers.jobs import OPTIONS
from layers.plural import counted

TASK = "load"
CONNECT = 10
"""Seconds that the database may take to take a connection."""
Tell = Callable[[str], None]
Load = Callable[[str], Awaitable[dict[str, Any]]]


class Patience(BaseRetryStrategy):
    """Tries again what may pass, later each time, and at once what was ended only because the scheduler was."""

    def __init__(self, pace: Pace) -> None:
        """Keep the pace."""
        self.pace = pace

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Say when to try again, if ever."""
        if not isinstance(exception, Exception):  # cancelled
            return RetryDecision(retry_at=datetime.now(UTC))
        if not isinstance(exception, NotNowError) or job.attempts + 1 >= self.pace.tries:
            return None
        return RetryDecision(retry_at=datetime.now(UTC) + self.pace.pause(job.attempts + 1))


def jobs_app(url: str, load_source: Load, *, pace: Pace, tell: Tell) -> App:
    """Return procrastinate's view of the database, with the task that loads a source."""
    connector = PsycopgConnector(
        conninfo=make_url(url).set(drivername="postgresql").render_as_string(hide_password=False),
        kwargs={"options": OPTIONS, "connect_timeout": CONNECT, "application_name": "onemap schedule"},
        min_size=1,
        max_size=4,
    )
    app = App(connector=connector)

    async def load(context: JobContext, source: str, why: str, seen: str) -> None:  # noqa: ARG001 - kept in the job
        begun = context.job.attempts
        tell(f"{source}: loading ({why}" + (f", try {begun + 1} of {pace.tries})" if begun else ")"))
        try:
            tell(f"{source}: {_said(await load_source(source))}")
        except NotNowError as mistake:
            tries = begun + 1
            if tries >= pace.tries:
                tell(f"{source}: {mistake}; tried {counted(tries, 'time')}, given up until it is due again")
            else:
                tell(f"{source}: {mistake}; try {tries} of {pace.tries}, the next in {lasting(pace.pause(tries))}")
            raise
        except RefusedError as mistake:
            tell(f"{source}: {mistake}; waits for another file, or until it is due again")
            raise

    app.task(name=TASK, pass_context=True, retry=Patience(pace))(load)
    return app


def _said(outcome: dict[str, Any]) -> str:
    if outcome["held"]:
        return str(outcome["held"])
    counts = ", ".join(
        f"{outcome[name]} {name}" for name in ("loaded", "unchanged", "rejected", "retired") if outcome[name]
    )
    return f"{outcome['state']}, {counts or 'no rows'} (load {outcome['load_id']})"
