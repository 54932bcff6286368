"""How soon a person sees the page, and a drill click drawn, in Chromium that paints without a graphics card."""

import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks._served import served
from tests.browser.visit import SPOT, Dashboard
from tests.browsing import LAUNCH

FIRST_PAGES, DRILLS = 5, 20
FIRST_PAGE, DRILL = 2_500, 400
"""Milliseconds that the medians should stay below."""
SEEN = """([code, total]) => {
    const map = document.querySelector('.map');
    const number = document.querySelector('.figure .number');
    return map && (map.dataset.drawn || '').startsWith(code + '@') && number
        && Number((number.title || '').split(' ')[0].replaceAll(',', '')) === total;
}"""


def main() -> None:
    """Print the medians of first pages and of drill clicks, polygons and figures both there."""
    with served() as client, sync_playwright() as playwright:
        origin = str(client.base_url).rstrip("/")
        browser = playwright.chromium.launch(**LAUNCH)
        told("first page, nothing kept", [first_page(browser, origin) for _ in range(FIRST_PAGES)], FIRST_PAGE)
        told("drill click, city to district and further down", drills(browser, origin), DRILL)
        browser.close()


def first_page(browser: Browser, origin: str) -> float:
    """Return the milliseconds from the address to polygons and figures, in a browser that kept nothing."""
    with browser.new_context(viewport={"width": 1920, "height": 1080}) as context:
        page = context.new_page()
        dashboard = Dashboard(page, origin)
        code = str(dashboard.get("/api/city")["code"])
        total = dashboard.get(f"/api/summary?unit={code}&{period(dashboard)}")["total"]
        return timed(lambda: page.goto(origin), page, code, total)


def drills(browser: Browser, origin: str) -> list[float]:
    """Return the milliseconds of clicks that go down, from the city to a community and again."""
    times: list[float] = []
    with browser.new_context(viewport={"width": 1920, "height": 1080}) as context:
        page = context.new_page()
        dashboard = Dashboard(page, origin)
        while len(times) < DRILLS:
            dashboard.open()
            place = dashboard.unit()
            for step in range(3):
                child = place["children"][(len(times) * 7 + step) % len(place["children"])]["code"]
                spot = page.evaluate(SPOT, child)
                if spot is None:
                    break
                total = dashboard.get(f"/api/summary?unit={child}&{period(dashboard)}")["total"]
                times.append(timed(partial(page.mouse.click, *spot), page, child, total))
                dashboard.settle()
                place = dashboard.unit()
    return times[:DRILLS]


def period(dashboard: Dashboard) -> str:
    """Return the thirty days that the page begins with, as the API takes them."""
    until = date.fromisoformat(dashboard.get("/api/city")["now"][:10]) + timedelta(days=1)
    return f"from={until - timedelta(days=30)}&to={until}"


def timed(do: Callable[[], object], page: Page, code: str, total: int) -> float:
    """Do it, and return the milliseconds until the unit's polygons and its total are on the page."""
    began = time.perf_counter()
    do()
    page.wait_for_function(SEEN, arg=[code, total])
    return (time.perf_counter() - began) * 1000


def told(title: str, times: list[float], target: float) -> None:
    """Print one line."""
    middle = statistics.median(times)
    print(f"{title:50} median {middle:6.0f} ms, slowest {max(times):6.0f} ms, target {target} ms")
