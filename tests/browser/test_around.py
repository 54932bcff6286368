"""Around here, by right click, from a popup and by a link: what the panel says is what the API counts."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.accessible import faults
from tests.browser.visit import Dashboard, number

pytestmark = pytest.mark.browser
PLACE = "121.55,29.87"


def asked(dashboard: Dashboard) -> dict[str, Any]:
    """Return the API's answer for the place, the circle and the period of the address."""
    says = dashboard.page.evaluate(
        "() => { const q = onemap.view.query(onemap.view.now); q.delete('unit'); return q.toString(); }"
    )
    lon, lat = dashboard.said["at"][0].split(",")
    metres = dashboard.said["around"][0]
    return dict(dashboard.get(f"/api/around?lon={lon}&lat={lat}&metres={metres}&{says}"))


def counts(dashboard: Dashboard) -> list[int]:
    """Return the numbers of the panel's layers, incidents last."""
    dashboard.page.locator(".near-layer summary b").first.wait_for()
    return [number(text) for text in dashboard.page.locator(".near-layer summary b").all_inner_texts()]


def right_click(dashboard: Dashboard) -> None:
    """Right-click in the middle of what can be seen of the map."""
    dashboard.page.mouse.click(900, 420, button="right")
    dashboard.page.locator(".near-layer").first.wait_for()
    dashboard.settle()


def test_a_right_click_tells_what_is_around_as_the_api_counts_it(dashboard: Dashboard) -> None:
    dashboard.open("?period=all")
    right_click(dashboard)
    answer = asked(dashboard)
    assert counts(dashboard) == [*(layer["total"] for layer in answer["layers"]), answer["incidents"]["total"]]
    assert dashboard.said["around"] == ["500"]
    assert dashboard.page.locator(".around-circle").count() == 1
    assert dashboard.page.locator(".place-ring").count() == 1
    dashboard.page.set_viewport_size({"width": 1366, "height": 768})
    dashboard.page.wait_for_function(
        """() => {
            const [around, legend] = ['.panel.around', '.legend'].map(
                (part) => document.querySelector(part).getBoundingClientRect());
            return around.height > 200 && around.bottom < legend.top;
        }"""
    )


def test_nearest_cameras_have_distance_and_bearing_and_open_at_a_click(dashboard: Dashboard) -> None:
    dashboard.open(f"?at={PLACE}&around=500&period=all")
    counts(dashboard)
    cameras = next(layer for layer in asked(dashboard)["layers"] if layer["id"] == "cameras")
    rows = dashboard.page.locator(".near-layer").first.locator(".near-row")
    assert rows.count() == len(cameras["nearest"]) == 5
    first = cameras["nearest"][0]
    assert f"{first['metres']:.0f} 米" in rows.first.inner_text()
    assert f"{first['bearing']:.0f}°" in rows.first.inner_text()
    rows.first.click()
    dashboard.page.locator(".map-popup").get_by_text(first["key"]).wait_for()
    assert dashboard.said["at"] == [PLACE]
    dashboard.page.keyboard.press("Escape")
    dashboard.page.locator(".map-popup").wait_for(state="detached")
    assert dashboard.page.locator(".panel.around").is_visible()


def test_a_wider_circle_holds_more_and_a_shorter_period_fewer_incidents(dashboard: Dashboard) -> None:
    dashboard.open(f"?at={PLACE}&around=200&period=all")
    narrow = counts(dashboard)
    dashboard.page.locator(".panel.around").get_by_text("1 公里").click()
    dashboard.page.wait_for_url("**around=1000**")
    dashboard.settle()
    wide = counts(dashboard)
    assert all(more >= fewer for more, fewer in zip(wide, narrow, strict=True))
    assert wide[0] > narrow[0]
    assert wide[-1] == asked(dashboard)["incidents"]["total"] > 0
    dashboard.page.locator(".period").get_by_text("7天").click()
    dashboard.page.wait_for_url("**period=7d**")
    dashboard.settle()
    assert counts(dashboard)[-1] == asked(dashboard)["incidents"]["total"] < wide[-1]


def test_a_popup_leads_to_what_is_around_it_and_escape_back(dashboard: Dashboard) -> None:
    camera = dashboard.get("/api/search?q=33020300001")["results"][0]
    dashboard.open(f"?at=feature-{camera['id']}")
    dashboard.page.locator(".map-popup").get_by_role("button", name="周边").click()
    dashboard.page.wait_for_url("**around=500**")
    counts(dashboard)
    nearest = dashboard.page.locator(".near-row").first.inner_text()
    assert "0 米" in nearest
    assert "°" not in nearest
    dashboard.page.locator(".panel.around .close").click()
    dashboard.page.locator(".panel.around").wait_for(state="hidden")
    assert dashboard.page.locator(".around-circle").count() == 0


def test_a_link_opens_the_same_circle_in_english(dashboard: Dashboard, another_page: Page, origin: str) -> None:
    dashboard.open(f"?at={PLACE}&around=500&period=1y")
    shown = counts(dashboard)
    other = Dashboard(another_page, origin)
    other.open(f"?{dashboard.search}&lang=en&theme=light")
    assert counts(other) == shown
    said = other.page.locator(".panel.around").inner_text()
    assert [word for word in ("Around here", "Cameras", "Hydrants", "Incidents", " m", "°") if word not in said] == []
    for page in (dashboard.page, other.page):
        assert faults(page, ".panel.around") == []
    assert faults(other.page, ".tools") == []


def test_escape_closes_the_circle_before_it_goes_up(dashboard: Dashboard) -> None:
    dashboard.open(f"?unit=330203000000&at={PLACE}&around=200")
    counts(dashboard)
    dashboard.page.keyboard.press("Escape")
    dashboard.page.locator(".panel.around").wait_for(state="hidden")
    assert dashboard.unit()["code"] == "330203000000"


def test_a_server_that_fails_is_said_in_the_panel(dashboard: Dashboard) -> None:
    dashboard.page.route(
        "**/api/around?*", lambda route: route.fulfill(status=200, body="{", content_type="text/plain")
    )
    dashboard.open(f"?at={PLACE}&around=500")
    dashboard.page.locator(".panel.around [role='alert']").wait_for()
