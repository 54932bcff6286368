"""What may lie under the polygons: the base maps a pack declares, and what a file of tiles says of itself."""

import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from layers.parts import Name, Named, Title

Setting = Annotated[str, Field(pattern=r"^ONEMAP_BASE_MAP_[A-Z0-9_]+$")]
Datum = Literal["wgs84", "gcj02"]
Template = Annotated[str, Field(pattern=r"^(https?://|/)")]
WMTS = {"TileMatrix": "z", "TileRow": "y", "TileCol": "x"}
BLANKS = {"z", "x", "y", "-y", "s", "r", "token"}
SHIFTED = ("amap.com", "autonavi.com", "gtimg.com", "map.qq.com")
"""Whose tiles are in GCJ-02; what lies under WGS 84 data would be hundreds of metres off."""
NONE = "none"
"""What the address calls a map without a base map."""


class BaseMapSpec(Named):
    """One of `[[base_maps]]`: tiles at an address, a map of Tianditu, or a file of tiles."""

    title: Title
    url: Template | None = None
    """Where tiles are: XYZ with `{z}`, `{x}`, `{y}`, or WMTS with `{TileMatrix}`, `{TileCol}`, `{TileRow}`. `{s}` is
    a subdomain, `{r}` becomes `@2x` on dense screens, `{-y}` counts rows from the south, `{token}` is the token."""
    tianditu: Literal["vector", "image", "terrain"] | None = None
    """A map of 天地图 with its names; needs a token."""
    file: str | None = None
    """A PMTiles file of the pack, or of `base_maps` in the data folder."""
    labels: Template | None = None
    """Where tiles with names are, to lie over the others."""
    token: Setting | None = None
    """The setting that holds the token, which no pack may; while it is not set, the base map is not offered."""
    subdomains: tuple[str, ...] = ()
    attribution: Name | None = None
    """Whom the map must name; links are allowed."""
    min_zoom: int = Field(default=0, ge=0, le=24)
    max_zoom: int = Field(default=18, ge=0, le=24)
    """The deepest zoom there are tiles for; nearer ones are drawn from these."""
    retina: bool = False
    """Whether dense screens take the tiles of the next zoom, at half their size."""
    tms: bool = False
    """Whether rows are counted from the south."""
    cors: bool = False
    """Whether the server lets pages copy its tiles, so that pictures of the map may hold them."""
    datum: Datum | None = None
    """`wgs84` (CGCS 2000 is the same here), or `gcj02`, which is then moved to where our data is."""
    shown: bool = False
    """Whether the map begins with it."""

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if [self.url, self.tianditu, self.file].count(None) != len(("url", "tianditu", "file")) - 1:
            msg = "needs either a url, tianditu or a file"
            raise ValueError(msg)
        if self.id == NONE:
            msg = f"{NONE!r} stands for no base map; take another id"
            raise ValueError(msg)
        if self.min_zoom > self.max_zoom:
            msg = f"min_zoom {self.min_zoom} is above max_zoom {self.max_zoom}"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _templates_can_be_filled(self) -> Self:
        for template in (self.url, self.labels):
            if template is None:
                continue
            blanks = set(re.findall(r"\{([^{}]*)\}", plain(template)))
            if unknown := blanks - BLANKS:
                msg = f"{{{min(unknown)}}} is not known; write what stands there, or one of {sorted(BLANKS)}"
                raise ValueError(msg)
            if not {"z", "x"} <= blanks or not blanks & {"y", "-y"}:
                msg = f"{template!r} needs {{z}}, {{x}} and {{y}}, or {{TileMatrix}}, {{TileCol}} and {{TileRow}}"
                raise ValueError(msg)
            for blank, given, key in (("s", self.subdomains, "subdomains"), ("token", self.token, "token")):
                if blank in blanks and not given:
                    msg = f"{{{blank}}} needs {key}"
                    raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _datum_is_stated(self) -> Self:
        host = urlsplit(self.url or "").hostname or ""
        if self.datum is None and host.endswith(SHIFTED):
            msg = f"the tiles of {host} are in GCJ-02, hundreds of metres off; say datum = 'gcj02' to have them moved"
            raise ValueError(msg)
        if self.datum == "gcj02" and self.file:
            msg = "datum 'gcj02' is not for files, which are in WGS 84"
            raise ValueError(msg)
        return self


def plain(template: str) -> str:
    """Return an address of tiles with the blanks of XYZ where it has those of WMTS."""
    for theirs, ours in WMTS.items():
        template = re.sub(rf"\{{{theirs}\}}", f"{{{ours}}}", template, flags=re.IGNORECASE)
    return template


@dataclass(frozen=True)
class TileFile:
    """What a PMTiles file says in its first bytes."""

    kind: Literal["vector", "raster"]
    min_zoom: int
    max_zoom: int


HEADER = struct.Struct("<7sB91xBBB")
VERSION = 3
KINDS: dict[int, Literal["vector", "raster"]] = {1: "vector", 2: "raster", 3: "raster", 4: "raster", 5: "raster"}


def tile_file(file: Path) -> TileFile | None:
    """Read what a file of tiles holds; nothing if it is no PMTiles of version 3 with tiles a browser can draw."""
    with file.open("rb") as content:
        head = content.read(HEADER.size)
    if len(head) < HEADER.size:
        return None
    magic, version, kind, low, high = HEADER.unpack(head)
    if magic != b"PMTiles" or version != VERSION or kind not in KINDS:
        return None
    return TileFile(kind=KINDS[kind], min_zoom=low, max_zoom=high)
