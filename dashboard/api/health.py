"""`/healthz`: is there a database to answer from."""

import asyncio

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import text

PATIENCE = 3.0
router = APIRouter()


class Health(BaseModel):
    """Alive; an ailing database is answered with 503 instead."""

    status: str = "ok"
    database: str


@router.get("/healthz")
async def healthz(request: Request) -> Health:
    """Return 200 while the database answers within three seconds, else 503."""
    async with asyncio.timeout(PATIENCE), request.app.state.engine.connect() as connection:
        version = (await connection.execute(text("SHOW server_version"))).scalar_one()
    return Health(database=f"PostgreSQL {version}")
