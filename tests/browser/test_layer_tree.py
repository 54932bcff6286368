"""The layers as a tree: grouped by owner, searched, faded, put in another order, all of it in the address."""

import pytest

from tests.browser.accessible import faults
from tests.browser.visit import Dashboard

pytestmark = pytest.mark.browser
FADED = """() => {
    const found = new Set();
    onemap.map.eachLayer(layer => layer.options.of === 'cameras' && found.add(layer.options.opacity));
    return [...found];
}"""

MARKS = """() => {
    const found = [];
    onemap.map.eachLayer(layer => layer.options.of === 'key-places' && layer.options.shape && found.push(
        [layer.feature.properties.kind, layer.options.fillColor, layer.options.shape, layer.options.radius,
         layer.feature.properties.people]));
    return found;
}"""
SIGNS = "e => [e.nextSibling.textContent, getComputedStyle(e).backgroundColor, getComputedStyle(e).clipPath]"

SHAPE = """layer => {
    const map = onemap.map, canvas = map.getPanes().overlayPane.querySelector('canvas');
    const found = [], others = [];
    map.eachLayer(each => {
        if (each._radius) others.push(each);
        else if (each.options.of === layer && each._parts.length) found.push(each);
    });
    for (const each of found) for (const ring of each._parts) {
        const {x, y} = each.options.fill ? L.bounds(ring).getCenter() : ring[0];
        const point = L.point(x, y);
        if (!each._containsPoint(point) || others.some(other => other._containsPoint(point))) continue;
        const there = map.layerPointToContainerPoint(point);
        if (document.elementFromPoint(there.x, there.y) !== canvas) continue;
        const {name, means, kind} = each.feature.properties;
        return {x: there.x, y: there.y, name, value: means || kind, color: each.options.color,
                dashed: Boolean(each.options.dashArray), fill: each.options.fillOpacity, drawn: found.length};
    }
}"""


def test_layers_are_grouped_searched_faded_and_ordered_by_keys_and_a_link_keeps_it(dashboard: Dashboard) -> None:
    dashboard.open()
    panel = dashboard.page.locator(".layer-list")
    panel.get_by_role("radio", name="按部门").press("Enter")
    dashboard.page.wait_for_url("**group=owner**")
    panel.locator("summary", has_text="公安局").wait_for()

    dashboard.page.locator("#layer-list-find").fill("摄像")
    assert panel.locator(".layer:visible .name").all_inner_texts() == ["摄像头"]
    dashboard.page.locator("#layer-list-find").fill("没有")
    panel.get_by_text("没有这样的图层").wait_for()
    dashboard.page.locator("#layer-list-find").fill("")

    camera = panel.locator(".layer", has_text="摄像头")
    camera.locator("details > summary").press("Enter")
    camera.locator("dd", has_text="受限").wait_for()
    slider = camera.get_by_role("slider")
    for _ in range(6):
        slider.press("ArrowLeft")
    dashboard.page.wait_for_url("**opacity=cameras:40**")
    dashboard.settle()
    assert dashboard.page.evaluate(FADED) == [0.4]

    before = camera.locator(".layer-moves span").inner_text()
    camera.get_by_label("上移一层").press("Enter")
    dashboard.page.wait_for_url("**order=**")
    dashboard.settle()
    assert camera.locator(".layer-moves span").inner_text() != before
    assert faults(dashboard.page, ".layer-list") == []

    dashboard.open(f"?{dashboard.search}")
    assert dashboard.page.evaluate(FADED) == [0.4]


def test_marks_have_the_colours_of_the_key_in_either_theme_and_areas_by_their_number(dashboard: Dashboard) -> None:
    code = str(dashboard.get("/api/city")["code"])
    for _ in range(2):
        code = max(dashboard.get(f"/api/summary?unit={code}")["children"], key=lambda child: child["total"])["code"]
    dashboard.open(f"?unit={code}&layers=key-places&lang=en")
    spec = next(layer for layer in dashboard.get("/api/layers") if layer["id"] == "key-places")
    names = {value: title["name_en"] for value, title in spec["fields"][1]["values"].items()}
    places = dashboard.page.locator(".layer", has_text="key places")
    places.locator("details > summary").press("Enter")
    seen = []
    for theme in ("dark", "light"):
        if theme == "light":
            dashboard.page.locator(".theme-switch").click()
            dashboard.page.locator("html[data-mantine-color-scheme=light]").wait_for(state="attached")
            dashboard.settle()
        signs = places.locator(".sign").all()
        key = {name: (color, clip) for name, color, clip in (sign.evaluate(SIGNS) for sign in signs)}
        marks = dashboard.page.evaluate(MARKS)
        assert len({mark[0] for mark in marks}) > 2
        for kind, color, shape, radius, people in marks:
            shown, clip = key[names[kind]]
            assert shown == "rgb({}, {}, {})".format(*bytes.fromhex(color[1:]))
            assert clip.startswith("circle") == (shape == "circle")
            assert radius**2 == pytest.approx(max(12**2 * people / 6000, 3**2))
        seen.append({mark[1] for mark in marks})
    assert seen[0].isdisjoint(seen[1])


def test_lines_and_polygons_are_drawn_by_their_kind_and_say_what_they_are(dashboard: Dashboard) -> None:
    code = str(dashboard.get("/api/city")["code"])
    for _ in range(2):
        code = max(dashboard.get(f"/api/summary?unit={code}")["children"], key=lambda child: child["total"])["code"]
    for layer, colors in (("patrol-routes", ("green", "orange", "pink")), ("parks", ("green", "yellow", "sky"))):
        dashboard.open(f"?unit={code}&layers={layer}")
        shown = dashboard.page.evaluate(SHAPE, layer)
        assert shown["drawn"] > 1
        values = list(next(each for each in dashboard.get("/api/layers") if each["id"] == layer)["style"]["colors"])
        at = values.index(shown["value"])
        tokens = "name => onemap.units.token('--kind-' + name)"
        assert shown["color"] == dashboard.page.evaluate(tokens, colors[at])
        assert shown["dashed"] == (at > 0)
        dashboard.page.mouse.click(shown["x"], shown["y"])
        dashboard.page.locator(".map-popup h3", has_text=shown["name"]).wait_for()
        row = dashboard.page.locator(".layer", has=dashboard.page.locator(".dot.is-patch, .dot.is-line")).first
        row.locator("details > summary").press("Enter")
        assert row.locator(".layer-key .sign").count() == 4
