"""The search box: by keyboard, by pinyin, codes, numbers and coordinates; what it says while it has nothing."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route

from tests.browser.accessible import faults
from tests.browser.visit import Dashboard

pytestmark = pytest.mark.browser
FIELD, OPTION = "#search-field", ".search-option"


def search(dashboard: Dashboard, words: str) -> list[str]:
    """Type words into the box, and return what the results say."""
    dashboard.page.keyboard.press("/")
    # The slash that opens the box may ask for itself first.
    with dashboard.page.expect_response(lambda answer: parse_qs(urlsplit(answer.url).query).get("q") == [words]):
        dashboard.page.locator(FIELD).fill(words)
    dashboard.page.locator(f"{OPTION}, .search-note").first.wait_for()
    dashboard.page.wait_for_timeout(50)
    return dashboard.page.locator(OPTION).all_inner_texts()


def some(dashboard: Dashboard, q: str, kind: str) -> dict[str, Any]:
    """Return the first result of a kind that has a place."""
    found = dashboard.get(f"/api/search?q={q}&limit=50")["results"]
    return next(hit for hit in found if hit["type"] == kind and hit["lon"] is not None)


def test_initials_lead_to_a_unit_by_keyboard_alone(dashboard: Dashboard) -> None:
    dashboard.open()
    results = search(dashboard, "yzq")
    assert "鄞州区" in results[0]
    dashboard.page.keyboard.press("Enter")
    dashboard.page.wait_for_url("**unit=330212000000**")
    dashboard.settle()
    assert dashboard.unit()["name"] == "鄞州区"
    assert dashboard.page.locator(FIELD).input_value() == ""


def test_arrows_choose_and_the_combobox_says_which(dashboard: Dashboard) -> None:
    dashboard.open()
    dashboard.page.keyboard.press("Control+k")
    field = dashboard.page.locator(FIELD)
    assert field.get_attribute("aria-expanded") == "false"
    results = search(dashboard, "zhen")
    assert len(results) > 2
    assert field.get_attribute("aria-expanded") == "true"
    for key, at in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("ArrowUp", 0), ("ArrowUp", len(results) - 1)):
        dashboard.page.keyboard.press(key)
        marked = dashboard.page.locator("[role='option'][aria-selected='true']")
        assert marked.count() == 1
        assert marked.get_attribute("id") == field.get_attribute("aria-activedescendant") == f"search-option-{at}"
    assert faults(dashboard.page, ".search") == []


def test_an_empty_box_says_what_can_be_searched_and_escape_leaves_it(dashboard: Dashboard) -> None:
    dashboard.open("?unit=330212000000")
    dashboard.page.keyboard.press("/")
    said = dashboard.page.locator(".search-drop")
    assert [word for word in ("单元", "拼音", "编码", "坐标") if word not in said.inner_text()] == []
    assert faults(dashboard.page, ".search") == []
    dashboard.page.keyboard.press("Escape")
    assert not said.is_visible()
    assert dashboard.unit()["code"] == "330212000000"
    dashboard.page.keyboard.press("Escape")
    dashboard.page.wait_for_url("**unit=330200000000**")


def test_what_is_not_there_is_said_in_both_languages(dashboard: Dashboard) -> None:
    dashboard.open()
    assert search(dashboard, "没有这个地方") == []
    assert "没有找到" in dashboard.page.locator(".search-drop").inner_text()
    dashboard.page.locator(FIELD).fill("N29.87 N121.55")
    dashboard.page.locator(".search-note.is-error").get_by_text("都写成了纬度").wait_for()
    dashboard.page.locator(".language").get_by_text("EN").click()
    dashboard.page.wait_for_function("() => document.querySelector('#search-field').placeholder.startsWith('Search')")
    assert search(dashboard, "no such place") == []
    said = dashboard.page.locator(".search-drop").inner_text()
    assert "Nothing found" in said
    assert "Coordinates" in said


def test_a_search_that_fails_says_so_and_enter_tries_again(dashboard: Dashboard) -> None:
    dashboard.open()

    def broken(route: Route) -> None:
        route.fulfill(status=200, content_type="text/plain", body="{")

    dashboard.page.route("**/api/search?*", broken)
    dashboard.page.keyboard.press("/")
    dashboard.page.locator(FIELD).fill("yzq")
    dashboard.page.locator(".search-note.is-error").wait_for()
    dashboard.page.unroute("**/api/search?*")
    dashboard.page.keyboard.press("Enter")
    dashboard.page.locator(OPTION).first.wait_for()


def test_keys_of_an_input_method_choose_nothing(dashboard: Dashboard) -> None:
    dashboard.open()
    asked: list[str] = []
    dashboard.page.on("request", lambda request: asked.append(request.url) if "/api/search" in request.url else None)
    dashboard.page.keyboard.press("/")
    keyboard = dashboard.page.context.new_cdp_session(dashboard.page)
    for text in ("y", "yin", "yin zhou"):
        keyboard.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    dashboard.page.wait_for_timeout(500)
    assert asked == []
    keyboard.send("Input.insertText", {"text": "鄞州"})
    dashboard.page.locator(OPTION).first.wait_for()
    assert dashboard.page.locator(FIELD).input_value() == "鄞州"
    assert "鄞州区" in dashboard.page.locator(OPTION).first.inner_text()
    prevented = dashboard.page.evaluate(
        """() => !document.querySelector('#search-field').dispatchEvent(
            new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"""
    )
    assert not prevented
    assert "unit=" not in dashboard.search


def test_a_camera_is_flown_to_ringed_and_told_and_its_link_shows_the_same(
    dashboard: Dashboard, another_page: Page, origin: str
) -> None:
    dashboard.open("?unit=330212000000")
    camera = some(dashboard, "33020300001", "feature")
    assert camera["code"] in search(dashboard, camera["code"])[0]
    dashboard.page.keyboard.press("Enter")
    popup = dashboard.page.locator(".map-popup")
    popup.get_by_text(camera["code"]).wait_for()
    dashboard.settle()
    assert dashboard.said["at"] == [f"feature-{camera['id']}"]
    assert dashboard.unit()["code"] == "330200000000"
    assert dashboard.page.locator(".place-ring").count() == 1
    middle = dashboard.page.evaluate("() => { const c = onemap.map.getCenter(); return [c.lng, c.lat]; }")
    assert middle == pytest.approx([camera["lon"], camera["lat"]], abs=0.01)
    other = Dashboard(another_page, origin)
    other.open(f"?{dashboard.search}")
    other.page.locator(".map-popup").get_by_text(camera["code"]).wait_for()
    assert other.page.locator(".place-ring").count() == 1
    dashboard.page.keyboard.press("Escape")
    popup.wait_for(state="detached")
    dashboard.page.wait_for_function("() => !location.search.includes('at=')")
    assert dashboard.page.locator(".place-ring").count() == 0


def test_an_incident_is_found_by_its_number_in_small_letters(dashboard: Dashboard) -> None:
    dashboard.open()
    incident = some(dashboard, "NB2026", "incident")
    results = search(dashboard, incident["code"].lower())
    assert incident["code"] in results[0]
    dashboard.page.locator(OPTION).first.click()
    dashboard.page.locator(".map-popup").get_by_text(incident["code"]).wait_for()
    assert dashboard.said["at"] == [f"incident-{incident['id']}"]


def test_degrees_ask_for_their_datum_and_the_answer_is_pinned(dashboard: Dashboard) -> None:
    dashboard.open()
    results = search(dashboard, "29.87，121.55")
    assert len(results) == 3
    for text, datum in zip(results, ("WGS 84", "GCJ-02", "BD-09"), strict=True):
        assert datum in text
        assert "海曙区" in text
    assert "494 米" in results[1]
    assert "是哪一种坐标" in dashboard.page.locator(".search-group").inner_text()
    dashboard.page.keyboard.press("ArrowDown")
    dashboard.page.keyboard.press("Enter")
    dashboard.page.locator(".map-popup").get_by_text("121.545831, 29.872574").wait_for()
    assert dashboard.said["at"] == ["121.545831,29.872574"]
    assert "海曙区" in dashboard.page.locator(".map-popup").inner_text()


def test_going_elsewhere_leaves_the_place(dashboard: Dashboard) -> None:
    dashboard.open("?at=121.55,29.87")
    dashboard.page.locator(".place-ring").wait_for()
    dashboard.page.locator(".rank-row").first.click()
    dashboard.page.wait_for_function("() => !location.search.includes('at=')")
    dashboard.settle()
    assert dashboard.page.locator(".place-ring, .map-popup").count() == 0
