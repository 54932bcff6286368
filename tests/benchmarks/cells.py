"""How soon 15,000 grid cells are drawn, and coloured anew, in Chromium that paints without a graphics card."""

import statistics

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks._served import served
from tests.browser.visit import Dashboard
from tests.browsing import LAUNCH

DRAWINGS, RECOLOURINGS = 5, 10
DRAWING, RECOLOURING, SENT = 2_000, 300, 70_000
"""Milliseconds that the medians should stay below, and bytes."""
# From the click until all cells are painted, whatever is asked, decoded, classed and drawn in between.
TIMED = """selector => new Promise(done => {
    const { Cells } = onemap.cellsCanvas;
    const paint = Cells.prototype.paint;
    Cells.prototype.paint = function () {
        paint.call(this);
        if (!this.shapes) return;
        this._pen.getImageData(0, 0, 1, 1); // painting is not over before a pixel can be read
        Cells.prototype.paint = paint;
        done(performance.now() - began);
    };
    const began = performance.now();
    document.querySelector(selector).click();
})"""
LOWEST = ".levels a:last-child"
RAMPS = (".legend a:has(.ramp-violet)", ".legend a:has(.ramp-cyan)")


def main() -> None:
    """Print the medians of first drawings and recolourings of the lowest level, and what another filter sends."""
    with served() as client, sync_playwright() as playwright:
        origin = str(client.base_url).rstrip("/")
        browser = playwright.chromium.launch(**LAUNCH)
        drawn: list[float] = []
        coloured: list[float] = []
        for _ in range(DRAWINGS):
            with browser.new_context(viewport={"width": 1920, "height": 1080}) as context:
                page = context.new_page()
                dashboard = Dashboard(page, origin)
                dashboard.open("?layers=")
                drawn.append(timed(page, LOWEST))
                dashboard.settle()
                for time in range(RECOLOURINGS // DRAWINGS):
                    coloured.append(timed(page, RAMPS[time % 2]))
                    dashboard.settle()
        browser.close()
        level = client.get("/api/city").json()["levels"][-1]["id"]
        answer = client.get(f"/api/indicators/count/values?level={level}")
        sent = int(answer.headers["content-length"])
    cells = len(answer.json()["values"])
    told(f"first drawing of {cells:,} cells, nothing kept", drawn, DRAWING)
    told(f"the same {cells:,} cells in other colours", coloured, RECOLOURING)
    print(f"{'another filter sends, compressed':50} {sent:,} bytes, target {SENT:,}")


def timed(page: Page, selector: str) -> float:
    """Click, and return the milliseconds until the cells are painted."""
    return float(page.evaluate(TIMED, selector))


def told(title: str, times: list[float], target: float) -> None:
    """Print one line."""
    middle = statistics.median(times)
    print(f"{title:50} median {middle:6.0f} ms, slowest {max(times):6.0f} ms, target {target} ms")
