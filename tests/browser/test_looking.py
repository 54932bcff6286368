"""What one looks at and with: filters, the brush, languages, themes, popups, layers, pages of the list, states."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Route

from tests.browser.visit import Dashboard, number

pytestmark = pytest.mark.browser
REFUSED = """said => {
    const ask = window.fetch;
    const answer = () => new Response(JSON.stringify(said), { status: said.reason ? 503 : 400 });
    window.fetch = async (what, ...how) => String(what).startsWith("/api/summary") ? answer() : ask(what, ...how);
}"""
"""Let the server answer every summary by a problem."""
GONE = """part => {
    const ask = window.fetch;
    const gone = () => new Response("", { status: 502 });
    window.fetch = async (what, ...how) => String(what).includes(part) ? gone() : ask(what, ...how);
    window.back = () => (window.fetch = ask);
}"""
"""Let nothing come from some addresses until `back()`."""


def asked(dashboard: Dashboard, **changes: object) -> int:
    """Return the API's total for what the page shows."""
    says = dashboard.page.evaluate("() => onemap.view.query(onemap.view.now).toString()")
    return int(dashboard.get(f"/api/summary?{says}&{urlencode(changes, doseq=True)}")["total"])


def test_category_status_and_period_change_the_numbers_as_the_api_counts_them(dashboard: Dashboard) -> None:
    dashboard.open()
    whole = dashboard.numbers().total
    assert whole == asked(dashboard)
    category = dashboard.page.locator(".branch > .category").nth(3)
    promised = number(category.locator(".value").inner_text())
    category.click()
    dashboard.settle()
    assert dashboard.numbers().total == asked(dashboard) == promised < whole
    chip = dashboard.page.locator(".filters .chip:has(small)").last
    promised = number(chip.locator("small").inner_text())
    chip.click()
    dashboard.settle()
    assert dashboard.numbers().total == asked(dashboard) == promised == dashboard.numbers().closed
    dashboard.page.locator(".period").get_by_text("1年").click()
    dashboard.page.wait_for_url("**period=1y**")
    dashboard.settle()
    assert dashboard.numbers().total == asked(dashboard) > promised


def test_a_filter_is_a_chip_that_can_be_taken_back(dashboard: Dashboard) -> None:
    dashboard.open("?category=street-order&status=dispatched")
    filtered = dashboard.numbers().total
    chips = dashboard.page.locator(".conditions .chip")
    assert chips.count() == 2
    chips.last.focus()
    dashboard.page.keyboard.press("Enter")
    dashboard.page.wait_for_function("() => document.querySelectorAll('.conditions .chip').length === 1")
    dashboard.settle()
    assert dashboard.said.get("status") is None
    assert dashboard.numbers().total > filtered
    assert chips.last.evaluate("chip => chip === document.activeElement"), "keys go on where the other chip was"
    dashboard.page.locator(".filters a.action").click()
    dashboard.settle()
    assert dashboard.search == "unit=" + dashboard.unit()["code"]
    dashboard.open("?from=2026-01-04T16:00:00Z&to=2026-01-06T12:00:00%2B08:00")
    assert [text.split("\n")[0] for text in chips.all_inner_texts()] == ["2026-01-05 – 2026-01-06 12:00"]


def test_a_drag_across_the_trend_sets_the_period(dashboard: Dashboard) -> None:
    dashboard.open()
    box = dashboard.page.locator("#trend-chart").bounding_box()
    assert box
    step = dashboard.page.evaluate("() => document.getElementById('trend-chart').step")
    first, last = dashboard.page.evaluate(
        "() => { const b = document.getElementById('trend-chart').bars; return [b[20].day, b[39].day]; }"
    )
    total = dashboard.page.evaluate(
        "() => document.getElementById('trend-chart').bars.slice(20, 40).reduce((s, b) => s + b.total, 0)"
    )
    dashboard.page.mouse.move(box["x"] + 20.5 * step, box["y"] + 30)
    dashboard.page.mouse.down()
    dashboard.page.mouse.move(box["x"] + 39.5 * step, box["y"] + 40, steps=6)
    dashboard.page.mouse.up()
    dashboard.page.wait_for_url("**from=**")
    dashboard.settle()
    assert dashboard.said["from"] == [first]
    assert dashboard.numbers().total == dashboard.numbers().by_day == total
    assert dashboard.page.locator(".dates").inner_text().strip() == f"{first} – {last}"


def test_the_trend_can_be_brushed_with_keys(dashboard: Dashboard) -> None:
    dashboard.open()
    dashboard.page.locator("#trend-chart").focus()
    for key in ("ArrowLeft", "ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "Enter"):
        dashboard.page.keyboard.press(key)
    dashboard.page.wait_for_url("**from=**")
    dashboard.settle()
    assert dashboard.numbers().total == asked(dashboard)


def test_language_and_theme_change_at_once_and_are_remembered(dashboard: Dashboard) -> None:
    dashboard.open()
    dashboard.page.evaluate("window.same = true")
    before = dashboard.numbers()
    dashboard.page.locator(".language").get_by_text("EN").click()
    dashboard.page.get_by_text("Layers", exact=True).wait_for()
    dashboard.page.locator(".theme-switch").click()
    dashboard.page.wait_for_function("() => document.documentElement.dataset.mantineColorScheme === 'light'")
    dashboard.settle()
    shown = dashboard.numbers()
    assert (shown.total, shown.unplaced) == (before.total, before.unplaced)
    panels = dashboard.page.locator(".rail").all_inner_texts()
    assert not [text for text in panels if any("\u4e00" <= letter <= "\u9fff" for letter in text)]
    assert dashboard.page.locator(".unit-label").first.inner_text().isascii()
    assert dashboard.page.evaluate("window.same")
    dashboard.page.reload()
    dashboard.settle()
    assert dashboard.page.get_by_text("Layers", exact=True).is_visible()
    assert dashboard.page.evaluate("document.documentElement.dataset.mantineColorScheme") == "light"


def test_a_link_says_language_and_theme_for_the_whole_visit_and_no_longer(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.open("?lang=en&theme=light")
    assert page.get_by_text("Layers", exact=True).is_visible()
    page.locator(".rank-row").first.click()
    page.wait_for_url("**unit=**")
    dashboard.settle()
    assert page.get_by_text("Layers", exact=True).is_visible()
    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == "light"
    dashboard.open()
    assert page.get_by_text("图层", exact=True).is_visible()


def dense(dashboard: Dashboard) -> str:
    """Return the cell of a busy community that has most incidents in a year."""
    code = str(dashboard.get("/api/city")["code"])
    for _ in range(4):
        children = dashboard.get(f"/api/summary?unit={code}")["children"]
        code = max(children, key=lambda child: child["total"])["code"]
    return code


@pytest.mark.parametrize(
    ("layer", "words"), [("cameras", ("摄像头", "方位角", "编号")), ("incidents", ("事件", "上报时间", "状态"))]
)
def test_a_point_says_what_it_is(dashboard: Dashboard, layer: str, words: tuple[str, ...]) -> None:
    dashboard.open(f"?unit={dense(dashboard)}&period=all")
    dashboard.click_point(layer)
    popup = dashboard.page.locator(".map-popup")
    popup.wait_for()
    assert [word for word in words if word not in popup.inner_text()] == []
    dashboard.page.locator(".language").get_by_text("EN").click()
    dashboard.page.wait_for_function(
        "() => !document.querySelector('.map-popup dt').textContent.match(/[\\u4e00-\\u9fff]/)"
    )
    unit = dashboard.search
    dashboard.page.keyboard.press("Escape")
    popup.wait_for(state="detached")
    assert dashboard.search == unit


def test_what_a_row_says_is_text_and_never_markup(dashboard: Dashboard) -> None:
    dashboard.open()
    bad = {"key": "<img src=x onerror=alert(1)>", "name": "<b id=bad>x</b>", "type": "<i>"}
    dashboard.page.evaluate("said => onemap.popup.open('cameras', said, onemap.map.getCenter())", bad)
    popup = dashboard.page.locator(".map-popup")
    assert "<b id=bad>x</b>" in popup.inner_text()
    assert popup.locator("img, #bad, i").count() == 0


def test_the_list_has_pages_and_a_row_opens_its_incident(dashboard: Dashboard) -> None:
    dashboard.open()
    first = dashboard.page.locator(".incident").all_inner_texts()
    dashboard.page.locator(".incident-list footer .action").last.click()
    dashboard.page.wait_for_url("**after=**")
    dashboard.settle()
    second = dashboard.page.locator(".incident").all_inner_texts()
    assert len(first) == len(second) == 20
    assert first != second
    dashboard.page.locator(".incident-list footer .action").first.click()
    dashboard.settle()
    assert dashboard.page.locator(".incident").all_inner_texts() == first
    row = dashboard.page.locator(".incident").first
    key = (row.get_attribute("title") or "").split(": ")[1]
    row.click()
    dashboard.page.locator(".map-popup").get_by_text(key).wait_for()


def test_a_layer_switched_off_leaves_the_map(dashboard: Dashboard) -> None:
    dashboard.open()
    drawn = "() => { let n = 0; onemap.map.eachLayer(l => { if (l._radius && l.options.square) n++; }); return n; }"
    assert dashboard.page.evaluate(drawn) > 0
    row = dashboard.page.locator(".layer-row", has_text="摄像头")
    row.focus()
    dashboard.page.keyboard.press("Space")
    dashboard.page.wait_for_url("**layers=**")
    dashboard.settle()
    assert row.get_attribute("aria-checked") == "false"
    assert dashboard.page.evaluate(drawn) == 0


def test_the_legend_counts_every_unit_whatever_the_classes(dashboard: Dashboard) -> None:
    dashboard.open()
    for method in ("等距", "分位"):
        dashboard.page.locator("#legend-body").get_by_text(method).click()
        dashboard.settle()
        counts = dashboard.page.locator(".legend small").all_inner_texts()
        assert sum(number(text) for text in counts) == len(dashboard.unit()["children"])


def test_an_empty_view_says_why_and_what_to_do(dashboard: Dashboard) -> None:
    dashboard.open("?q=nothing-is-called-this")
    message = dashboard.page.locator(".message")
    assert "没有符合条件的事件" in message.inner_text()
    message.get_by_text("清除筛选").click()
    dashboard.settle()
    assert dashboard.numbers().total > 0


def test_a_lost_server_keeps_the_picture_and_says_so(dashboard: Dashboard) -> None:
    dashboard.open()
    before = dashboard.numbers().total
    dashboard.page.route("**/api/**", lambda route: route.fulfill(status=200, body="{", content_type="text/plain"))
    dashboard.page.evaluate("dash_clientside.set_props('state-tick', {n_intervals: -5})")
    message = dashboard.page.locator(".message.is-error")
    message.wait_for()
    assert dashboard.numbers().total == before
    assert dashboard.page.locator("body.is-stale").count() == 1
    dashboard.page.unroute("**/api/**")
    message.get_by_text("立即重试").click()
    message.wait_for(state="detached")
    assert dashboard.page.locator("body.is-stale").count() == 0
    # Without their polygons the numbers of a unit would stand on those of another.
    dashboard.page.evaluate(GONE, ".geobuf")
    dashboard.page.locator(".rank-row").first.click()
    message.get_by_text("服务器出错（502）").wait_for()
    assert dashboard.numbers().total == before
    dashboard.page.evaluate("() => window.back()")
    message.get_by_text("立即重试").click()
    message.wait_for(state="detached")
    dashboard.settle()
    assert dashboard.numbers().total < before
    # Nor may points of another filter stay.
    dashboard.page.evaluate(GONE, "/api/points")
    dashboard.page.locator(".filters .chip", has_text="已结案").click()
    dashboard.page.wait_for_function(
        "() => document.documentElement.style.getPropertyValue('--counted-note').includes('点位未能取得')"
    )


def test_a_page_asks_no_question_twice(dashboard: Dashboard) -> None:
    asked: list[str] = []
    dashboard.page.on("request", lambda request: asked.append(request.url))
    dashboard.open("?period=all&q=%E5%9E%83%E5%9C%BE")
    dashboard.page.wait_for_function("() => (document.getElementById('trend-chart').bars || []).length")
    counted = [address for address in asked if "/api/" in address]
    assert [address for address in counted if "/api/summary" in address]
    assert len(counted) == len(set(counted)), counted


def test_a_long_count_says_that_it_goes_on_and_a_stopped_one_why(dashboard: Dashboard) -> None:
    dashboard.open()
    before, held = dashboard.numbers().total, list[Route]()

    def hold(route: Route) -> None:
        held.append(route)

    dashboard.page.route("**/api/summary?*", hold)
    dashboard.page.locator(".period").get_by_text("1年").click()
    dashboard.page.get_by_role("status").get_by_text("正在统计").wait_for()
    assert dashboard.numbers().total == before
    # What is held goes on by itself.
    dashboard.page.unroute("**/api/summary?*")
    dashboard.settle()
    assert len(held) > 0
    assert dashboard.numbers().total > before
    assert dashboard.page.locator(".waiting").inner_text() == ""
    # Not by a route: a page whose requests fail is a failed test.
    dashboard.page.evaluate(REFUSED, {"detail": "stopped", "reason": "slow"})
    dashboard.page.evaluate("dash_clientside.set_props('state-tick', {n_intervals: -5})")
    dashboard.page.locator(".message.is-error").get_by_text("统计时间过长").wait_for()
    # A value of the address that cannot be used is named in the page's language.
    dashboard.page.evaluate(REFUSED, {"detail": "from is 'abc'; write a day", "parameter": "from", "value": "abc"})
    dashboard.page.evaluate("dash_clientside.set_props('state-tick', {n_intervals: -6})")
    dashboard.page.locator(".message.is-error").get_by_text("链接中的 from 不能是“abc”").wait_for()
    assert not dashboard.page.locator(".message.is-error").get_by_text("重试").count()
    # What only the page knows as well; what the API refuses leaves an error in the browser's log.
    dashboard.page.goto(f"{dashboard.origin}/?period=fortnight")
    dashboard.page.locator(".message.is-error").get_by_text("链接中的 period 不能是“fortnight”").wait_for()
    assert dashboard.page.evaluate("onemap.cells.levelOf({level: 'alley'}, {path: [1]})") == "alley"
    dashboard.page.locator(".message.is-error a").click()
    dashboard.settle()
    assert dashboard.numbers().total > 0


def test_looks_that_a_link_has_wrong_are_named_once_and_the_rest_of_it_holds(dashboard: Dashboard) -> None:
    wrong = "strip=pie&ramp=red&sort=odd&layers=cameras,moats&opacity=cameras:400&around=7&stauts=open&lang=fr"
    dashboard.page.goto(f"{dashboard.origin}/?{wrong}&classes=equal&bbox=120,29,123,31")
    dashboard.settle()
    note = dashboard.page.locator(".message.is-unread")
    assert "stauts=open、strip=pie、ramp=red、sort=odd、layers=moats、opacity=cameras:400、…" in note.inner_text()
    view = dashboard.page.evaluate("onemap.view.now")
    assert (view["strip"], view["layers"], view["classes"]) == ("trend", ["cameras"], "equal")
    assert view["within"] == "POLYGON((120 29,123 29,123 31,120 31,120 29))"
    assert dashboard.numbers().total > 0
    note.get_by_text("知道了").click()
    note.wait_for(state="detached")
    dashboard.settle()
    dashboard.page.go_back()
    note.wait_for()


# Names that are not written on the unit they name.
ASTRAY = """() => [...document.querySelectorAll('.unit-label')].filter((label) => {
    const name = [...label.querySelectorAll('b')].map((line) => line.textContent).join(' '), found = [];
    const box = label.getBoundingClientRect(), frame = onemap.map.getContainer().getBoundingClientRect();
    const there = [(box.left + box.right) / 2 - frame.left, (box.top + box.bottom) / 2 - frame.top];
    onemap.map.eachLayer((layer) => {
        const said = layer.feature && !layer.options.around && layer.feature.properties.name_en;
        if (said && said.startsWith(name)) found.push(layer);
    });
    return !found.some((layer) => layer._containsPoint(onemap.map.containerPointToLayerPoint(there)));
}).map((label) => label.innerText)"""
CUT = """() => [...document.querySelectorAll('.ranking .name')]
    .filter((name) => name.scrollHeight > name.clientHeight + 1 || name.scrollWidth > name.clientWidth)
    .map((name) => name.innerText)"""
BELOW = """panel => {
    const box = document.querySelector(panel).getBoundingClientRect(), found = [];
    onemap.map.eachLayer((layer) => {
        if (!layer._point || !layer.options.text) return;
        const {x, y} = onemap.map.layerPointToContainerPoint(layer._point), far = layer._radius;
        const clear = x + far < box.left || x - far > box.right || y + far < box.top || y - far > box.bottom;
        if (!clear) found.push(layer.options.text);
    });
    return found;
}"""


def test_a_laptop_starts_with_the_left_rail_folded(dashboard: Dashboard) -> None:
    dashboard.page.set_viewport_size({"width": 1366, "height": 768})
    dashboard.open()
    assert not dashboard.page.locator(".rail-left").is_visible()
    dashboard.page.locator(".fold-left").click()
    assert dashboard.page.locator(".rail-left").is_visible()
    dashboard.page.reload()
    dashboard.settle()
    assert dashboard.page.locator(".rail-left").is_visible()
    # What is half cut helps nobody.
    assert dashboard.page.locator("#trend-hint").is_hidden()
    # English names are long: on the map they lose what all of them end in, in the ranking they take two lines.
    dashboard.page.locator(".fold-left").click()
    dashboard.open("?lang=en&strip=beside&against=year&period=1y")
    dashboard.page.wait_for_timeout(500)
    names = dashboard.page.locator(".unit-label").all_inner_texts()
    assert any(name.startswith("Jiangbei") and "District" not in name for name in names), names
    assert len(names) >= 7, names
    assert dashboard.page.evaluate(CUT) == []
    assert dashboard.page.locator(".breadcrumb b").evaluate("here => here.scrollWidth <= here.clientWidth")
    assert dashboard.page.evaluate(ASTRAY) == []
    # Nothing that is counted lies below the legend, whose room the city leaves free.
    assert dashboard.page.evaluate(BELOW, ".legend") == []
    assert dashboard.page.evaluate(BELOW, ".notice") == []
    # Nor does what is known of an incident, beside a table.
    place = dashboard.get("/api/incidents?limit=1")["incidents"][0]
    dashboard.open(f"?lang=en&strip=table&unit={place['unit']['code']}&at=incident-{place['id']}")
    dashboard.page.locator(".map-popup article").wait_for()
    dashboard.page.wait_for_timeout(500)
    popup, legend = (dashboard.page.locator(each).bounding_box() for each in (".map-popup", "#legend-body"))
    assert popup
    assert legend
    assert popup["x"] >= legend["x"] + legend["width"] or popup["y"] + popup["height"] <= legend["y"]
    assert dashboard.page.locator(".breadcrumb b").evaluate("last => last.scrollWidth <= last.clientWidth + 1")
