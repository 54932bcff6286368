"""Where incidents in view are too dear to read, discs count units: named, told of by the legend, a way into theirs."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.accessible import faults
from tests.browser.conftest import free_port, serving, visitor
from tests.browser.visit import Dashboard

pytestmark = pytest.mark.browser
DISCS = """() => {
    const found = [];
    onemap.map.eachLayer(each => { if (each.options.of === 'incidents') found.push(each.feature.properties); });
    return found;
}"""
# The middle of a disc of a unit that no other disc and no panel covers, with what it says.
FREE = """() => {
    const map = onemap.map, canvas = map.getPanes().overlayPane.querySelector('canvas');
    const discs = [];
    map.eachLayer(each => { if (each._radius && each.feature) discs.push(each); });
    const single = each => each.feature.properties.units.length === 1 && !each.feature.properties.rest;
    for (const one of discs.filter(each => each.options.of === 'incidents' && single(each))) {
        if (discs.some(each => each !== one && each._containsPoint(one._point))) continue;
        const there = map.layerPointToContainerPoint(one._point);
        if (document.elementFromPoint(there.x, there.y) === canvas) return [there.x, there.y, one.feature.properties];
    }
    return null;
}"""


@pytest.fixture
def dashboard(
    browser: Browser, origin: str, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    """A page of a server to which reading any incidents is too dear; the city is the one at `origin`."""
    assert origin
    own = {**environment, "ONEMAP_PORT": str(free_port()), "ONEMAP_POINTS_COST": "0"}
    with serving(own, tmp_path_factory.mktemp("frugal") / "log") as address:
        for page in visitor(browser, address):
            yield Dashboard(page, address)


def test_discs_of_units_add_up_are_named_and_lead_into_their_unit(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.open("?period=all&layers=hotline,grid-reports")
    discs = page.evaluate(DISCS)
    assert sum(disc["count"] for disc in discs) == dashboard.numbers().total
    note = page.locator(".legend .counted-note")
    told = "element => getComputedStyle(element, '::after').content"
    assert "按街道计数，含没有坐标的" in note.evaluate(told)
    assert faults(page, ".legend") == []
    x, y, said = page.evaluate(FREE)
    name = dashboard.get(f"/api/units/{said['units'][0]}")["name"]
    page.mouse.move(x, y)
    page.locator(".map-tip", has_text=name).wait_for()
    assert f"按街道计数：{said['count']:,}" in page.locator(".map-tip", has_text=name).inner_text()
    before = page.evaluate("() => onemap.map.getZoom()")
    page.mouse.click(x, y)
    page.wait_for_function("zoom => onemap.map.getZoom() > zoom + 0.9", arg=before)
    dashboard.settle()
    assert page.evaluate(
        "([west, south, east, north]) => onemap.map.getBounds().contains([[south, west], [north, east]])",
        said["bounds"],
    )
    dashboard.open("?period=all&layers=hotline&lang=en&q=a")
    assert not note.is_visible()
