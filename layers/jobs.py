"""Questions about jobs: what schedulers have put down to do, and how each source stands between its loads and them.

The tables are procrastinate's, made by the migration `0006_jobs`; only it writes them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, Text, and_, cast, column, func, select, table, true

from layers.model import load, source
from layers.questions import Question
from layers.sources import state
from layers.specs import SourceSpec

SCHEMA = "jobs"
TABLES_SINCE = "03.04.00"
"""The version of procrastinate that last changed its tables."""
OPTIONS = f"-c search_path={SCHEMA},public"
"""What a connection says to reach procrastinate's tables, whose statements name no schema."""
MEND = timedelta(days=1)
"""After how long at most a source that failed is tried again, however rarely it is due."""
ALIVE = timedelta(seconds=60)
"""How long ago a scheduler that works may have been heard of."""
JOBS = table(
    "procrastinate_jobs",
    *map(column, ("id", "queueing_lock", "args", "status", "scheduled_at", "attempts")),
    schema=SCHEMA,
)
EVENTS = table("procrastinate_events", *map(column, ("job_id", "type", "at")), schema=SCHEMA)
WORKERS = table("procrastinate_workers", column("last_heartbeat"), schema=SCHEMA)

OPEN = ("todo", "doing")
"""How procrastinate calls what is not done."""
Doing = Literal["running", "waiting", "retrying", "failed", "idle"]


@dataclass(frozen=True)
class Standing:
    """A source between its last load and its last job."""

    source: str
    load: int | None
    began: datetime | None
    state: str | None
    message: str | None
    """Why the last load failed."""
    changed: int | None
    """The last load that wrote anything."""
    changed_at: datetime | None
    job: int | None
    status: str | None
    tries: int
    """How often the job was tried and given up."""
    not_before: datetime | None
    """When it is tried again."""
    at: datetime | None
    """When anything last happened to it."""
    seen: str | None
    """What its files were when the job was put down."""
    why: str | None

    @property
    def open(self) -> bool:
        """Whether there is something left to do."""
        return self.status in OPEN

    @property
    def doing(self) -> Doing:
        """What people call it."""
        if self.status == "doing":
            return "running"
        if self.status == "todo":
            return "retrying" if self.tries else "waiting"
        return "failed" if self.status == "failed" else "idle"

    @property
    def attempted(self) -> datetime | None:
        """When the source was last tried; a job that failed may have ended before it could record a load."""
        known = [self.began, None if self.status == "succeeded" else self.at]
        return max((moment for moment in known if moment is not None), default=None)

    def next_at(self, spec: SourceSpec) -> datetime | None:
        """Return when it is loaded next, unless new files come first; nothing where that is as soon as may be."""
        if self.open:
            return self.not_before if self.status == "todo" else None
        period = timedelta(minutes=spec.refresh_minutes)
        if self.status == "failed" or self.state in {"failed", "interrupted"}:
            period = min(period, MEND)
        return self.attempted and self.attempted + period


def standings() -> Question:
    """Ask how every source stands, in one statement: what a job has done and that it is done are seen together."""
    past = load.alias("past")
    own = select(past).where(past.c.source_id == source.c.id).order_by(past.c.id.desc()).limit(1)
    message = past.c.detail["message"].astext.label("message")
    last = own.with_only_columns(past.c.id, past.c.started_at, state(past), message).lateral("last")
    wrote = own.where(past.c.state == "published").with_only_columns(past.c.id, past.c.finished_at).lateral("wrote")
    job = _newest_job().lateral("job")
    return (
        select(
            source.c.code.label("source"),
            last.c.id.label("load"),
            last.c.started_at.label("began"),
            last.c.state,
            last.c.message,
            wrote.c.id.label("changed"),
            wrote.c.finished_at.label("changed_at"),
            job.c.id.label("job"),
            job.c.status,
            func.coalesce(job.c.attempts, 0).label("tries"),
            job.c.scheduled_at.label("not_before"),
            job.c.at,
            job.c.seen,
            job.c.why,
        )
        .select_from(source)
        .outerjoin(last, true())
        .outerjoin(wrote, true())
        .outerjoin(job, true())
        .order_by(source.c.code)
    )


def standing(row: Row[Any]) -> Standing:
    """Return what a row of the answer says."""
    return Standing(**row._mapping)  # noqa: SLF001 - how SQLAlchemy calls a row as a mapping


def schedulers() -> Question:
    """Ask how many schedulers were heard of lately."""
    return select(func.count()).select_from(WORKERS).where(WORKERS.c.last_heartbeat > func.now() - ALIVE)


def _newest_job() -> Question:
    happened = select(func.max(EVENTS.c.at)).where(
        and_(EVENTS.c.job_id == JOBS.c.id, cast(EVENTS.c.type, Text) != "scheduled")  # that one lies in the future
    )
    return (
        select(
            JOBS.c.id,
            cast(JOBS.c.status, Text).label("status"),
            JOBS.c.attempts,
            JOBS.c.scheduled_at,
            happened.scalar_subquery().label("at"),
            JOBS.c.args.op("->>")("seen").label("seen"),
            JOBS.c.args.op("->>")("why").label("why"),
        )
        .where(JOBS.c.queueing_lock == source.c.code)
        .order_by(JOBS.c.id.desc())
        .limit(1)
    )
