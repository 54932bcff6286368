"""A base map under the polygons: chosen by keys, kept, drawn from a server and from a file, and missed by nobody."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import create_engine

from layers.database import driver_url
from layers.datum import wgs84_to_gcj02
from layers.settings import HOME
from tests.browser.accessible import faults
from tests.browser.conftest import FRONT_DOOR, free_port, wait_for
from tests.browser.visit import Dashboard
from tests.tiles import Tiles, tile_server, write_tiles

pytestmark = pytest.mark.browser
NINGBO = (0.8376, 0.4141)
"""Where the city is on the square of the whole world."""
PACK = """
[[base_maps]]
id = "streets"
title = {{ zh = "街道图", en = "Streets" }}
url = "{origin}/streets/{{z}}/{{x}}/{{y}}.png"
attribution = {{ zh = "© 某某", en = "© Somebody" }}

[[base_maps]]
id = "shifted"
title = {{ zh = "偏移图", en = "Shifted" }}
url = "{origin}/shifted/{{TileMatrix}}/{{TileCol}}/{{TileRow}}.png"
datum = "gcj02"

[[base_maps]]
id = "offline"
title = {{ zh = "离线图", en = "Offline" }}
file = "offline.pmtiles"
"""
# Opacity of a polygon, and the colour on a canvas of the base map in the middle of the view.
VEIL = """() => {
    let found;
    onemap.map.eachLayer(each => {
        if (each.feature && !each.options.around && each.options.fillOpacity && !each._radius) found = each;
    });
    return found.options.fillOpacity;
}"""
DRAWN = """() => [...document.querySelectorAll('.base-map-drawn canvas.leaflet-tile-loaded')]
    .filter(tile => tile.width && tile.getContext('2d').getImageData(99, 99, 1, 1).data[3]).length"""


@pytest.fixture(scope="module")
def tiles() -> Iterator[Tiles]:
    with tile_server() as served:
        yield served


@pytest.fixture(scope="module")
def based(
    origin: str,  # noqa: ARG001 - its data is what this server shows
    tiles: Tiles,
    environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Ningbo served with three base maps."""
    folder = Path(copytree(HOME / "data" / "ningbo", tmp_path_factory.mktemp("based") / "ningbo"))
    with (folder / "city.toml").open("a", encoding="utf-8") as lines:
        lines.write(PACK.format(origin=tiles.origin))
    engine = create_engine(driver_url(environment["ONEMAP_DATABASE_URL"]))
    with engine.connect() as connection:
        write_tiles(folder / "offline.pmtiles", connection, "water", deepest=8, inside=NINGBO)
    engine.dispose()
    port = str(free_port())
    log = folder.parent / "log"
    served = {**environment, "ONEMAP_PORT": port, "ONEMAP_CITY": str(folder)}
    with (
        log.open("wb") as output,
        subprocess.Popen((*FRONT_DOOR, "serve"), env=served, stdout=output, stderr=output) as server,  # noqa: S603
    ):
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.fixture
def visit(browser: Browser, based: str, tiles: Tiles) -> Iterator[Dashboard]:
    """A visitor who may ask our server and that of the tiles, and nobody else."""
    tiles.well, tiles.every = True, 1
    tiles.asked.clear()
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    context.set_default_timeout(90_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    allowed = (based, tiles.origin, "data:", "blob:")
    page.on("request", lambda asked: None if asked.url.startswith(allowed) else wrong.append(asked.url))
    yield Dashboard(page, based)
    context.close()
    assert not wrong


def shows(page: Page, base_map: str) -> None:
    page.locator(f"html[data-base-map='{base_map}']").wait_for(state="attached")


def lacks(page: Page, kind: str) -> str:
    """Return what is said of the map as a file of a kind."""
    page.locator("#takeaway-open").click()
    for name, value in (("what", "map"), ("format", kind)):
        page.locator(f"#takeaway-dialog input[name='{name}'][value='{value}']").check()
    said = page.locator("#takeaway-dialog .note").inner_text()
    page.keyboard.press("Escape")
    return said


def test_a_base_map_is_chosen_by_keys_kept_and_drawn_from_a_file(visit: Dashboard, tiles: Tiles) -> None:
    page, keys = visit.page, visit.page.keyboard
    visit.open()
    assert tiles.asked == []
    assert page.evaluate(VEIL) > 0.9
    page.locator("#base-map-open").focus()
    keys.press("Enter")
    assert page.locator(".base-map-choice").all_inner_texts() == ["无底图", "街道图", "偏移图", "离线图"]
    assert faults(page, "#base-map-open", "#base-map-choices") == []
    keys.press("ArrowDown")
    page.locator(".base-map-tiles img.leaflet-tile-loaded").first.wait_for()
    assert visit.said["base"] == ["streets"]
    assert page.evaluate(VEIL) < 0.6
    assert "© 某某" in page.locator(".leaflet-control-attribution").inner_text()
    keys.press("Escape")
    assert not page.locator("#base-map-choices").is_visible()
    assert page.locator("#base-map-open").evaluate("button => button === document.activeElement")
    keys.press("Enter")
    keys.press("ArrowUp")
    shows(page, "none")
    assert page.locator(".leaflet-control-attribution").inner_text() == ""
    keys.press("ArrowDown")
    shows(page, "streets")

    visit.open()  # an address that says nothing: what was chosen here is remembered
    shows(page, "streets")
    # What a file will lack is said before it is made.
    page.locator(".base-map-tiles img.leaflet-tile-loaded").first.wait_for()
    assert lacks(page, "png") == "底图的服务器不允许复制，图片中没有底图。"
    assert lacks(page, "pdf-a4") == "PDF 中没有底图。"
    visit.open("?base=offline&lang=en")
    page.wait_for_function(f"() => ({DRAWN})() > 3")
    assert lacks(page, "png") == ""
    named = "Object.values(onemap.map._layers).flatMap(layer => layer.labelRules || []).map(rule => rule.dataLayer)"
    assert set(page.evaluate(named)) == {"roads", "water"}, "places are named by us"
    visit.open("?base=none")
    shows(page, "none")
    assert page.locator(".base-map-tiles, .base-map-drawn").count() == 0
    visit.open("?base=elsewhere")
    page.get_by_text("这里没有底图“elsewhere”").wait_for()


def test_a_base_map_that_fails_is_named_and_tried_again_while_all_else_stays(visit: Dashboard, tiles: Tiles) -> None:
    tiles.well = False
    visit.open("?base=streets&lang=en")
    page = visit.page
    page.get_by_text("The base map “Streets” does not answer.").wait_for()
    assert page.evaluate(VEIL) > 0.9
    assert visit.numbers().total > 0
    assert visit.page.locator(".unit-label").count() > 5
    tiles.well, tiles.every = True, 3
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("Parts of the base map “Streets” did not come.").wait_for()
    assert page.evaluate(VEIL) < 0.6
    tiles.every = 1
    page.get_by_role("button", name="Try again").click()
    page.locator(".base-map-tiles img.leaflet-tile-loaded").first.wait_for()
    assert not page.locator("#base-map-trouble").is_visible()


def test_tiles_in_gcj02_lie_where_our_places_are(visit: Dashboard) -> None:
    """The pixel of a place in the tiles, found by the formulas of the server, is where the map has that place."""
    visit.open("?unit=330203000000&base=shifted")
    page = visit.page
    page.locator(".base-map-tiles img.leaflet-tile-loaded").first.wait_for()
    page.evaluate("() => void onemap.map.setView(onemap.map.getCenter(), 16, { animate: false })")
    page.evaluate("() => void onemap.map.panBy([300, 200], { animate: false })")
    page.wait_for_function("() => document.querySelector(\".base-map-tiles img[src*='/16/']\")")
    lon, lat = page.evaluate("(at => [at.lng, at.lat])(onemap.map.getCenter())")
    east, north = (float(value) for value in wgs84_to_gcj02(lon, lat))
    moved = page.evaluate(
        "([lon, lat]) => (at => [at.lng, at.lat])(onemap.baseLayers.gcj02(L.latLng(lat, lon)))", [lon, lat]
    )
    assert np.allclose(moved, (east, north), atol=1e-9)
    miss = page.evaluate(
        """([lon, lat]) => {
            const tile = document.querySelector(".base-map-tiles img[src*='/16/']");
            const [x, y] = tile.src.match(/16\\/(\\d+)\\/(\\d+)/).slice(1).map(Number);
            const box = tile.getBoundingClientRect(), frame = onemap.map.getContainer().getBoundingClientRect();
            const there = L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lon), 16);
            const middle = onemap.map.getSize().divideBy(2);
            const [left, top] = [box.left - frame.left, box.top - frame.top];
            return [left + there.x - 256 * x - middle.x, top + there.y - 256 * y - middle.y];
        }""",
        [east, north],
    )
    assert max(abs(value) for value in miss) < 2
