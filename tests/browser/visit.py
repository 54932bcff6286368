"""The main page as a person uses it: reads what is shown, clicks what can be clicked."""

import time
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, Request

# A spot of a unit's polygon that no panel covers, and clearly no point or other polygon.
SPOT = """code => {
    const map = onemap.map, canvas = map.getPanes().overlayPane.querySelector('canvas');
    const found = [], points = [];
    map.eachLayer(layer => {
        if (layer.feature && layer.feature.properties.code === code && !layer.options.around) found.push(layer);
        else if (layer._containsPoint) points.push(layer);
    });
    const box = found[0].getBounds();
    const from = map.latLngToLayerPoint(box.getNorthWest()), to = map.latLngToLayerPoint(box.getSouthEast());
    for (let step = 1; step < 40; step++) for (let other = 1; other < 40; other++) {
        const point = L.point(from.x + (to.x - from.x) * step / 40, from.y + (to.y - from.y) * other / 40).round();
        if (!found[0]._containsPoint(point) || points.some(each => each._containsPoint(point))) continue;
        const there = map.layerPointToContainerPoint(point);
        if (document.elementFromPoint(there.x, there.y) === canvas) return [there.x, there.y];
    }
    return null;
}"""
# The middle of a single point of a layer that no panel covers, and no other point.
POINT = """layer => {
    const map = onemap.map, canvas = map.getPanes().overlayPane.querySelector('canvas');
    const points = [];
    map.eachLayer(each => { if (each._radius && each.feature) points.push(each); });
    for (const one of points) {
        const said = one.feature.properties;
        if (said.count || (layer === 'incidents') !== ('category' in said)) continue;
        if (points.some(each => each !== one && each._containsPoint(one._point))) continue;
        const there = map.layerPointToContainerPoint(one._point);
        if (document.elementFromPoint(there.x, there.y) === canvas) return [there.x, there.y];
    }
    return null;
}"""
SETTLED = """code => {
    const map = document.querySelector('.map');
    const drawn = map && map.dataset.drawn || '';
    if (!drawn.startsWith(code + '@') || document.body.classList.contains('is-asking')) return false;
    return document.body.dataset.shown === onemap.view.address(onemap.view.parse(location.search, onemap.city));
}"""


QUIET = 0.35
"""Seconds without a request after which a page has all it asked for."""


PATIENCE = 120.0


@dataclass(frozen=True)
class Numbers:
    """What the page says of one view."""

    total: int
    open: int
    overdue: int
    closed: int
    rate: str
    unplaced: int | None
    children: tuple[tuple[str, int], ...]
    by_day: int


def number(text: str) -> int:
    """Return a number as the page writes it."""
    return int(text.partition(" ")[0].replace(",", ""))


class Dashboard:
    """One visitor's main page."""

    def __init__(self, page: Page, origin: str) -> None:
        """Look at a page without opening it."""
        self.page = page
        self.origin = origin
        self.pending: set[Request] = set()
        self.busy = time.monotonic()
        page.on("request", self._began)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)

    def _began(self, request: Request) -> None:
        self.pending.add(request)

    def _ended(self, request: Request) -> None:
        self.pending.discard(request)
        self.busy = time.monotonic()

    def open(self, search: str = "") -> None:
        """Open an address and wait until all of it is drawn."""
        self.page.goto(f"{self.origin}/{search}")
        self.settle()

    @property
    def search(self) -> str:
        """What the address bar says after the question mark."""
        return urlsplit(self.page.url).query

    @property
    def said(self) -> dict[str, list[str]]:
        """The address's parameters."""
        return parse_qs(self.search)

    def get(self, address: str) -> Any:  # noqa: ANN401 - whatever the API answers
        """Ask the API."""
        answer = self.page.request.get(f"{self.origin}{address}")
        assert answer.ok, answer.text()
        return answer.json()

    def unit(self) -> dict[str, Any]:
        """Return the unit of the address as the API describes it."""
        code = self.said.get("unit", [""])[0] or str(self.get("/api/city")["code"])
        return cast("dict[str, Any]", self.get(f"/api/units/{code}"))

    def settle(self) -> None:
        """Wait until numbers, polygons and trend are those of the address."""
        place = self.unit()
        frame = place if place["children"] else place["path"][-2]
        self.page.wait_for_function(SETTLED, arg=frame["code"], timeout=1000 * PATIENCE)
        end = time.monotonic() + PATIENCE
        while self.pending or time.monotonic() - self.busy < QUIET:
            assert time.monotonic() < end, [request.url for request in self.pending]
            self.page.wait_for_timeout(30)
        # What came is painted with the next frame, which a busy machine keeps waiting.
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def figures(self) -> list[Locator]:
        """Return the key figures."""
        return self.page.locator(".figure .number").all()

    def numbers(self) -> Numbers:
        """Read the numbers of the page."""
        total, opened, overdue, closed, _, unplaced = (each.get_attribute("title") or "" for each in self.figures())
        rows = self.page.locator(".rank-row").all()
        children = tuple(
            (row.locator(".name").inner_text(), number(row.locator(".value").get_attribute("title") or ""))
            for row in rows
        )
        by_day = self.page.evaluate(
            """() => {
                const {bars} = document.getElementById('trend-chart');
                return [...document.querySelectorAll('#trend-chart .bar')].reduce((sum, bar, at) =>
                    sum + (bar.classList.contains('is-chosen') ? bars[at].total : 0), 0);
            }"""
        )
        return Numbers(
            total=number(total),
            open=number(opened),
            overdue=number(overdue),
            closed=number(closed),
            rate=self.figures()[4].inner_text(),
            unplaced=number(unplaced) if unplaced else None,
            children=children,
            by_day=by_day,
        )

    def click_unit(self, code: str) -> None:
        """Click a unit's polygon, and be where that leads."""
        spot = self.page.evaluate(SPOT, code)
        assert spot, f"no spot of {code} can be clicked"
        self.page.mouse.click(*spot)
        self.page.wait_for_url(f"**unit={code}**")

    def click_point(self, layer: str) -> None:
        """Click a single feature of a layer."""
        spot = self.page.evaluate(POINT, layer)
        assert spot, f"no single point of {layer} can be clicked"
        self.page.mouse.click(*spot)
