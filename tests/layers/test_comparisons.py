"""Conditions on fields, hours, days and circles: what they find is what plain SQL and a careful reader find."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, select, text

from layers import features, incidents, units
from layers.database import driver_url
from layers.filters import parse
from layers.model import feature, incident
from layers.pack import City
from layers.units import Unit

HOTLINE = "(SELECT id FROM source WHERE code = 'hotline')"
RIM = text("""
    SELECT bool_and(ST_Covers(:box, ST_Project(ST_MakePoint(:lon, :lat)::geography, :metres, radians(way))::geometry))
    FROM generate_series(0, 359, 5) AS way
""")
PLACES = [(121.5, 0.0, 500.0), (10.0, 60.0, 20_000.0), (25.0, 78.0, 3_000.0), (0.0, -45.0, 99_000.0)]
LOCAL = "reported_at AT TIME ZONE 'Asia/Shanghai'"


@pytest.fixture(scope="module")
def filled(filled_url: str) -> Iterator[Connection]:
    engine = create_engine(driver_url(filled_url))
    with engine.connect() as connection:
        connection.execute(text("UPDATE incident SET severity = id % 4 WHERE id % 5 > 0"))
        connection.execute(text("UPDATE incident SET attributes = jsonb_build_object('wanted', id % 7)"))
        yield connection
    engine.dispose()


def everything(connection: Connection, city: City) -> Unit:
    return Unit.of(connection.execute(units.family(city.spec.code)).mappings().first())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ({"where": ["severity:ge:2"]}, "severity >= 2"),
        ({"where": ["severity:ne:2"]}, "severity IS DISTINCT FROM 2"),
        ({"where": ["severity:lt:1.5|severity:eq:3"]}, "severity IN (0, 1, 3)"),
        ({"where": ["severity:le:9999999999"]}, "severity IS NOT NULL"),
        ({"where": ["severity:empty"]}, "severity IS NULL"),
        ({"where": ["channel:eq:phone,app"]}, "channel IN ('phone', 'app')"),
        ({"where": ["category:eq:order"]}, "category_id IN (SELECT id FROM category WHERE code LIKE 'order%')"),
        (
            {"where": ["status:ne:closed", "source:eq:hotline"]},
            "status <> 5 AND source_id = (SELECT id FROM source WHERE code = 'hotline')",
        ),
        ({"where": ["title:has:case 1|address:has:ROAD 7"]}, "title ILIKE '%case 1%' OR address ILIKE '%road 7%'"),
        ({"where": ["address:has:7,%"]}, "address LIKE '%7%'"),
        ({"where": ["address:eq:Road 7"]}, "address = 'Road 7'"),
        ({"where": ["closed_at:ge:2025-05-01"]}, "closed_at >= '2025-05-01 00:00+08'"),
        ({"where": ["due_at:lt:2025-05-01T12:00:00"]}, "due_at < '2025-05-01 12:00+08'"),
        ({"hours": ["22-6"]}, f"extract(hour FROM {LOCAL}) NOT BETWEEN 6 AND 21"),
        ({"hours": ["8-20"]}, f"extract(hour FROM {LOCAL}) BETWEEN 8 AND 19"),
        ({"weekday": ["6", "7"]}, f"extract(isodow FROM {LOCAL}) IN (6, 7)"),
        (
            {"circle": ["121.54,29.82,1500"]},
            "ST_Distance(geom::geography, ST_SetSRID(ST_MakePoint(121.54, 29.82), 4326)::geography) <= 1500",
        ),
        ({"where": ["cameras.status:eq:offline"]}, "true"),
    ],
)
def test_incidents(filled: Connection, city: City, said: dict[str, list[str]], plain: str) -> None:
    asked = parse([(name, value) for name, values in said.items() for value in values], city)
    where = incidents.conditions(asked, city, everything(filled, city))
    found = set(filled.execute(select(incident.c.id).where(*where)).scalars())
    assert found == set(filled.execute(text(f"SELECT id FROM incident WHERE {plain}")).scalars())  # noqa: S608 - ours
    assert found


@pytest.mark.parametrize(
    ("where", "plain"),
    [
        ("cameras.status:eq:offline", "attributes ->> 'status' = 'offline'"),
        ("cameras.name:has:camera 11|cameras.key:eq:C7", "name ILIKE '%camera 11%' OR key = 'C7'"),
        ("severity:ge:2", "true"),
    ],
)
def test_features(filled: Connection, city: City, where: str, plain: str) -> None:
    asked = parse([("where", where)], city)
    layer = city.layers["cameras"]
    conditions = features.conditions(layer, asked, city, everything(filled, city))
    found = set(filled.execute(select(feature.c.id).where(*conditions)).scalars())
    assert found == set(filled.execute(text(f"SELECT id FROM feature WHERE {plain}")).scalars())  # noqa: S608 - ours
    assert found


@pytest.mark.parametrize(("lon", "lat", "metres"), PLACES)
def test_the_box_around_a_circle_holds_all_of_it(filled: Connection, lon: float, lat: float, metres: float) -> None:
    box = filled.execute(select(incidents.around(lon, lat, metres))).scalar_one()
    said = {"box": str(box), "lon": lon, "lat": lat, "metres": metres}
    assert filled.execute(RIM, said).scalar_one()
