"""Which base maps are offered: those of the pack, the one of `ONEMAP_TILES`, and files that lie ready."""

import logging
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zlib import crc32

from pydantic import ValidationError

from layers.base_maps import BaseMapSpec, plain, tile_file
from layers.errors import OneMapError, PackError
from layers.pack import City
from layers.parts import Title
from layers.settings import Settings

logger = logging.getLogger(__name__)
FROM_SETTINGS = "tiles"
TIANDITU_TOKEN = "ONEMAP_BASE_MAP_TIANDITU"  # noqa: S105 - the name of the setting that holds it
TIANDITU = (
    "https://t{s}.tianditu.gov.cn/KIND_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=KIND&STYLE=default"
    "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={token}"
)
"""Web Mercator; its CGCS 2000 is WGS 84 to within less than a pixel."""
TIANDITU_LAYERS = {"vector": ("vec", "cva"), "image": ("img", "cia"), "terrain": ("ter", "cta")}
TIANDITU_DEEPEST = {"vector": 18, "image": 18, "terrain": 14}
TIANDITU_NAMED = Title(zh="© 天地图", en="© Tianditu")


@dataclass(frozen=True)
class BaseMap:
    """A base map that can be chosen, with its token filled in."""

    spec: BaseMapSpec
    kind: Literal["tiles", "vector", "raster"]
    addresses: tuple[str, ...]
    """Templates of tiles, the lowest first; of a file its own address."""
    file: Path | None = None

    def facts(self) -> dict[str, Any]:
        """Return what the browser must know to draw it."""
        spec = self.spec
        named = spec.attribution
        return {
            "id": spec.id,
            "name": spec.title.zh,
            "name_en": spec.title.en,
            "kind": self.kind,
            "addresses": self.addresses,
            "subdomains": spec.subdomains or ["a"],
            "attribution": [named.zh, named.en] if named else ["", ""],
            "min_zoom": spec.min_zoom,
            "max_zoom": spec.max_zoom,
            "retina": spec.retina,
            "tms": spec.tms,
            "cors": spec.cors,
            "shifted": spec.datum == "gcj02",
            "shown": spec.shown,
        }

    def origins(self) -> set[str]:
        """Return whom the browser asks for its tiles."""
        return {
            f"{found.scheme}://{found.netloc}"
            for address in self.addresses
            for subdomain in self.spec.subdomains or ("",)
            if (found := urlsplit(address.replace("{s}", subdomain))).netloc
        }


def offered(settings: Settings, city: City) -> dict[str, BaseMap]:
    """Return what can be chosen, in order; where a token or a file is missing, the log says so."""
    ready = settings.data_dir / "base_maps"
    found = [*_of_settings(settings), *(item for spec in city.spec.base_maps for item in _of_pack(city, spec, ready))]
    taken = {item.file for item in found}
    found += [item for file in sorted(ready.glob("*.pmtiles")) if file not in taken for item in _lying_ready(file)]
    by_id: dict[str, BaseMap] = {}
    for item in found:
        by_id.setdefault(item.spec.id, item)
    return by_id


def _of_settings(settings: Settings) -> Iterator[BaseMap]:
    if settings.tiles is None:
        return
    says = {"id": FROM_SETTINGS, "title": {"zh": "底图", "en": "Base map"}, "url": settings.tiles, "shown": True}
    subdomains = ["a", "b", "c"] if "{s}" in settings.tiles else []
    try:
        spec = BaseMapSpec.model_validate({**says, "max_zoom": 19, "subdomains": subdomains})
    except ValidationError as mistake:
        sentence = mistake.errors()[0]["msg"].removeprefix("Value error, ")
        msg = f"ONEMAP_TILES: {settings.tiles!r}: {sentence}; [[base_maps]] of city.toml can say more"
        raise OneMapError(msg) from mistake
    yield BaseMap(spec=spec, kind="tiles", addresses=(plain(settings.tiles),))


def _of_pack(city: City, spec: BaseMapSpec, ready: Path) -> Iterator[BaseMap]:
    if spec.file:
        yield from _of_file(city, spec, ready)
        return
    setting = spec.token or (TIANDITU_TOKEN if spec.tianditu else None)
    token = os.environ.get(setting, "") if setting else ""  # only the pack knows which settings there are
    if setting and not token:
        logger.info("the base map %r is not offered: %s is not set", spec.id, setting)
        return
    if spec.tianditu:
        spec = spec.model_copy(
            update={
                "subdomains": tuple("01234567"),
                "attribution": spec.attribution or TIANDITU_NAMED,
                "max_zoom": min(spec.max_zoom, TIANDITU_DEEPEST[spec.tianditu]),
            }
        )
        templates = [TIANDITU.replace("KIND", layer) for layer in TIANDITU_LAYERS[spec.tianditu or "vector"]]
    else:
        templates = [plain(each) for each in (spec.url, spec.labels) if each]
    yield BaseMap(spec=spec, kind="tiles", addresses=tuple(each.replace("{token}", token) for each in templates))


def _of_file(city: City, spec: BaseMapSpec, ready: Path) -> Iterator[BaseMap]:
    file = next((each for folder in (city.folder, ready) if (each := folder / str(spec.file)).is_file()), None)
    if file is None:
        logger.info("the base map %r is not offered: %s is neither in the pack nor in %s", spec.id, spec.file, ready)
        return
    holds = tile_file(file)
    if holds is None:
        raise PackError(
            city.file, where=f"base_maps.{spec.id}.file", found=spec.file, right="must be PMTiles, version 3"
        )
    zooms = {"min_zoom": holds.min_zoom, "max_zoom": holds.max_zoom}
    yield BaseMap(spec.model_copy(update=zooms), holds.kind, (address_of(spec.id),), file)


def _lying_ready(file: Path) -> Iterator[BaseMap]:
    holds = tile_file(file)
    if holds is None:
        logger.warning("%s is no PMTiles file of version 3, and is not offered as a base map", file)
        return
    said = re.sub(r"[^a-z0-9_-]+", "-", file.stem.lower())
    # Of two names in Chinese nothing would be left to tell them apart.
    ident = f"file-{said}" if file.stem.isascii() else f"file-{said.strip('-')}-{crc32(file.stem.encode()):08x}"
    title = Title(zh=file.stem, en=file.stem)
    zooms = {"min_zoom": holds.min_zoom, "max_zoom": holds.max_zoom}
    yield BaseMap(BaseMapSpec(id=ident, title=title, file=file.name, **zooms), holds.kind, (address_of(ident),), file)


def address_of(ident: str) -> str:
    """Return where a file of tiles is served."""
    return f"/api/base-maps/{ident}.pmtiles"


def policy(base_maps: Mapping[str, BaseMap], scripts: list[str]) -> str:
    """Return what a page may ask for and run: its own, and the tiles of the base maps offered."""
    tiles = sorted({origin for item in base_maps.values() for origin in item.origins()})
    allowed = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *scripts],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:", *tiles],
        "font-src": ["'self'", "data:"],
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
    }
    return "; ".join(" ".join([what, *whom]) for what, whom in allowed.items())
