"""Files as nobody should send them: cut, flipped, garbled, nested, packed with malice, disguised; always the same."""

import gzip
import io
import json
import random
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tests.etl.readers.samples import FILES, sample, zipped

SEED = 20_260_601
FORMATS = ("csv", "excel", "flatgeobuf", "geojson", "gpkg", "json", "kml", "parquet", "shapefile", "topojson")
TEXTS = frozenset({"csv", "geojson", "json", "kml", "topojson"})
Change = Callable[[bytes, random.Random], bytes]


@dataclass(frozen=True)
class Damaged:
    """A damaged file."""

    format: str
    kind: str
    file: Path


def cut(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(len(content))]


def flipped(content: bytes, dice: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(dice.choice([1, 3, 10, 50])):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def blanked(content: bytes, dice: random.Random) -> bytes:
    at, size = dice.randrange(len(content)), dice.randrange(1, 64)
    return content[:at] + dice.choice([b"\x00", b"\xff"]) * size + content[at + size :]


def grown(content: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(content))
    return content[:at] + dice.randbytes(dice.randrange(1, 200)) + content[at:]


def swapped(content: bytes, dice: random.Random) -> bytes:
    at, to = sorted(dice.randrange(len(content)) for _ in range(2))
    return content[to:] + content[at:to] + content[:at]


def garbled(content: bytes, dice: random.Random) -> bytes:
    text = content.decode(errors="replace")
    return text.encode(dice.choice(["utf-16", "utf-16-be", "gb18030", "big5", "latin-1", "utf-32"]), errors="replace")


def numberless(content: bytes, dice: random.Random) -> bytes:
    for number in (b"121.5", b"29.8", b"0", b"1"):
        content = content.replace(
            number, dice.choice([b"NaN", b"Infinity", b"-1e999", b"1e400", b"0x1F", b"\xef\xbc\x91"]), 2
        )
    return content


def nested(_: bytes, dice: random.Random) -> bytes:
    depth = dice.choice([100, 5_000, 200_000])
    collection = b'{"type":"GeometryCollection","geometries":['
    ways = (
        b"[" * depth,
        b'{"a":' * depth + b"1" + b"}" * depth,
        b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
        + collection * depth
        + b"]}" * depth
        + b"}]}",
        b"<kml><Document>" + b"<Folder>" * depth + b"</Folder>" * depth + b"</Document></kml>",
        b'{"type":"Topology","arcs":[],"objects":{"a":' + collection * depth + b"]}" * depth + b"}}",
    )
    return dice.choice(ways)


CHANGES: tuple[Change, ...] = (cut, flipped, flipped, blanked, grown, swapped)


class Damage:
    """Makes damaged files in a folder, out of samples; some name a server or a canary they must not reach."""

    def __init__(self, folder: Path, *, server: str, canary: Path) -> None:
        """Take what the files shall try to reach."""
        self.folder = folder
        self.server = server
        self.canary = canary
        self.dice = random.Random(SEED)  # noqa: S311 - to be the same every time
        self.bomb = bytes(400 << 20)

    def files(self, number: int) -> Iterator[Damaged]:
        """Yield so many."""
        makers = (self._changed, self._changed, self._changed, self._text, self._packed, self._disguised)
        for at in range(number):
            folder = self.folder / str(at)
            yield makers[at % len(makers)](folder, FORMATS[at // len(makers) % len(FORMATS)])

    def _changed(self, folder: Path, name: str) -> Damaged:
        file = sample(folder, name)
        change = self.dice.choice(CHANGES)
        parts = sorted(folder.glob("case.*")) if name == "shapefile" else [file]
        part = self.dice.choice(parts)
        part.write_bytes(change(part.read_bytes(), self.dice))
        return Damaged(name, change.__name__, file)

    def _text(self, folder: Path, name: str) -> Damaged:
        changes: tuple[Change, ...] = (garbled, numberless, nested) if name in TEXTS else (nested, swapped, grown)
        change = self.dice.choice(changes)
        file = sample(folder, name)
        file.write_bytes(change(file.read_bytes(), self.dice))
        return Damaged(name, change.__name__, file)

    def _packed(self, folder: Path, name: str) -> Damaged:
        file = sample(folder, name)
        kind, content = self.dice.choice(self._tricks(file, name))()
        archive = folder / f"packed{file.suffix if name == 'excel' else '.zip'}"
        archive.write_bytes(content)
        return Damaged(name, kind, archive)

    def _tricks(self, file: Path, name: str) -> list[Callable[[], tuple[str, bytes]]]:
        def made(*entries: tuple[str | ZipInfo, bytes]) -> bytes:
            whole = io.BytesIO()
            with ZipFile(whole, "w", ZIP_DEFLATED, compresslevel=1) as archive:
                for entry, content in entries:
                    archive.writestr(entry, content)
            return whole.getvalue()

        def link() -> bytes:
            entry = ZipInfo(FILES[name])
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            return made((entry, str(self.canary).encode()))

        def lying() -> bytes:
            packed = made((FILES[name], bytes(80 << 20)))
            return packed.replace((80 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little"))

        sound, content = zipped(file).read_bytes(), file.read_bytes()
        return [
            lambda: ("bomb", made((FILES[name], self.bomb))),
            lambda: ("gzip-bomb", gzip.compress(self.bomb, 1)),
            lambda: ("traversal", made((f"../../{self.canary.name}", b"x"), (FILES[name], content))),
            lambda: ("absolute", made((str(self.canary), b"x"), (FILES[name], content))),
            lambda: ("link", link()),
            lambda: ("nested-zip", made(("inner.zip", made((FILES[name], content))))),
            lambda: ("many", made(*((f"{at}/{FILES[name]}", b"") for at in range(1_500)))),
            lambda: ("two", made((f"a/{FILES[name]}", content), (f"b/{FILES[name]}", content))),
            lambda: ("lying", lying()),
            lambda: ("cut-zip", cut(sound, self.dice)),
            lambda: ("flipped-zip", flipped(sound, self.dice)),
            lambda: ("flipped-gzip", flipped(gzip.compress(content), self.dice)),
        ]

    def _disguised(self, folder: Path, name: str) -> Damaged:
        file = sample(folder, name)
        kind, content = self.dice.choice(self._disguises(folder))
        file.write_bytes(content)
        return Damaged(name, kind, file)

    def _disguises(self, folder: Path) -> list[tuple[str, bytes]]:
        def vrt(source: str) -> bytes:
            layer = f"<OGRVRTLayer name='canary'><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>"
            return f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>".encode()

        def geojson(crs: object) -> bytes:
            feature = {
                "type": "Feature",
                "properties": {"Name": "x"},
                "geometry": {"type": "Point", "coordinates": [1, 2]},
            }
            return json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}).encode()

        kml = "<kml xmlns='http://www.opengis.net/kml/2.2'><Document>{}</Document></kml>"
        entity = f"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file://{self.canary}'>]>"
        laughs = "".join(f"<!ENTITY a{at} '{f'&a{at - 1};' * 10}'>" for at in range(1, 10))
        mark = "<Placemark><name>{}</name><Point><coordinates>1,2</coordinates></Point></Placemark>"
        link = f"<NetworkLink><Link><href>{self.server}</href></Link></NetworkLink>"
        return [
            ("vrt-file", vrt(str(self.canary))),
            ("vrt-url", vrt(f"/vsicurl/{self.server}/a.geojson")),
            ("crs-link", geojson({"type": "link", "properties": {"href": self.server, "type": "proj4"}})),
            ("crs-file", geojson({"type": "name", "properties": {"name": str(self.canary)}})),
            ("crs-url", geojson({"type": "name", "properties": {"name": self.server}})),
            ("entity", (entity + kml.format(mark.format("&x;"))).encode()),
            ("laughs", f"<!DOCTYPE a [<!ENTITY a0 'ha'>{laughs}]>{kml.format(mark.format('&a9;'))}".encode()),
            ("network-link", kml.format(link).encode()),
            ("sqlite", self._database(folder)),
            ("path", str(self.canary).encode()),
            ("url", f"{self.server}/a.geojson".encode()),
            ("vsicurl", f"/vsicurl/{self.server}/a.geojson".encode()),
            ("wfs", f"<OGRWFSDataSource><URL>{self.server}/wfs</URL></OGRWFSDataSource>".encode()),
            ("html", b"<!DOCTYPE html><html><body>Not found</body></html>"),
            ("pickle", b"\x80\x04cos\nsystem\n(Vtouch canary\ntR."),
            ("service", json.dumps({"type": "FeatureCollection", "links": [{"href": self.server}]}).encode()),
        ]

    def _database(self, folder: Path) -> bytes:
        file = folder / "any.sqlite"
        with sqlite3.connect(file) as made:
            made.execute("CREATE TABLE a (b text)")
            made.execute(f"CREATE VIEW c AS SELECT readfile('{self.canary}') AS d")
        made.close()
        return file.read_bytes()
