"""`/api/base-maps/….pmtiles`: files of tiles, of which a browser asks for the pieces it draws."""

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse

from layers.errors import UnknownNameError

router = APIRouter()
PIECES = "application/vnd.pmtiles"


@router.get("/api/base-maps/{ident}.pmtiles", response_class=FileResponse, responses={206: {"content": {PIECES: {}}}})
async def read_base_map(ident: str, request: Request) -> FileResponse:
    """Return a base map's file, or the bytes of it that `Range` asks for."""
    files = {key: item.file for key, item in request.app.state.base_maps.items() if item.file}
    if ident not in files or not files[ident].is_file():  # somebody may have taken it away meanwhile
        raise UnknownNameError(kind="base map", name=ident, known=files)
    return FileResponse(files[ident], media_type=PIECES, headers={"Cache-Control": "no-cache"})
