"""From afar a layer may be a surface: chosen by keys, kept by the link, made of every count, and points when close."""

import pytest
from playwright.sync_api import Request

from tests.browser.accessible import faults
from tests.browser.visit import Dashboard

pytestmark = pytest.mark.browser
# How much of the surface is seen within 30 pixels of a place, of 255, and of the corner of the map.
SEEN = """([lon, lat]) => {
    const canvas = document.querySelector('canvas.heat'), box = canvas.getBoundingClientRect();
    const map = onemap.map.getContainer().getBoundingClientRect();
    const at = onemap.map.latLngToContainerPoint([lat, lon]);
    const pen = canvas.getContext('2d');
    const dense = canvas.width / box.width;
    const alpha = (x, y) => pen
        .getImageData((x - 30 - box.left) * dense, (y - 30 - box.top) * dense, 60 * dense, 60 * dense)
        .data.reduce((most, value, at) => at % 4 === 3 ? Math.max(most, value) : most, 0);
    return [alpha(map.left + at.x, map.top + at.y), alpha(map.left + 2, map.top + 2)];
}"""
MARKS = "() => { let n = 0; onemap.map.eachLayer(each => { if (each.options.of === 'incidents') n++; }); return n; }"
HELD = "() => Number(document.querySelector('.map').dataset.heat || 0)"


def test_a_layer_becomes_a_surface_of_all_its_counts_and_points_when_close(dashboard: Dashboard) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/api/points/incidents" in request.url:
            asked.append(request.url.removeprefix(dashboard.origin))

    dashboard.page.on("request", note)
    dashboard.open("?layers=hotline,grid-reports")
    assert dashboard.page.evaluate(MARKS) > 0
    assert dashboard.page.locator(".heat-key").count() == 0
    row = dashboard.page.locator(".layer", has_text="12345")
    row.locator("details > summary").press("Enter")
    row.get_by_role("radio", name="热力").press("Enter")
    dashboard.page.wait_for_url("**heat=hotline**")
    dashboard.settle()
    answer = dashboard.get(next(address for address in reversed(asked) if "source=hotline" in address))
    assert dashboard.page.evaluate(HELD) == answer["total"] > 0
    assert dashboard.page.evaluate(MARKS) > 0
    assert "source=grid-reports" in asked[-1] + asked[-2]
    densest = max(answer["features"], key=lambda each: each["properties"].get("count", 1))
    there, corner = dashboard.page.evaluate(SEEN, densest["geometry"]["coordinates"])
    assert (there > 100, corner) == (True, 0)
    key = dashboard.page.locator(".heat-key")
    assert "12345 热线" in key.inner_text()
    number = "() => getComputedStyle(document.querySelector('.heat-densest'), '::after').content"
    assert float(dashboard.page.evaluate(number).strip('"')) > 0
    assert faults(dashboard.page, ".layer-list", ".legend") == []

    code = str(dashboard.get("/api/city")["code"])
    for _ in range(3):
        code = max(dashboard.get(f"/api/summary?unit={code}")["children"], key=lambda child: child["total"])["code"]
    dashboard.open(f"?unit={code}&layers=hotline,grid-reports&heat=hotline&period=all")
    assert (dashboard.page.evaluate(HELD), dashboard.page.evaluate(MARKS) > 0) == (0, True)
    assert not key.is_visible()
