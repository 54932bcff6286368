"""Taking away by clicks: the file has what is on screen, progress is seen, cancelling stops it."""

import struct
from pathlib import Path

import pytest
from playwright.sync_api import Download, Route
from python_calamine import CalamineWorkbook

from tests.browser.visit import Dashboard

pytestmark = pytest.mark.browser
# Remembers what is written on any canvas.
WRITTEN = """() => {
    const pen = CanvasRenderingContext2D.prototype;
    const write = pen.fillText;
    window.written = [];
    pen.fillText = function (said, ...at) {
        written.push(said);
        return write.call(this, said, ...at);
    };
}"""


def opened(dashboard: Dashboard, search: str = "") -> None:
    dashboard.open(search)
    dashboard.page.locator("#takeaway-open").click()
    dashboard.page.locator("#takeaway-dialog .takeaway-start").wait_for()


def choose(dashboard: Dashboard, name: str, value: str) -> None:
    dashboard.page.locator(f"#takeaway-dialog input[name='{name}'][value='{value}']").check()


def taken(dashboard: Dashboard) -> Download:
    with dashboard.page.expect_download() as coming:
        dashboard.page.locator(".takeaway-start").click()
    return coming.value


def test_the_units_table_is_the_ranking(dashboard: Dashboard, tmp_path: Path) -> None:
    opened(dashboard, "?lang=en")
    choose(dashboard, "what", "units")
    file = tmp_path / "units.xlsx"
    taken(dashboard).save_as(file)
    head, *rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    shown = [(row[head.index("Name (English)")], row[head.index("Incidents")]) for row in rows]
    assert shown == list(dashboard.numbers().children)


def test_conditions_and_areas_hold_for_a_layer_on_the_map_in_the_list_and_in_its_file(
    dashboard: Dashboard, tmp_path: Path
) -> None:
    asked = "circle=121.55,29.87,5000&where=cameras.status:eq:offline"
    with dashboard.page.expect_response(lambda answer: "/api/points/cameras" in answer.url) as drawn:
        opened(dashboard, f"?lang=en&{asked}&where=severity:ge:2&q=%E8%B7%AF")
    offline = dashboard.get(f"/api/points/cameras.geojson?zoom=14&{asked}")["total"]
    assert drawn.value.json()["total"] == offline
    assert 0 < offline < dashboard.get("/api/points/cameras.geojson?zoom=14&circle=121.55,29.87,5000")["total"]
    listed = dashboard.page.locator(".layer", has_text="Cameras").locator(".value").first.inner_text()
    choose(dashboard, "what", "cameras")
    file = tmp_path / "cameras.xlsx"
    taken(dashboard).save_as(file)
    _, *rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    assert (listed, len(rows)) == (str(offline), offline)


def test_the_map_is_a_picture_of_the_screen(dashboard: Dashboard, tmp_path: Path) -> None:
    opened(dashboard)
    choose(dashboard, "what", "map")
    choose(dashboard, "format", "png")
    file = tmp_path / "map.png"
    taken(dashboard).save_as(file)
    content = file.read_bytes()
    wide, high = struct.unpack(">II", content[16:24])
    assert content.startswith(b"\x89PNG")
    assert (wide, high > 1080) == (1920, True)
    assert len(content) > 50_000
    said = dashboard.page.evaluate(
        """() => {
            const pen = document.createElement('canvas').getContext('2d');
            const { rows } = onemap.pictureKey.made(pen, { at: '2026-01-01T00:00:00Z' }, 1900, 220);
            return rows.map((row) => row.map(([left, each]) => each.said));
        }"""
    )
    legend = dashboard.page.locator("#legend-body li span").all_inner_texts()
    assert said[0] == legend
    names = [row[0] for row in said[1:-1]]
    assert {"摄像头", "网格上报、12345 热线"} <= set(names)
    assert "n：此处的数量" in said[-2]

    dashboard.page.set_viewport_size({"width": 1366, "height": 768})
    opened(dashboard, "?lang=en&unit=330206000000")
    choose(dashboard, "what", "map")
    choose(dashboard, "format", "png")
    dashboard.page.evaluate(WRITTEN)
    taken(dashboard)
    assert dashboard.page.locator(".unit-label b + b").count(), "no name takes two lines here"
    names = dashboard.page.locator(".unit-label > *").all_text_contents()
    assert set(names) <= set(dashboard.page.evaluate("written"))


def test_progress_is_shown_and_cancelling_ends_the_export(dashboard: Dashboard) -> None:
    """The answer is held back, so that there is time to look and to change one's mind."""
    opened(dashboard)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    dashboard.page.route("**/api/export/incidents.xlsx**", hold)
    half = {"state": "running", "rows": 500, "total": 1000, "detail": None}
    dashboard.page.route("**/api/export/jobs/**", lambda route: route.fulfill(json=half))
    dashboard.page.locator(".takeaway-start").click()
    dashboard.page.get_by_text("已写 500 / 1,000 行").wait_for()
    assert dashboard.page.locator(".takeaway-state progress").evaluate("bar => bar.position") == 0.5
    assert dashboard.page.locator("#takeaway-dialog input:enabled").count() == 0
    dashboard.page.locator(".takeaway-state .action").click()
    dashboard.page.get_by_text("已取消").wait_for()
    assert dashboard.page.locator(".takeaway-start").is_enabled()


def test_a_refused_export_says_why(dashboard: Dashboard) -> None:
    opened(dashboard)
    refused = {"title": "Bad Request", "detail": "a sheet holds fewer rows"}
    dashboard.page.route("**/api/export/incidents.xlsx**", lambda route: route.fulfill(status=200, json=refused))
    dashboard.page.evaluate(
        """said => {
            const plain = window.fetch;
            window.fetch = (address, options) => String(address).includes('/api/export/incidents')
                ? Promise.resolve(new Response(JSON.stringify(said), { status: 400 })) : plain(address, options);
        }""",
        refused,
    )
    dashboard.page.locator(".takeaway-start").click()
    dashboard.page.locator(".takeaway-error").get_by_text("a sheet holds fewer rows").wait_for()
