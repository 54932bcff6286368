"""Going down, up and back: five levels by clicks only, links, the back button, the keyboard."""

import time

import pytest
from playwright.sync_api import Page, Route

from tests.browser.visit import Dashboard, Numbers

pytestmark = pytest.mark.browser
LEVELS = ("city", "district", "street", "community", "grid")
PERIOD = "?period=1y"


def adds_up(shown: Numbers) -> bool:
    """Tell whether children and unplaced are the total, and so are the days, and open and closed."""
    whole = sum(total for _, total in shown.children) + (shown.unplaced or 0)
    return whole == shown.total == shown.by_day == shown.open + shown.closed


def busiest(dashboard: Dashboard) -> str:
    """Return the child with most incidents."""
    row = dashboard.page.locator(".rank-row").first.get_attribute("href") or ""
    return row.split("unit=")[1].split("&")[0]


def test_five_levels_are_reached_by_clicks_and_every_number_adds_up(dashboard: Dashboard) -> None:
    dashboard.open(PERIOD)
    before = dashboard.numbers()
    assert before.total > 0
    for level in LEVELS[:-1]:
        place = dashboard.unit()
        assert place["level"] == level
        shown = dashboard.numbers()
        assert adds_up(shown), shown
        assert [name for name, _ in shown.children] != []
        assert len(shown.children) == len(place["children"])
        child = busiest(dashboard)
        expected = dict(shown.children)[dashboard.get(f"/api/units/{child}")["name"]]
        dashboard.click_unit(child)
        dashboard.settle()
        assert dashboard.numbers().total == expected
    cell = dashboard.numbers()
    assert dashboard.unit()["level"] == LEVELS[-1]
    assert cell.unplaced is None
    assert cell.by_day == cell.total
    assert dashboard.page.locator(".rank-row.is-chosen").count() == 1


def test_every_unit_that_can_be_drawn_is_drawn(dashboard: Dashboard) -> None:
    dashboard.open(PERIOD)
    assert dashboard.page.locator(".map").get_attribute("data-units") == str(len(dashboard.unit()["children"]))
    assert dashboard.page.locator(".unit-label").count() >= 8


def test_polygons_that_come_before_what_decodes_them_are_drawn_all_the_same(dashboard: Dashboard) -> None:
    def late(route: Route) -> None:
        time.sleep(3)
        route.continue_()

    dashboard.page.route("**/async-geobuf*.js", late)
    dashboard.page.goto(f"{dashboard.origin}/{PERIOD}")
    # Sooner than the next look at the clock, which would draw everything again.
    dashboard.page.wait_for_function("() => document.querySelector('.map')?.dataset.drawn", timeout=40_000)
    dashboard.settle()
    assert dashboard.page.locator(".map").get_attribute("data-units") == str(len(dashboard.unit()["children"]))


def test_a_link_gives_another_visitor_the_same_numbers(dashboard: Dashboard, another_page: Page, origin: str) -> None:
    dashboard.open("?period=1y&category=street-order&layers=cameras,hotline&classes=equal&sort=open")
    dashboard.click_unit(busiest(dashboard))
    dashboard.settle()
    other = Dashboard(another_page, origin)
    other.open(f"?{dashboard.search}")
    assert other.numbers() == dashboard.numbers()
    assert other.page.locator("#legend-body").inner_text() == dashboard.page.locator("#legend-body").inner_text()
    switches = [each.get_attribute("aria-checked") for each in other.page.locator(".layer-row").all()]
    assert switches == [each.get_attribute("aria-checked") for each in dashboard.page.locator(".layer-row").all()]


def test_back_and_forward_bring_back_what_was_shown(dashboard: Dashboard) -> None:
    dashboard.open(PERIOD)
    city = dashboard.numbers()
    dashboard.click_unit(busiest(dashboard))
    dashboard.settle()
    district = dashboard.numbers()
    dashboard.page.go_back()
    dashboard.settle()
    assert dashboard.numbers() == city
    dashboard.page.go_forward()
    dashboard.settle()
    assert dashboard.numbers() == district != city


def test_escape_and_the_breadcrumb_go_up(dashboard: Dashboard) -> None:
    code = dashboard.get("/api/units/" + dashboard.get("/api/city")["code"])["children"][0]["code"]
    street = dashboard.get(f"/api/units/{code}")["children"][0]["code"]
    dashboard.open(f"?unit={street}")
    dashboard.page.keyboard.press("Escape")
    dashboard.page.wait_for_url(f"**unit={code}**")
    dashboard.settle()
    dashboard.page.locator(".breadcrumb a").first.click()
    dashboard.settle()
    assert dashboard.unit()["level"] == "city"


def test_the_keyboard_alone_goes_down(dashboard: Dashboard) -> None:
    dashboard.open(PERIOD)
    row = dashboard.page.locator(".rank-row").nth(2)
    row.focus()
    dashboard.page.keyboard.press("Enter")
    dashboard.page.wait_for_url("**unit=**")
    dashboard.settle()
    assert dashboard.unit()["level"] == "district"


def test_a_second_click_before_the_first_is_drawn_wins(dashboard: Dashboard) -> None:
    dashboard.open(PERIOD)
    first, second = (row.get_attribute("href") or "" for row in dashboard.page.locator(".rank-row").all()[:2])
    dashboard.page.evaluate(
        "([a, b]) => { const go = s => dash_clientside.set_props('state-location', {search: s}); go(a); go(b); }",
        [first, second],
    )
    dashboard.page.wait_for_url(f"**{second}")
    dashboard.settle()
    shown = dashboard.numbers()
    assert adds_up(shown)
    assert shown.total == dashboard.get("/api/summary" + second.replace("period=1y", span(dashboard)))["total"]


def test_a_change_while_the_same_numbers_are_on_their_way_waits_for_them_and_no_longer(dashboard: Dashboard) -> None:
    dashboard.open(PERIOD)
    page = dashboard.page
    page.evaluate("() => dash_clientside.set_props('state-tick', {disabled: true})")
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 800, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", slow)
    page.evaluate(
        "() => { onemap.view.go({status: ['closed']}); setTimeout(() => onemap.view.go({sort: 'low'}), 300); }"
    )
    page.wait_for_url("**sort=low**")
    dashboard.settle()
    assert dashboard.numbers().total == dashboard.get(f"/api/summary?{span(dashboard)}&status=closed")["total"]


def span(dashboard: Dashboard) -> str:
    """Return the year of the page as the API takes it."""
    return str(
        dashboard.page.evaluate(
            "() => { const s = onemap.view.span(onemap.view.now); return `from=${s.since}&to=${s.until}`; }"
        )
    )


def test_counts_of_layers_keep_apart(dashboard: Dashboard) -> None:
    overlaps = """() => {
        const counts = [];
        onemap.map.eachLayer(each => each.options.text && counts.push(each));
        const half = each => each.options.square ? each._half() : { wide: each._radius, tall: each._radius };
        const over = (one, other) => Math.abs(one._point.x - other._point.x) < half(one).wide + half(other).wide
            && Math.abs(one._point.y - other._point.y) < half(one).tall + half(other).tall;
        return counts.filter((one, at) => counts.slice(at + 1).some(other => over(one, other))).length;
    }"""
    dashboard.open("?period=all")
    dashboard.page.wait_for_function(f"() => onemap.points.taken().length > 20 && ({overlaps})() === 0")
