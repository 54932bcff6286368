"""The one filter: what an address may say, and that what was read can be written again."""

from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from layers import parameters
from layers.clauses import Clause, Term, written
from layers.errors import FilterError, OneMapError, UnknownNameError
from layers.filters import NAMES, Filter, parse
from layers.model import Status
from layers.pack import City

DAYS = st.dates(date(1900, 1, 3), date(2200, 12, 28))
INSTANTS = st.integers(-2_208_000_000, 7_289_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
WORDS = st.text(min_size=1, max_size=20).map(lambda words: " ".join(words.replace("\x00", "").split()) or None)

Value = TypeVar("Value", str, Status)


def some(*values: Value) -> st.SearchStrategy[tuple[Value, ...]]:
    return st.sets(st.sampled_from(values)).map(sorted).map(tuple)


@st.composite
def boxes(draw: st.DrawFn) -> tuple[float, float, float, float]:
    west, south = draw(st.integers(-1800, 1790)), draw(st.integers(-900, 890))
    east, north = draw(st.integers(west + 1, 1800)), draw(st.integers(south + 1, 900))
    return west / 10, south / 10, east / 10, north / 10


def clauses() -> st.SearchStrategy[Clause]:
    texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)
    words = st.sets(texts, min_size=1, max_size=3).map(sorted).map(tuple)
    terms = st.one_of(
        words.map(lambda values: Term("title", "has", values)),
        words.map(lambda values: Term("address", "ne", values)),
        st.sampled_from(
            [Term("severity", "ge", ("2",)), Term("channel", "eq", ("app", "phone")), Term("due_at", "empty")]
        ),
    )
    about_incidents = st.sets(terms, min_size=1, max_size=3).map(lambda found: tuple(sorted(found, key=str)))
    return about_incidents | st.just((Term("cameras.status", "eq", ("offline",)),))


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    start = draw(st.none() | DAYS | INSTANTS)
    later = start + timedelta(days=draw(st.integers(1, 2))) if start else draw(DAYS | INSTANTS)
    west, south, east, north = draw(boxes())
    triangle = parameters.polygon("within", f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {south}))")
    return Filter(
        unit=draw(st.none() | st.text("0123456789", min_size=1, max_size=15)),
        start=start,
        end=draw(st.sampled_from([None, later])),
        categories=draw(some("order", "order-stall", "order-parking", "noise")),
        statuses=draw(some(*Status)),
        sources=draw(some("hotline", "cameras", "units")),
        channels=draw(some("phone", "app")),
        bbox=draw(st.sampled_from([None, (west, south, east, north)])),
        within=draw(st.sampled_from([None, triangle])),
        q=draw(st.none() | WORDS),
        hours=draw(
            st.none() | st.tuples(st.integers(0, 23), st.integers(0, 24)).filter(lambda pair: pair[0] != pair[1])
        ),
        weekdays=tuple(draw(st.sets(st.integers(1, 7)).map(sorted))),
        circle=draw(st.none() | st.just((west, south, 500.0))),
        where=tuple(sorted(draw(st.sets(clauses())), key=written)),
    )


@given(asked=filters())
def test_a_filter_written_as_a_query_is_read_as_the_same_filter(city: City, asked: Filter) -> None:
    assert parse(parse_qsl(asked.query()), city) == asked


@given(
    name=st.sampled_from(NAMES),
    value=st.text(),
)
@example(name="within", value="{\x80")
def test_whatever_is_written_is_read_or_refused_with_a_sentence(city: City, name: str, value: str) -> None:
    try:
        asked = parse([(name, value)], city)
    except (FilterError, UnknownNameError):
        return
    assert parse(asked.pairs(), city) == asked


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("fountain=1", "no parameter has the id 'fountain'; known: as_of, bbox, category, channel, circle, from"),
        ("category=Noise", "no category has the id 'Noise'; known: noise, order, order-parking, order-stall"),
        ("status=done", "no status has the id 'done'; known: accepted, closed, dispatched, reported, resolved"),
        ("source=hotlines", "no source has the id 'hotlines'; known: cameras, hotline, units"),
        ("channel=fax", "no channel has the id 'fax'; known: app, phone"),
        ("from=yesterday", "from is 'yesterday'; write a day such as 2025-01-31"),
        ("from=2025-02-30", "from is '2025-02-30'; write a day"),
        ("from=0001-01-01", "from is '0001-01-01'; write a day"),
        ("from=2025-02-02&to=2025-02-02", "to is '2025-02-02'; it must be after from, '2025-02-02'"),
        ("q=a&q=b", "q is 'b'; it may be given once only"),
        ("bbox=1,2,3", "bbox is '1,2,3'; write west,south,east,north in degrees"),
        ("bbox=3,2,1,4", "bbox is '3,2,1,4'; write west,south,east,north in degrees"),
        ("bbox=nan,2,1,4", "bbox is 'nan,2,1,4'; write west,south,east,north in degrees"),
        ("within=POINT(1 1)", "within is 'POINT(1 1)'; write a polygon as GeoJSON or WKT in degrees"),
        ("within={}", "within is '{}'; write a polygon as GeoJSON or WKT in degrees"),
        ("within=POLYGON((0 0,1 1,0 1,1 0,0 0))", "mend it: self-intersection"),
        ("within=POLYGON((0 0,200 0,200 9,0 0))", "its coordinates must be degrees"),
        (f"q={'x' * 101}", "at most 100 characters"),
        ("hours=8", "hours is '8'; write two whole hours such as 8-20, or 22-6 over midnight"),
        ("hours=8-25", "hours is '8-25'; write two whole hours"),
        ("weekday=8", "no weekday has the id '8'; known: 1, 2, 3, 4, 5, 6, 7"),
        ("circle=121.5,29.8", "circle is '121.5,29.8'; write lon,lat,metres such as 121.55,29.87,500"),
        ("circle=121.5,29.8,0", "write lon,lat,metres"),
        ("where=colour:eq:red", "no field has the id 'colour'; known: accepted_at, address, cameras.key, "),
        ("where=severity:has:2", "severity can be compared with eq, ne, lt, le, gt, ge, empty, filled"),
        ("where=severity:ge:two", "severity is compared with a number"),
        ("where=severity:ge:1,2", "severity:ge needs one value"),
        ("where=title:has:", "title:has needs a value"),
        ("where=closed_at:ge:noon", "where is 'noon'; write a day"),
        ("where=channel:eq:fax", "no channel has the id 'fax'; known: app, phone"),
        ("where=title:has:a|cameras.name:has:a", "must all be about incidents, or all about one layer"),
        ("q=%00", "it may not hold a null character"),
    ],
)
def test_a_mistake_is_answered_with_what_would_be_right(city: City, query: str, sentence: str) -> None:
    with pytest.raises(OneMapError) as refusal:
        parse(parse_qsl(query), city)
    assert sentence in str(refusal.value)


def test_a_day_is_the_citys_day(city: City) -> None:
    asked = parse([("from", "2025-03-01"), ("to", "2025-03-02")], city)
    assert asked.instants(city.time_zone) == (
        datetime(2025, 2, 28, 16, tzinfo=UTC),
        datetime(2025, 3, 1, 16, tzinfo=UTC),
    )


def test_an_instant_without_an_offset_is_the_citys_time(city: City) -> None:
    asked = parse([("from", "2025-03-01T08:00:00")], city)
    assert asked.start == datetime(2025, 3, 1, tzinfo=UTC)


def test_a_plus_sign_nobody_escaped_is_understood(city: City) -> None:
    assert parse(parse_qsl("from=2025-03-01T08:00:00+08:00"), city).start == datetime(2025, 3, 1, tzinfo=UTC)


def test_midnights_given_as_instants_are_whole_days(city: City) -> None:
    asked = parse([("from", "2025-02-28T16:00:00Z"), ("to", "2025-03-02")], city)
    assert asked.days(city.time_zone) == (date(2025, 3, 1), date(2025, 3, 2))
    assert parse([("from", "2025-02-28T16:00:01Z")], city).days(city.time_zone) is None


def test_a_day_without_a_midnight_starts_when_it_starts() -> None:
    zone = ZoneInfo("America/Santiago")  # the clocks went from 24:00 to 01:00 on this day
    day = date(2024, 9, 8)
    assert parameters.midnight(day, zone).astimezone(UTC) == datetime(2024, 9, 8, 4, tzinfo=UTC)


def test_empty_values_are_no_conditions(city: City) -> None:
    assert parse(parse_qsl("unit=&q=&category=", keep_blank_values=True), city) == Filter()


def test_a_geojson_feature_and_its_wkt_are_the_same_polygon(city: City) -> None:
    ring = "[[[121.5,29.8],[121.6,29.8],[121.6,29.9],[121.5,29.8]]]"
    feature = f'{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":{ring}}}}}'
    wkt = "POLYGON((121.5 29.8,121.6 29.8,121.6 29.9,121.5 29.8))"
    assert parse([("within", feature)], city) == parse([("within", wkt)], city)
