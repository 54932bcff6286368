"""`/api/export/…`: exactly what the filter selects, as a file."""

from contextlib import ExitStack
from functools import partial
from secrets import token_hex
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from dashboard.api.incidents import UNPLACED
from dashboard.api.levels import Method
from dashboard.asking import TheCity, documented, filter_besides
from dashboard.takeaway import files
from dashboard.takeaway.drawing import Look
from dashboard.takeaway.exports import Download, Exports, File, Progress, started
from dashboard.takeaway.files import FORMATS, Wish
from dashboard.takeaway.names import disposition
from dashboard.words import Language
from layers import indicators
from layers.errors import UnknownNameError
from layers.filters import Filter
from layers.parameters import numbers

router = APIRouter()
OWN = ("language", "text", "job", "unplaced", "level")
LOOKS = ("level", "indicator", "classes", "breaks", "ramp", "layers")
Level = Annotated[str | None, Query(description="A level below the unit, all of whose units are meant.")]
Job = Annotated[
    str | None,
    Query(pattern="^[0-9a-zA-Z-]{8,64}$", description="A name of your own choice to ask `/api/export/jobs/…` with."),
]


class ProgressAnswer(BaseModel):
    """How far an export is: `state` is running, done, failed, or ended because nobody waited for it any more."""

    state: str
    rows: int
    total: int | None
    detail: str | None


async def the_exports(request: Request) -> Exports:
    """Return the exports under way."""
    exports: Exports = request.app.state.exports
    return exports


TheExports = Annotated[Exports, Depends(the_exports)]


async def the_look(  # noqa: PLR0913 - each is a parameter of the address
    city: TheCity,
    *,
    indicator: Annotated[str, Query(description="What colours the units; `/api/indicators` lists them.")] = "count",
    classes: Annotated[Method, Query(description="How the colours' classes are cut.")] = "quantile",
    breaks: Annotated[str, Query(description="The upper ends of classes cut by hand: `10,20,50`.")] = "",
    ramp: Annotated[Literal["cyan", "violet", "green"], Query(description="Which colours.")] = "cyan",
    layers: Annotated[str, Query(description="What lies over the units: ids of `/api/layers`, with commas.")] = "",
) -> Look:
    """Read how a map is to look."""
    chosen = [layer for layer in layers.split(",") if layer]
    if unknown := [layer for layer in chosen if layer not in city.layers]:
        raise UnknownNameError(kind="layer", name=unknown[0], known=list(city.layers))
    return Look(indicators.one(indicator, city), classes, numbers("breaks", breaks), ramp, chosen)


@router.get("/api/export/jobs/{job}")
async def read_progress(job: str, exports: TheExports) -> ProgressAnswer:
    """Tell how many rows of an export are written."""
    found = exports.progress(job)
    return ProgressAnswer(state=found.state, rows=found.rows, total=found.total, detail=found.detail)


@router.get(
    "/api/export/map.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
    openapi_extra=documented(),
)
async def read_page(  # noqa: PLR0913 - each is a parameter of the address
    city: TheCity,
    exports: TheExports,
    asked: Annotated[Filter, Depends(filter_besides("language", "paper", "job", *LOOKS))],
    *,
    look: Annotated[Look, Depends(the_look)],
    level: Level = None,
    language: Language = "zh",
    paper: Literal["a4", "a3"] = "a4",
    job: Job = None,
) -> Response:
    """Return the map of the units below a unit, coloured by an indicator, with the layers asked for, as one page."""
    progress = exports.begin(job or token_hex(8))
    wish = Wish("map", "pdf", asked, language, level=level)
    make = partial(files.begin_page, wish, exports=exports, city=city, look=look, size=paper)
    return download(*await started(make, progress), progress)


@router.get(
    "/api/export/{what}.{ending}",
    response_class=Response,
    responses={200: {"content": {form.kind.partition(";")[0]: {} for form in FORMATS.values()}}},
    openapi_extra=documented(),
)
async def read_rows(  # noqa: PLR0913 - each is a parameter of the address
    what: str,
    ending: Literal["csv", "xlsx", "geojson", "gpkg"],
    city: TheCity,
    exports: TheExports,
    asked: Annotated[Filter, Depends(filter_besides(*OWN))],
    *,
    language: Annotated[Language, Query(description="Of headers, names and notes.")] = "zh",
    text: Annotated[
        Literal["guarded", "verbatim"],
        Query(description="Of CSV: whether text that spreadsheets would run as a formula gets an apostrophe."),
    ] = "guarded",
    unplaced: Annotated[bool, Query(description=f"Of incidents: {UNPLACED}.")] = False,
    level: Level = None,
    job: Job = None,
) -> Response:
    """Return `incidents`, a layer's features, or `units` (those below, with their figures) as a file.

    `X-Total-Rows` says how many rows it has, as many as `/api/summary` counts. Two exports run at a time.
    """
    wish = Wish(what, ending, asked, language, verbatim=text == "verbatim", unplaced=unplaced, level=level)
    progress = exports.begin(job or token_hex(8))
    make = partial(files.begin, wish, exports=exports, city=city, progress=progress)
    return download(*await started(make, progress), progress)


def download(file: File, held: ExitStack, progress: Progress) -> Download:
    """Return the answer that sends a file."""
    rows = {} if file.total is None else {"X-Total-Rows": str(file.total)}
    headers = {"Content-Disposition": disposition(file.name), "Cache-Control": "no-store", **rows}
    return Download(file, progress=progress, held=held, headers=headers)
