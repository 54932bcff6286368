"""`/api/export/map.pdf`: one page that says what it shows, in both languages and on both papers."""

import math
import re
import zlib
from itertools import combinations

import pytest

from dashboard.takeaway import fonts, page
from dashboard.takeaway.apart import Disc, apart
from dashboard.takeaway.drawing import asked_areas
from dashboard.takeaway.marks import disc, reach
from dashboard.takeaway.paper import Paper, Spot
from layers.coordinates import ELLIPSOID
from layers.filters import Filter
from tests.dashboard.conftest import Client

WORDS = [("zh", "方城市事件数已结案热线中心"), ("en", "SquareCityIncidents")]
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def unpacked(content: bytes) -> list[bytes]:
    """Return what a PDF's streams hold."""
    found = []
    for packed in STREAM.findall(content):
        try:
            found.append(zlib.decompress(packed))
        except zlib.error:
            found.append(packed)
    return found


def said(content: bytes) -> set[str]:
    """Return the letters a PDF can show, from the tables by which its text is copied out."""
    letters: set[str] = set()
    for stream in unpacked(content):
        if b"beginbfchar" in stream:
            for code in re.findall(rb"<[0-9A-Fa-f]{4}> <([0-9A-Fa-f]{4})>", stream):
                letters.add(chr(int(code, 16)))
    return letters


@pytest.mark.parametrize("size", ["a4", "a3"])
@pytest.mark.parametrize("count", ["8", "42", "318", "1,987", "11,200"])
def test_a_count_has_room_in_its_disc(size: str, count: str) -> None:
    paper = Paper(size)
    disc(paper, (50, 50), count, "#4fc3d9")
    wide = paper.pdf.get_string_width(count)
    paper.pdf.output()  # which closes the files of the fonts
    assert wide < 2 * reach(paper, count) - 0.2 * paper.scale


@pytest.mark.parametrize(("paper", "width"), [("a4", 841.89), ("a3", 1190.55)])
@pytest.mark.parametrize(
    ("language", "words"), [("zh", "方城市事件数西区东区已结案热线中心"), ("en", "SquareCityIncidents")]
)
def test_a_page_says_what_it_shows(client: Client, language: str, words: str, paper: str, width: float) -> None:
    answer = client.get(f"/api/export/map.pdf?language={language}&paper={paper}&status=closed")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].endswith(".pdf")
    assert answer.content.count(b"/Type /Page\n") == 1
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", answer.content)
    assert box
    assert float(box[1]) == pytest.approx(width, abs=1)
    assert set(words) - said(answer.content) == set()


def test_the_polygons_have_the_colours_of_the_legend(client: Client) -> None:
    (drawing,) = [stream for stream in unpacked(client.get("/api/export/map.pdf").content) if b" rg" in stream]
    filled = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) rg", drawing)
    assert len(set(filled)) > 2
    lowest = client.json("/api/city")["levels"][-1]["id"]
    (cells,) = [s for s in unpacked(client.get(f"/api/export/map.pdf?level={lowest}").content) if b" rg" in s]
    assert cells.count(b"B*") - drawing.count(b"B*") > 5, "all units of a level are more than the children"


def test_another_indicator_is_named_defined_and_coloured_as_on_screen(client: Client) -> None:
    look = "indicator=closure&classes=manual&breaks=50,90&ramp=violet&language=en"
    content = client.get(f"/api/export/map.pdf?{look}").content
    assert set("Closurerate") - said(content) == set()
    assert "%" in said(content)
    fills = {stream for stream in unpacked(content) if b" rg" in stream}
    assert fills != {
        stream for stream in unpacked(client.get("/api/export/map.pdf?language=en").content) if b" rg" in stream
    }
    wrong = client.get("/api/export/map.pdf?indicator=luck")
    assert wrong.status_code == 400
    assert "closure" in wrong.json()["detail"]


def test_layers_lie_over_the_units_with_their_numbers_in_the_legend(client: Client) -> None:
    def discs(layers: str) -> int:
        (drawing,) = [s for s in unpacked(client.get(f"/api/export/map.pdf?layers={layers}").content) if b" rg" in s]
        return drawing.count(b" c\n") + drawing.count(b" c ")

    assert discs("cameras,hotline") > discs("cameras") > discs("") == 0
    assert client.get("/api/export/map.pdf?layers=nowhere").status_code == 400


@pytest.mark.parametrize(
    "area",
    [
        "circle=121.5,29.85,4000",
        "within=POLYGON((121.45 29.8,123 29.8,123 31,121.45 29.8))",
        "bbox=121.45,29.8,121.6,29.9",
        "circle=0,0,10",
    ],
)
def test_an_area_that_filters_is_drawn_and_explained(client: Client, area: str) -> None:
    def dashed(content: bytes) -> int:
        (drawing,) = [stream for stream in unpacked(content) if b" rg" in stream]
        return len(re.findall(rb"\[[\d.]+ [\d.]+\] [\d.]+ d\b", drawing))

    content = client.get(f"/api/export/map.pdf?language=en&{area}").content
    # Once in the key, and on the map unless it is elsewhere.
    assert dashed(content) >= (1 if area == "circle=0,0,10" else 2)
    assert dashed(client.get("/api/export/map.pdf?language=en").content) == 0
    assert set("Edge of the chosen area") - said(content) == set()


def test_a_circle_is_round_on_the_ground() -> None:
    (ring,) = asked_areas(Filter(circle=(121.5, 29.85, 4000)))
    area = abs(ELLIPSOID.geometry_area_perimeter(ring)[0])
    assert area == pytest.approx(math.pi * 4000**2, rel=0.001)


def test_counts_step_aside_from_each_other_and_from_names() -> None:
    crowd = [Disc(100 + number % 3, 80, 1.5 + number % 4 / 2, first=number % 2 == 0) for number in range(14)]
    name = (90.0, 78.0, 110.0, 84.0)
    found = apart(crowd, [name], [], 1.3)
    gaps = [math.hypot(one.x - two.x, one.y - two.y) - one.radius - two.radius for one, two in combinations(found, 2)]
    assert min(gaps) > 0
    assert [disc.radius for disc in found] == [disc.radius for disc in crowd]
    (alone,) = apart([Disc(50, 50, 2)], [name], [(60, 60, 61, 61)], 1.3)
    assert (alone.x, alone.y) == (50, 50)
    (named,) = apart([Disc(100, 80, 2)], [name], [], 1.0)
    assert min(abs(named.y - 78), abs(named.y - 84)) >= 2 or not 88 < named.x < 112
    assert math.hypot(named.x - 100, named.y - 80) < 7


def test_a_key_that_leaves_no_room_sends_the_notes_to_a_page_of_their_own(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "/api/export/map.pdf?unit=990101001001001&language=en&layers="
    plain, styled = client.get(asked).content, client.get(f"{asked}cameras").content
    assert set("Camerastu") - said(styled) == set()
    assert set("Camerastu") - said(plain) != set()
    assert styled.count(b"/Type /Page\n") == 1
    monkeypatch.setattr(page, "BAR", 150.0)
    assert client.get(f"{asked}cameras").content.count(b"/Type /Page\n") == 2


def test_a_cell_is_drawn_among_its_neighbours(client: Client) -> None:
    assert client.get("/api/export/map.pdf?unit=990101001001001").status_code == 200


def test_a_filter_that_nothing_matches_is_a_page_all_the_same(client: Client) -> None:
    assert client.get("/api/export/map.pdf?q=nothing is called this").content.startswith(b"%PDF")


def test_a_kilometre_is_as_long_as_the_scale_says() -> None:
    spot = Spot((0, 0, 20_000, 10_000), (10, 10, 210, 190))
    assert spot.scale == pytest.approx(200 / 20_000)
    (west, south), (east, north) = spot.of(0, 0), spot.of(20_000, 10_000)
    assert (west, east) == pytest.approx((10, 210))
    assert south - north == pytest.approx(100)


def test_a_missing_font_is_named_with_its_package(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "CHINESE", fonts.FOLDER / "nowhere.ttf")
    answer = client.get("/api/export/map.pdf")
    assert answer.status_code == 503
    assert "apt-get install" in answer.json()["detail"]
