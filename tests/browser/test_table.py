"""The table of incidents: sorted, filtered and chosen by clicks, its rows are the API's, and the map goes with it."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.accessible import faults
from tests.browser.visit import Dashboard

pytestmark = pytest.mark.browser
ROWS = ".table-place .ag-center-cols-container .ag-row"
CHOSEN = f"{ROWS}.ag-row-selected"


def rows(dashboard: Dashboard, least: int = 1) -> list[str]:
    """Return the keys of the rows in sight, once they are those of the address."""
    page = dashboard.page
    dashboard.settle()
    page.wait_for_function(
        """() => {
            const says = new URLSearchParams(document.getElementById('table-place').dataset.filled);
            const asked = onemap.view.query(onemap.view.now);
            asked.append('sort', onemap.view.now.by);
            if (onemap.view.now.unplaced) asked.append('unplaced', 'true');
            return says.toString() === asked.toString() && !document.querySelector('.table-place .ag-row-loading');
        }"""
    )
    expect(page.locator(f"{ROWS} [col-id=key]").nth(least - 1)).not_to_be_empty()
    found = page.evaluate(
        f"""() => [...document.querySelectorAll('{ROWS}')].sort((one, other) => one.ariaRowIndex - other.ariaRowIndex)
            .map(row => row.querySelector('[col-id=key]').innerText)"""
    )
    return [str(key) for key in found]


def listed(dashboard: Dashboard, **more: str) -> list[str]:
    """Return the keys that the API lists for the address."""
    asked = dashboard.page.evaluate("() => onemap.view.query(onemap.view.now).toString()")
    said = "".join(f"&{name}={value}" for name, value in more.items())
    return [item["key"] for item in dashboard.get(f"/api/incidents?{asked}{said}&limit=100")["incidents"]]


def header(page: Page, name: str) -> None:
    page.locator(".table-place .ag-header-cell-text", has_text=name).click()


def test_rows_are_sorted_and_filtered_by_clicks_and_the_address_says_how(
    dashboard: Dashboard, another_page: Page
) -> None:
    dashboard.open("?period=1y")
    page = dashboard.page
    assert page.evaluate("() => window.dash_ag_grid === undefined"), "the first page does without AG Grid"
    page.get_by_role("radio", name="表格").click()
    found = rows(dashboard)
    assert len(found) > 5
    assert found == listed(dashboard)[: len(found)]
    header(page, "应结时间")
    page.wait_for_url("**by=due_at**")
    found = rows(dashboard)
    assert found == listed(dashboard, sort="due_at")[: len(found)]
    page.get_by_label("按状态筛选").select_option("dispatched")
    page.wait_for_url("**status=dispatched**")
    page.get_by_label("按编号筛选").fill("NB")
    page.keyboard.press("Enter")
    page.wait_for_url("**where=key**")
    found = rows(dashboard)
    whole = listed(dashboard, sort="due_at")
    assert dashboard.said["where"] == ["key:has:NB"]
    assert found == whole[: len(found)]
    assert all(key.startswith("NB") for key in whole)
    shown, unplaced, out, every = dashboard.page.evaluate(
        "() => document.querySelector('.table-bar .balance').innerText.match(/[\\d,]+/g).map(n => +n.replace(',', ''))"
    )
    assert shown + unplaced == len(whole) == dashboard.numbers().total
    assert shown + unplaced + out == every == dashboard.get("/api/summary?" + period(dashboard))["total"]
    fresh = Dashboard(another_page, dashboard.origin)
    fresh.open(f"?{dashboard.search}")
    assert rows(fresh) == found
    assert another_page.get_by_label("按编号筛选").input_value() == "NB"
    columns = another_page.locator("#table-columns")
    columns.locator("summary").press("Enter")
    columns.get_by_label("编号").press("Space")
    columns.get_by_label("严重程度").press("Space")
    another_page.keyboard.press("Escape")
    expect(columns.locator("summary")).to_be_focused()
    expect(columns.locator("input").first).to_be_hidden()
    fresh.open(f"?{dashboard.search}")
    heads = another_page.locator(".table-place .ag-header-cell-text")
    expect(heads.filter(has_text="严重程度")).to_have_count(1)
    expect(heads.filter(has_text="编号")).to_have_count(0)
    assert fresh.said == dashboard.said


def period(dashboard: Dashboard) -> str:
    return str(dashboard.page.evaluate("() => onemap.view.query(onemap.view.now, onemap.view.unfiltered()).toString()"))


def test_the_unplaced_are_listed_by_a_click_and_table_and_map_choose_together(
    dashboard: Dashboard, tmp_path: Path
) -> None:
    dashboard.open("?period=1y")
    page = dashboard.page
    page.locator(".figures .balance a").click()
    page.wait_for_url("**unplaced=1**")
    found = rows(dashboard)
    whole = listed(dashboard, unplaced="true")
    assert 0 < len(found) <= len(whole)
    assert found == whole[: len(found)]
    expect(page.locator(".incident-list footer .note")).to_contain_text(f"{dashboard.numbers().unplaced:,}")
    page.locator("#takeaway-open").click()
    offered = page.locator("#takeaway-dialog .takeaway-choice", has_text="未定位事件").locator(".value").inner_text()
    page.locator("#takeaway-dialog input[value='csv']").check()
    with page.expect_download() as coming:
        page.locator(".takeaway-start").click()
    coming.value.save_as(file := tmp_path / "unplaced.csv")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        taken = [row["编号"] for row in csv.DictReader(lines)]
    assert (f"{len(taken):,}", taken[:100]) == (offered, whole)
    dashboard.open("?unit=330212000000&period=1y&strip=table&status=closed")
    rows(dashboard)
    third = page.locator(ROWS).nth(2)
    key = third.locator("[col-id=key]").inner_text()
    third.click()
    popup = page.locator(".leaflet-popup-content")
    expect(popup).to_contain_text(key)
    expect(page.locator(f"{CHOSEN} [col-id=key]")).to_have_text(key)
    page.wait_for_function(
        """() => {
            const [popup, chips, strip] = ['.leaflet-popup', '.conditions .chip', '.trend'].map(
                (part) => document.querySelector(part).getBoundingClientRect());
            return chips.bottom < popup.top && popup.bottom < strip.top;
        }"""
    )
    page.keyboard.press("Escape")
    expect(page.locator(CHOSEN)).to_have_count(0)
    dashboard.settle()
    dashboard.click_point("incidents")
    expect(page.locator(CHOSEN)).to_have_count(1)
    expect(popup).to_contain_text(page.locator(f"{CHOSEN} [col-id=key]").inner_text())
    expect(page.locator(CHOSEN)).to_be_in_viewport()
    # The link to an incident far down the table leads to its row.
    asked = page.evaluate("() => onemap.view.query(onemap.view.now).toString()")
    far = dashboard.get(f"/api/incidents?{asked}&skip=700&limit=1")["incidents"][0]
    dashboard.open(f"?unit=330212000000&period=1y&strip=table&at=incident-{far['id']}")
    expect(page.locator(f"{CHOSEN} [col-id=key]")).to_have_text(far["key"])
    expect(page.locator(CHOSEN)).to_be_in_viewport()


def test_what_cannot_be_fetched_says_so_and_stands_for_no_other_question(dashboard: Dashboard) -> None:
    dashboard.open("?period=1y&strip=hours")
    page = dashboard.page
    cells = page.locator("#hours-body .cell")
    expect(cells).to_have_count(168)

    def broken(route: Route) -> None:
        # A page whose requests fail is a failed test, so the answer only is none.
        route.fulfill(status=200, content_type="text/plain", body="{")

    for chart in ("hours", "months"):
        page.route(f"**/api/{chart}*", broken)
    page.locator(".filters .chip", has_text="已结案").click()
    page.wait_for_url("**status=closed**")
    trouble = page.locator(".chart-trouble:visible")
    expect(trouble).to_contain_text("服务器的应答不完整")
    expect(cells).to_have_count(0)
    page.get_by_role("radio", name="类别").click()
    expect(trouble).to_contain_text("服务器的应答不完整")
    for chart in ("hours", "months"):
        page.unroute(f"**/api/{chart}*")
    trouble.get_by_role("button").click()
    expect(page.locator("#kinds-body .kind").first).to_be_visible()
    expect(trouble).to_have_count(0)
    page.route("**/api/beside*", broken)
    page.get_by_role("radio", name="并排").click()
    expect(trouble).to_contain_text("服务器的应答不完整")
    page.unroute("**/api/beside*")
    trouble.get_by_role("button").click()
    expect(page.locator("#beside-body article")).to_have_count(2)
    page.route("**/api/incidents?*limit=100*", broken)
    page.get_by_role("radio", name="表格").click()
    expect(page.locator("#table-trouble")).to_contain_text("行无法取得: 服务器的应答不完整")
    page.unroute("**/api/incidents?*limit=100*")
    page.locator("#table-trouble button").click()
    assert rows(dashboard)[:5] == listed(dashboard)[:5]
    expect(page.locator("#table-trouble")).to_be_empty()
    # Of two rows the one that was clicked last is told, though the other's answer comes later.
    held: list[Route] = []
    first, second = (page.locator(ROWS).nth(at) for at in (0, 1))
    slow = f"**/api/incidents/{first.get_attribute('row-id')}"

    def hold(route: Route) -> None:
        held.append(route)

    page.route(slow, hold)
    first.click()
    second.click()
    popup, key = page.locator(".leaflet-popup-content"), second.locator("[col-id=key]").inner_text()
    expect(popup).to_contain_text(key)
    with page.expect_response(slow):
        held[0].continue_()
    dashboard.settle()
    expect(popup).to_contain_text(key)
    expect(page.locator(f"{CHOSEN} [col-id=key]")).to_have_text(key)


def test_an_unplaced_incident_is_pinned_by_a_click_and_the_pin_is_taken_back(dashboard: Dashboard) -> None:
    dashboard.open("?period=1y&strip=table&unplaced=1")
    page = dashboard.page
    rows(dashboard)
    before = dashboard.numbers()
    key = page.locator(f"{ROWS} [col-id=key]").first.inner_text()
    page.locator(ROWS).first.click()
    popup = page.locator(".leaflet-popup-content").last  # one that was closed fades away
    expect(popup.get_by_role("button", name="周边")).to_have_count(0)  # the middle of a unit is not where it was
    popup.get_by_role("button", name="在地图上定位").click()
    page.evaluate("() => onemap.mapView.landed()")
    spot = page.evaluate(
        "([lon, lat]) => { const {x, y} = onemap.map.latLngToContainerPoint([lat, lon]);"
        " const box = onemap.map.getContainer().getBoundingClientRect(); return [box.x + x, box.y + y]; }",
        dashboard.get("/api/units/330212000000")["label"],
    )
    page.mouse.click(*spot)
    popup.get_by_role("textbox").fill("现场核实")
    assert faults(page, ".leaflet-popup-pane") == []
    popup.get_by_role("button", name="定位于此").click()
    expect(popup).to_contain_text("现场核实")
    expect(popup).to_contain_text(key)
    dashboard.settle()
    rows(dashboard)
    assert dashboard.numbers().unplaced == (before.unplaced or 0) - 1
    assert dashboard.numbers().total == before.total
    undo = popup.get_by_role("button", name="撤销人工定位")
    undo.click()
    popup.get_by_role("button", name="再次点击以撤销").click()
    expect(popup.get_by_role("button", name="在地图上定位")).to_be_visible()
    dashboard.settle()
    assert dashboard.numbers() == before


def test_the_map_makes_room_for_the_table_unless_somebody_moved_it(dashboard: Dashboard) -> None:
    dashboard.open()
    page = dashboard.page
    above = """async () => {
        const [west, south] = (await onemap.feed.unit(onemap.view.now.unit)).bounds;
        const top = (element) => document.querySelector(element).getBoundingClientRect().top;
        return onemap.map.latLngToContainerPoint([south, west]).y < top('.trend') - top('.map');
    }"""
    zoom = "() => onemap.map.getZoom()"
    before = page.evaluate(zoom)
    page.get_by_role("radio", name="表格").click()
    page.wait_for_function(f"{zoom} < {before}")
    page.evaluate("() => onemap.mapView.landed()")
    assert page.evaluate(above)
    page.evaluate("() => onemap.map.setZoom(onemap.map.getZoom() + 1, {animate: false})")
    moved, middle = page.evaluate(zoom), page.evaluate("() => onemap.map.getCenter().lat")
    page.get_by_role("radio", name="趋势").click()
    page.wait_for_function(f"() => onemap.map.getCenter().lat !== {middle}")
    assert page.evaluate(zoom) == moved
