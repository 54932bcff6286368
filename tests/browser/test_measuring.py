"""Measuring by clicks and by keys; the numbers are those of a library that measures on the ellipsoid."""

import pytest
from pyproj import Geod

from tests.browser.accessible import faults
from tests.browser.visit import Dashboard

pytestmark = pytest.mark.browser
GEOD = Geod(ellps="WGS84")
LINES = (
    [[121.5, 29.8], [121.58, 29.84]],
    [[121.5, 29.8], [121.5, 29.9], [121.7, 29.9]],
    [[120.9, 28.9], [122.2, 30.4]],
    [[-74.0, 40.7], [-73.9, 40.9]],
    [[0.0, 0.0], [0.001, 0.0]],
)
RINGS = (
    [[121.5, 29.8], [121.51, 29.8], [121.51, 29.81], [121.5, 29.81]],
    [[120.9, 28.9], [122.2, 28.9], [122.2, 30.4], [120.9, 30.4]],
    [[121.5, 29.8], [121.52, 29.83], [121.49, 29.82]],
    [[-74.2, 40.5], [-73.7, 40.5], [-73.9, 40.9]],
)
AIM = "(said => [said.width, said.backgroundColor])(getComputedStyle(document.querySelector('.map'), '::after'))"


def measuring(dashboard: Dashboard) -> str:
    """Return what measuring says now."""
    return dashboard.page.locator(".panel.measure").inner_text()


def length(line: list[list[float]]) -> float:
    """Return the metres of a line."""
    return float(GEOD.line_length([lon for lon, _ in line], [lat for _, lat in line]))


def area(ring: list[list[float]]) -> tuple[float, float]:
    """Return the square metres of a ring and the metres around it."""
    found = GEOD.polygon_area_perimeter([lon for lon, _ in ring], [lat for _, lat in ring])
    return abs(float(found[0])), float(found[1])


def kilometres(said: str, name: str) -> float:
    """Return a length of what measuring says."""
    return float(said.split(name)[1].split(maxsplit=1)[0].replace(",", ""))


def points(dashboard: Dashboard, *spots: tuple[int, int]) -> list[list[float]]:
    """Return the degrees of spots on the page."""
    return [
        dashboard.page.evaluate(
            "([x, y]) => { const at = onemap.map.containerPointToLatLng([x, y]); return [at.lng, at.lat]; }", spot
        )
        for spot in spots
    ]


def test_lengths_and_areas_are_those_on_the_ellipsoid(dashboard: Dashboard) -> None:
    dashboard.open()
    for line in LINES:
        shown = dashboard.page.evaluate("line => onemap.measure.length(line)", line)
        assert shown == pytest.approx(length(line), rel=1e-7)
    for ring in RINGS:
        shown = dashboard.page.evaluate("ring => onemap.measure.area(ring)", ring)
        assert shown == pytest.approx(area(ring)[0], rel=1e-5)


def test_clicks_measure_a_way_and_close_it_to_an_area_and_open_no_unit(dashboard: Dashboard) -> None:
    dashboard.open()
    before = dashboard.search
    dashboard.page.locator("#measure-start").click()
    spots = ((800, 350), (950, 350), (950, 480))
    corners = points(dashboard, *spots)
    for spot in spots[:2]:
        dashboard.page.mouse.click(*spot)
        dashboard.page.wait_for_timeout(350)
    way = length(corners[:2]) / 1000
    assert kilometres(measuring(dashboard), "长度") == pytest.approx(way, rel=0.001)
    assert "面积" not in measuring(dashboard)
    dashboard.page.mouse.click(*spots[2])
    dashboard.page.wait_for_timeout(350)
    dashboard.page.mouse.click(spots[0][0] + 3, spots[0][1])
    dashboard.page.wait_for_timeout(100)
    held, around = area(corners)
    said = measuring(dashboard)
    assert kilometres(said, "周长") == pytest.approx(around / 1000, rel=0.001)
    shown = float(said.split("面积")[1].split("平方公里")[0].replace(",", "").strip())
    assert shown == pytest.approx(held / 1e6, rel=0.01)
    assert "公顷" in said
    assert dashboard.search == before
    assert faults(dashboard.page, ".tools") == []


def test_escape_ends_the_line_then_the_measuring_and_units_open_again(dashboard: Dashboard) -> None:
    dashboard.open("?unit=330212000000")
    dashboard.page.locator("#measure-start").click()
    dashboard.page.mouse.click(800, 350)
    dashboard.page.mouse.move(900, 400)
    dashboard.page.keyboard.press("Escape")
    assert "再次点击" in measuring(dashboard)
    dashboard.page.keyboard.press("Escape")
    assert not dashboard.page.locator(".panel.measure").is_visible()
    assert dashboard.page.locator("#measure-start").get_attribute("aria-pressed") == "false"
    assert dashboard.unit()["code"] == "330212000000"
    street = dashboard.unit()["children"][0]["code"]
    dashboard.click_unit(street)


def test_a_double_click_ends_the_line(dashboard: Dashboard) -> None:
    dashboard.open("?lang=en")
    zoom = dashboard.page.evaluate("onemap.map.getZoom()")
    dashboard.page.locator("#measure-start").click()
    dashboard.page.mouse.click(800, 350)
    dashboard.page.wait_for_timeout(350)
    dashboard.page.mouse.dblclick(950, 450)
    way = length(points(dashboard, (800, 350), (950, 450))) / 1000
    said = measuring(dashboard)
    assert kilometres(said, "Length") == pytest.approx(way, rel=0.001)
    assert "measure anew" in said
    assert dashboard.page.evaluate("onemap.map.getZoom()") == zoom


def test_the_keyboard_alone_measures(dashboard: Dashboard) -> None:
    dashboard.open()
    button = dashboard.page.locator("#measure-start")
    button.focus()
    dashboard.page.keyboard.press("Enter")
    assert "空格" in measuring(dashboard)
    # The sign in the middle is a sign, and no veil over half of the page.
    wide, colour = dashboard.page.evaluate(AIM)
    assert (float(wide.removesuffix("px")) < 60, colour) == (True, "rgba(0, 0, 0, 0)")
    dashboard.page.keyboard.press("Space")
    dashboard.page.keyboard.press("ArrowRight")
    dashboard.page.wait_for_timeout(600)
    reaches = kilometres(measuring(dashboard), "长度")
    dashboard.page.keyboard.press("Space")
    assert kilometres(measuring(dashboard), "长度") == reaches > 0
    add = dashboard.page.get_by_role("button", name="在中心加点")
    add.press("Enter")
    assert add.evaluate("element => element === document.activeElement")
    dashboard.page.locator(".map").focus()
    dashboard.page.keyboard.press("Enter")
    said = measuring(dashboard)
    assert "公里" in said
    assert "0 米" not in said
    dashboard.page.keyboard.press("Escape")
    assert button.evaluate("element => element === document.activeElement")
