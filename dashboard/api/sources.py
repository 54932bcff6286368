"""`/api/sources`: where the data comes from and how fresh it is."""

from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import RowMapping

from dashboard.asking import AConnection, TheCity
from layers import jobs, sources
from layers.jobs import Doing, Standing
from layers.pack import City
from layers.sources import Freshness
from layers.specs import SourceSpec

router = APIRouter()


class LoadAnswer(BaseModel):
    """One run of a source."""

    id: int
    state: str
    started_at: datetime
    finished_at: datetime | None
    rows_read: int | None
    rows_loaded: int | None
    rows_unchanged: int | None
    rows_rejected: int | None


class JobAnswer(BaseModel):
    """What a scheduler does about a source, and when it is loaded next unless new files come first."""

    state: Doing
    tries: int
    next_at: datetime | None


class SourceAnswer(BaseModel):
    """A source, its last run, and how it stands: `fresh`, `due`, `overdue`, or `unknown` before the first load."""

    id: str
    name: str
    name_en: str
    owner: str
    owner_en: str
    refresh: str
    share: str
    feeds: str
    data_time: datetime | None
    freshness: Freshness
    last_load: LoadAnswer | None
    job: JobAnswer | None
    """Null where no scheduler is at work."""


@router.get("/api/sources")
async def read_sources(connection: AConnection, city: TheCity) -> list[SourceAnswer]:
    """Return every source of the city, in the order of their ids."""
    rows = {row["code"]: row for row in (await connection.execute(sources.last_loads())).mappings()}
    stands = {}
    if await connection.scalar(jobs.schedulers()):
        stands = {row.source: jobs.standing(row) for row in await connection.execute(jobs.standings())}
    now = datetime.now(UTC)
    return [
        described(spec, rows.get(code), city, now).model_copy(update={"job": job(spec, stands.get(code), city)})
        for code, spec in city.sources.items()
    ]


def job(spec: SourceSpec, stands: Standing | None, city: City) -> JobAnswer | None:
    """Tell of a source's job, in the city's time."""
    if stands is None:
        return None
    next_at = stands.next_at(spec)
    return JobAnswer(state=stands.doing, tries=stands.tries, next_at=next_at and next_at.astimezone(city.time_zone))


def described(spec: SourceSpec, row: RowMapping | None, city: City, now: datetime) -> SourceAnswer:
    """Put a source and its last load together."""
    reached: datetime | None = row["reached"] if row else None
    return SourceAnswer(
        id=spec.id,
        name=spec.title.zh,
        name_en=spec.title.en,
        owner=spec.owner.zh,
        owner_en=spec.owner.en,
        refresh=spec.refresh,
        share=spec.share,
        feeds=spec.feeds,
        data_time=reached and reached.astimezone(city.time_zone),
        freshness=sources.freshness(spec, reached, now),
        last_load=last(row, city) if row and row["id"] is not None else None,
        job=None,
    )


def last(row: RowMapping, city: City) -> LoadAnswer:
    """Tell of a load, in the city's time."""
    said = {name: row[name] for name in LoadAnswer.model_fields}
    times = {name: row[name] and row[name].astimezone(city.time_zone) for name in ("started_at", "finished_at")}
    return LoadAnswer(**said | times)
