"""Which base maps are offered, where their tiles come from, and how a mistake in one is answered."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from sqlalchemy import Connection

from dashboard.app import create_app
from dashboard.base_maps import offered, policy
from layers.errors import OneMapError, PackError
from layers.pack import City
from layers.settings import Settings
from tests.dashboard.conftest import Client
from tests.tiles import write_tiles

HERE = (0.84, 0.4)
TITLE = 'title = { zh = "图", en = "Map" }\n'
XYZ = 'url = "https://{s}.tiles.test/{z}/{x}/{y}{r}.png"\nsubdomains = ["a", "b"]\n'
WMTS = 'url = "https://wmts.test/w/{TileMatrix}/{TileRow}/{TileCol}?key={token}"\ntoken = "ONEMAP_BASE_MAP_KEY"\n'


def pack(folder: Path, city: City, *declared: str) -> City:
    made = copytree(city.folder, folder / "city")
    with (made / "city.toml").open("a", encoding="utf-8") as lines:
        for number, says in enumerate(declared):
            lines.write(f'\n[[base_maps]]\nid = "map{number}"\n{TITLE}{says}')
    return City(made)


def test_tokens_come_from_the_settings_and_without_one_nothing_is_offered(
    tmp_path: Path, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = pack(tmp_path, city, XYZ, WMTS, 'tianditu = "image"\n')
    settings = Settings(data_dir=tmp_path)
    monkeypatch.delenv("ONEMAP_BASE_MAP_TIANDITU", raising=False)
    assert list(offered(settings, changed)) == ["map0"]
    monkeypatch.setenv("ONEMAP_BASE_MAP_KEY", "k-1")
    monkeypatch.setenv("ONEMAP_BASE_MAP_TIANDITU", "t-2")
    found = offered(settings, changed)
    assert found["map1"].addresses == ("https://wmts.test/w/{z}/{y}/{x}?key=k-1",)
    image, names = found["map2"].addresses
    assert "/img_w/" in image
    assert "LAYER=cia&" in names
    assert image.endswith("&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=t-2")
    says = policy(found, ["'sha256-x'"])
    asked = next(part for part in says.split("; ") if part.startswith("img-src")).split()
    assert asked[4:] == sorted(
        ["https://a.tiles.test", "https://b.tiles.test", "https://wmts.test"]
        + [f"https://t{n}.tianditu.gov.cn" for n in range(8)]
    )
    assert "script-src 'self' 'sha256-x';" in says


def test_the_setting_still_gives_a_base_map_the_page_begins_with(tmp_path: Path, city: City) -> None:
    settings = Settings(data_dir=tmp_path, tiles="https://{s}.osm.test/{z}/{x}/{y}.png")
    (item,) = offered(settings, city).values()
    assert item.facts()["shown"]
    assert item.origins() == {f"https://{s}.osm.test" for s in "abc"}
    with pytest.raises(OneMapError, match=r"ONEMAP_TILES: .*GCJ-02"):
        offered(Settings(data_dir=tmp_path, tiles="https://webrd01.is.autonavi.com/a?x={x}&y={y}&z={z}"), city)


@pytest.mark.parametrize(
    ("says", "right"),
    [
        ('url = "https://x.test/{z}/{x}.png"\n', "needs {z}, {x} and {y}"),
        ('url = "https://x.test/{quad}/{z}/{x}/{y}.png"\n', "{quad} is not known"),
        ('url = "https://{s}.x.test/{z}/{x}/{y}.png"\n', "{s} needs subdomains"),
        ('url = "https://x.test/{z}/{x}/{y}?k={token}"\n', "{token} needs token"),
        ('url = "https://webrd01.is.autonavi.com/t?x={x}&y={y}&z={z}"\n', "say datum = 'gcj02'"),
        ('file = "x.pmtiles"\ntianditu = "vector"\n', "needs either a url, tianditu or a file"),
        ('file = "x.pmtiles"\ndatum = "gcj02"\n', "is not for files"),
        ('file = "x.pmtiles"\nmin_zoom = 9\nmax_zoom = 8\n', "min_zoom 9 is above max_zoom 8"),
    ],
)
def test_a_mistake_is_answered_with_what_would_be_right(tmp_path: Path, city: City, says: str, right: str) -> None:
    with pytest.raises(PackError) as mistake:
        pack(tmp_path, city, says)
    assert right in str(mistake.value)
    assert "base_maps.0" in mistake.value.where


@pytest.fixture
def file_client(tmp_path: Path, city: City, filled_url: str, connection: Connection) -> Iterator[Client]:
    (tmp_path / "base_maps").mkdir()
    (tmp_path / "base_maps" / "half.pmtiles").write_bytes(b"PMTi")
    write_tiles(tmp_path / "base_maps" / "My City.pmtiles", connection, "water", deepest=2, inside=HERE)
    settings = Settings(city=city.folder, data_dir=tmp_path)
    made = Client(create_app(settings, city, filled_url))
    yield made
    made.close()


def test_a_file_that_lies_ready_is_served_in_pieces(file_client: Client, tmp_path: Path) -> None:
    (item,) = file_client.app.state.base_maps.values()
    facts = item.facts()
    assert (facts["kind"], facts["min_zoom"], facts["max_zoom"]) == ("vector", 0, 2)
    address = facts["addresses"][0]
    assert address == "/api/base-maps/file-my-city.pmtiles"
    content = (tmp_path / "base_maps" / "My City.pmtiles").read_bytes()
    piece = file_client.get(address, Range="bytes=0-126", accept_encoding="gzip")
    assert (piece.status_code, piece.content) == (206, content[:127])
    assert piece.headers["content-range"] == f"bytes 0-126/{len(content)}"
    assert "content-encoding" not in piece.headers
    assert file_client.get("/api/base-maps/other.pmtiles").status_code == 404
    (tmp_path / "base_maps" / "My City.pmtiles").unlink()
    assert file_client.get(address).status_code == 404
    assert "img-src 'self' data: blob:;" in file_client.get("/").headers["content-security-policy"]


def test_files_with_names_of_other_letters_are_told_apart(tmp_path: Path, city: City, connection: Connection) -> None:
    (tmp_path / "base_maps").mkdir()
    for name in ("宁波", "杭州"):
        write_tiles(tmp_path / "base_maps" / f"{name}.pmtiles", connection, "water", deepest=0, inside=HERE)
    found = offered(Settings(data_dir=tmp_path), city)
    assert [item.spec.title.zh for item in found.values()] == ["宁波", "杭州"]


def test_a_file_of_the_pack_must_be_tiles_and_may_be_missing(tmp_path: Path, city: City) -> None:
    changed = pack(tmp_path, city, 'file = "base.pmtiles"\n')
    assert offered(Settings(data_dir=tmp_path), changed) == {}
    (changed.folder / "base.pmtiles").write_bytes(b"GIF89a" + bytes(200))
    with pytest.raises(PackError, match="must be PMTiles"):
        offered(Settings(data_dir=tmp_path), changed)
