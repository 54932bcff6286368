"""Every error as `application/problem+json`, with a sentence a person can use."""

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFreeError
from starlette.exceptions import HTTPException

from layers.errors import (
    ExportsBusyError,
    FilterError,
    FontMissingError,
    NameTakenError,
    OneMapError,
    PlacedError,
    UnknownNameError,
)

logger = logging.getLogger(__name__)
KNOWN_SHOWN = 100
RETRY_AFTER = "10"
STOPPED = "57014"
NO_SUCH_TABLE = "42P01"
AWAY = "the database does not answer; ask again in a moment"
BUSY = "all connections to the database are in use; ask again in a moment"
SLOW = "the question took too long and was stopped; ask for a shorter period or a smaller area"
EMPTY = "the database has no tables yet; run `onemap init`"
BROKEN = "something is wrong with OneMap itself; the server's log says what"


def problem(status: int, detail: str, **more: object) -> JSONResponse:
    """Return a problem: its title is the status in words, its detail the sentence."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


def unavailable(detail: str, reason: str) -> JSONResponse:
    """Return the problem of a database that did not answer this time, and why, in a word."""
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, reason=reason)


def install(app: FastAPI) -> None:
    """Answer every error of an application as a problem."""
    for kind in (OneMapError, RequestValidationError, HTTPException, DBAPIError, NoConnectionFreeError, TimeoutError):
        app.add_exception_handler(kind, answer)
    app.add_exception_handler(Exception, answer)


async def answer(request: Request, error: Exception) -> Response:
    """Return what is said to whoever caused or met an error."""
    match error:
        case UnknownNameError():
            # A name in the path is a thing that is not there; in the query, a question that makes no sense.
            status = HTTPStatus.NOT_FOUND if error.name in request.path_params.values() else HTTPStatus.BAD_REQUEST
            found = problem(status, str(error), kind=error.kind, value=error.name, known=error.known[:KNOWN_SHOWN])
        case FilterError():
            found = problem(HTTPStatus.BAD_REQUEST, str(error), parameter=error.name, value=error.value)
        case NameTakenError() | PlacedError():
            found = _conflict(error)
        case ExportsBusyError():
            found = unavailable(str(error), "exports")
            found.headers["Retry-After"] = RETRY_AFTER
        case FontMissingError():
            found = unavailable(str(error), "font")
        case RequestValidationError():
            found = _invalid(error)
        case HTTPException():
            found = _refused(request, error)
        case DBAPIError():
            found = _database(error)
        case NoConnectionFreeError() | TimeoutError():
            away = isinstance(error, TimeoutError)
            found = unavailable(AWAY if away else BUSY, "away" if away else "busy")
        case _:
            logger.error("no answer to %s", request.url, exc_info=error)
            found = problem(HTTPStatus.INTERNAL_SERVER_ERROR, BROKEN)
    return found


def _conflict(error: NameTakenError | PlacedError) -> JSONResponse:
    if isinstance(error, PlacedError):
        return problem(HTTPStatus.CONFLICT, str(error), reason="placed")
    return problem(HTTPStatus.CONFLICT, str(error), value=error.name, slug=error.slug)


def _invalid(error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return problem(HTTPStatus.BAD_REQUEST, f"{where} is {first['input']!r}; {first['msg']}", parameter=where)


def _refused(request: Request, error: HTTPException) -> JSONResponse:
    if error.status_code == HTTPStatus.NOT_FOUND:
        sentence = f"there is nothing at {request.url.path!r}; /api/docs lists every address"
    else:
        sentence = str(error.detail)
    refused = problem(error.status_code, sentence)
    refused.headers.update(error.headers or {})
    return refused


def _database(error: DBAPIError) -> JSONResponse:
    state = getattr(error.orig, "sqlstate", None)
    if state == STOPPED:
        return unavailable(SLOW, "slow")
    if state == NO_SUCH_TABLE:
        return unavailable(EMPTY, "empty")
    if isinstance(error, OperationalError | InterfaceError):
        logger.warning("the database does not answer: %s", error.orig)
        return unavailable(AWAY, "away")
    logger.error("a question failed", exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, BROKEN)
