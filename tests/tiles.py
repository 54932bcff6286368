"""A server of tiles and a file of tiles, for tests of base maps."""

import gzip
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from sqlalchemy import Connection, text

SIZE = 256
MVT = text("""
    WITH bounds AS (SELECT ST_TileEnvelope(:z, :x, :y) AS box),
    sea AS (SELECT ST_AsMVTGeom(box, box, 4096, 0) AS geom FROM bounds)
    SELECT ST_AsMVT(sea, :layer, 4096, 'geom') FROM sea
""")


def picture(red: int, green: int, blue: int) -> bytes:
    """Return a tile of one colour as PNG."""
    row = b"\0" + bytes((red, green, blue)) * SIZE

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * SIZE)) + chunk(b"IEND", b"")


class Tiles:
    """What was asked of a server of tiles, and whether it answers."""

    def __init__(self) -> None:
        """Begin with a server that answers."""
        self.asked: list[str] = []
        self.well = True
        self.every = 1
        """One column of tiles in so many is there."""
        self.origin = ""


@contextmanager
def tile_server() -> Iterator[Tiles]:
    """Serve one red tile at every address."""
    tiles = Tiles()
    tile = picture(200, 40, 40)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            tiles.asked.append(self.path)
            there = tiles.well and int(self.path.split("/")[-2]) % tiles.every == 0
            self.send_response(200 if there else 503)
            self.send_header("Content-Type", "image/png")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(tile if there else b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the standard library
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        tiles.origin = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield tiles
        server.shutdown()


def write_tiles(file: Path, connection: Connection, layer: str, *, deepest: int, inside: tuple[float, ...]) -> None:
    """Write PMTiles of one layer that is everywhere, made by PostGIS, of the tiles around a place."""
    with file.open("wb") as content:
        writer = Writer(content)
        for z in range(deepest + 1):
            x, y = (int(share * 2**z) for share in inside)
            for column in range(max(x - 2, 0), min(x + 3, 2**z)):
                for row in range(max(y - 2, 0), min(y + 3, 2**z)):
                    said = {"z": z, "x": column, "y": row, "layer": layer}
                    tile = bytes(connection.scalar(MVT, said))
                    writer.write_tile(zxy_to_tileid(z, column, row), gzip.compress(tile))
        head = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": -1800000000,
            "min_lat_e7": -850000000,
            "max_lon_e7": 1800000000,
            "max_lat_e7": 850000000,
            "center_zoom": 0,
            "center_lon_e7": 0,
            "center_lat_e7": 0,
        }
        writer.finalize(head, {"vector_layers": [{"id": layer, "fields": {}}]})
