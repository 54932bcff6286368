"""Boundaries as of a day: chosen among the editions, drawn and counted as they were, in the link, taken back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from playwright.sync_api import Browser, Page
from pyogrio import raw
from sqlalchemy import create_engine

from etl.run import load
from layers.database import driver_url
from layers.pack import City
from layers.settings import HOME
from layers.specs import SourceSpec
from tests.browser.conftest import visitor
from tests.browser.visit import Dashboard

pytestmark = pytest.mark.browser
DISTRICT, KEPT, GONE = "330203000000", "330203001000", "330203006000"
BEGINS, BEFORE = date(2026, 7, 1), "2026-06-30"


def merge(url: str, data: Path) -> None:
    """Load an edition in which one street of a district has become part of another."""
    city = City(HOME / "data" / "ningbo")
    meta, _, shapes, columns = raw.read(data / "inbox" / "ningbo" / "units" / "units.fgb")
    values: dict[str, Any] = dict(zip(meta["fields"].tolist(), columns, strict=True))
    codes = values["code"].astype(str)
    polygons = shapely.from_wkb(shapes)
    polygons[codes == KEPT] = shapely.union(polygons[codes == KEPT], polygons[codes == GONE])
    stays = ~np.char.startswith(codes, GONE[:9])
    raw.write(
        data / "merged.fgb",
        shapely.to_wkb(polygons[stays]),
        [column[stays] for column in values.values()],
        meta["fields"],
        driver="FlatGeobuf",
        geometry_type="Unknown",
        crs=meta["crs"],
    )
    plain = city.sources["units"].model_dump()
    plain |= {"edition": BEGINS, "read": plain["read"] | {"path": "merged.fgb"}}
    engine = create_engine(driver_url(url))
    now = max(datetime.now(UTC), datetime.combine(BEGINS, time(), city.time_zone))
    outcome = load(SourceSpec.model_validate(plain), city=city, engine=engine, inbox=data, now=now)
    engine.dispose()
    assert outcome.retired > 1


@pytest.fixture(scope="module")
def dated(origin: str, environment: dict[str, str]) -> str:
    """The address of the dashboard, two streets merged since."""
    merge(environment["ONEMAP_DATABASE_URL"], Path(environment["ONEMAP_DATA_DIR"]))
    return origin


@pytest.fixture
def page(browser: Browser, dated: str) -> Iterator[Page]:
    yield from visitor(browser, dated)


def units(dashboard: Dashboard) -> str | None:
    return dashboard.page.locator(".map").get_attribute("data-units")


def test_the_earlier_boundaries_are_drawn_and_counted(dashboard: Dashboard, another_page: Page, origin: str) -> None:
    dashboard.open(f"?unit={DISTRICT}&period=1y")
    now, drawn = dashboard.numbers(), units(dashboard)
    dashboard.page.locator(".boundaries").get_by_text(f"至 {BEFORE}").click()
    dashboard.page.wait_for_url(f"**as_of={BEFORE}**")
    dashboard.page.wait_for_function(f"() => document.querySelector('.map').dataset.drawn.endsWith('@{BEFORE}')")
    dashboard.settle()
    was = dashboard.numbers()
    assert int(units(dashboard) or 0) == int(drawn or 0) + 1 == len(was.children)
    assert was.total == now.total == sum(n for _, n in was.children) + (was.unplaced or 0)
    name = dashboard.get(f"/api/units/{GONE}?as_of={BEFORE}")["name"]
    assert dict(was.children)[name] > 0
    assert name not in dict(now.children)
    chip = dashboard.page.locator(".conditions .chip")
    assert chip.inner_text().startswith(f"界线按 {BEFORE}")
    other = Dashboard(another_page, origin)
    other.open(f"?{dashboard.search}")
    assert (other.numbers(), units(other)) == (was, units(dashboard))
    chip.click()
    dashboard.page.wait_for_function("() => document.querySelector('.map').dataset.drawn.endsWith('@')")
    dashboard.settle()
    assert (dashboard.numbers(), units(dashboard)) == (now, drawn)
    assert "as_of" not in dashboard.said


def test_one_goes_down_within_the_earlier_boundaries(dashboard: Dashboard) -> None:
    dashboard.open(f"?unit={DISTRICT}&as_of={BEFORE}&period=all")
    dashboard.click_unit(GONE)
    dashboard.page.wait_for_function(f"() => document.querySelector('.map').dataset.drawn.startsWith('{GONE}@')")
    assert dashboard.said["as_of"] == [BEFORE]
    assert int(units(dashboard) or 0) == len(dashboard.get(f"/api/units/{GONE}?as_of={BEFORE}")["children"])
    assert f"界线按 {BEFORE}" in dashboard.page.locator(".conditions").inner_text()
