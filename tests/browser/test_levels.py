"""All units of one level at once: switched by keys, told by the mouse, coloured by the filter, gone down into."""

from typing import Any

import pytest

from dashboard.parts import DOWN
from tests.browser.accessible import faults
from tests.browser.visit import PATIENCE, Dashboard, number

pytestmark = pytest.mark.browser

# Unit after unit of the level drawn: the first of which a place can be pointed at, with its number and the place.
CELL = """least => {
    const map = onemap.map, top = map.getPanes().overlayPane.querySelector('canvas');
    let canvas = null;
    map.eachLayer(layer => { if (layer.shapes) canvas = layer; });
    for (const at of canvas.seen()) {
        if (at < least) continue;
        const box = [...canvas.shapes.boxes.slice(4 * at, 4 * at + 4)];
        const middle = L.CRS.EPSG3857.pointToLatLng(L.point((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), 0);
        if (onemap.cellsCanvas.hit(canvas.shapes, middle) !== at) continue;
        const there = map.latLngToContainerPoint(middle);
        if (document.elementFromPoint(there.x, there.y) === top) return [at, there.x, there.y];
    }
    return null;
}"""


def drawn(dashboard: Dashboard, level: str, units: int) -> None:
    """Wait until so many units of a level are on the map."""
    said = "cells => document.querySelector('.map').dataset.cells === cells"
    dashboard.page.wait_for_function(said, arg=f"{level}@{units}", timeout=1000 * PATIENCE)
    dashboard.settle()


def measured(dashboard: Dashboard, level: str) -> dict[str, Any]:
    """Return what the API says of all units of a level in the present view."""
    says = dashboard.page.evaluate("() => onemap.view.query(onemap.view.now).toString()")
    answer: dict[str, Any] = dashboard.get(f"/api/indicators/count?{says}&level={level}")
    return answer


def test_every_level_can_be_drawn_whole_by_keys_told_by_the_mouse_and_gone_down_into(dashboard: Dashboard) -> None:
    dashboard.open("?period=1y&layers=")
    choice = dashboard.page.get_by_role("radiogroup", name="地图上画哪一级单元")
    assert choice.get_by_role("radio").all_inner_texts() == ["自动", "区县", "街道", "社区", "网格"]
    choice.get_by_role("radio", name="社区").press("Enter")
    dashboard.page.wait_for_url("**level=community**")
    answer = measured(dashboard, "community")
    drawn(dashboard, "community", len(answer["codes"]))
    assert len(answer["codes"]) > 3_000
    in_classes = dashboard.page.locator(".legend small").all_inner_texts()
    assert sum(number(text) for text in in_classes) == len(answer["codes"])
    assert "社区" in dashboard.page.locator(".legend .indicator > summary").inner_text()
    assert faults(dashboard.page, ".layer-list", ".legend") == []

    at, x, y = dashboard.page.evaluate(CELL, 1500)
    dashboard.page.mouse.move(x, y)
    tip = dashboard.page.locator(".map-tip")
    tip.locator("p").wait_for()
    assert tip.locator("dd").inner_text() == f"{answer['values'][at]:,.0f}"
    path = dashboard.get(f"/api/units/{answer['codes'][at]}")["path"]
    assert tip.locator("p").inner_text() == DOWN.join(step["name"] for step in path[1:-1])
    dashboard.page.mouse.click(x, y)
    dashboard.page.wait_for_url(f"**unit={answer['codes'][at]}**")
    dashboard.settle()
    assert "level=community" in dashboard.search
    assert dashboard.page.evaluate("document.querySelector('.map').dataset.cells") is None

    dashboard.open(f"?unit={path[1]['code']}&level=grid&period=1y&layers=")
    answer = measured(dashboard, "grid")
    drawn(dashboard, "grid", len(answer["codes"]))
    dashboard.page.keyboard.press("Escape")
    dashboard.page.wait_for_url(f"**unit={path[0]['code']}**")
    drawn(dashboard, "grid", len(measured(dashboard, "grid")["codes"]))
