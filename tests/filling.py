"""Fills a database of the small city without the loader: units from their file, incidents and cameras by plain INSERTs."""

import json
from pathlib import Path

from sqlalchemy import Connection, text

from layers.model import level_bits, level_shift
from layers.pack import City

LOAD = text("""
    INSERT INTO load (source_id, started_at, finished_at, state, data_time, rows_read, rows_loaded, rows_unchanged, rows_rejected)
    SELECT id, now(), now(), 'published', now(), 0, 0, 0, 0 FROM source WHERE code = :source
    RETURNING id
""")
UNIT = text("""
    INSERT INTO unit (id, last_id, code, level, rank, parent_id, name, name_en, area, geom, draw, label, load_id)
    SELECT :id, :last_id, :code, :level, :rank, :parent_id, :name, :name_en, ST_Area(geom::geography), geom, geom,
           ST_PointOnSurface(geom), :load_id
    FROM ST_Multi(ST_SetSRID(ST_GeomFromGeoJSON(:shape), 4326)) AS geom
""")
# A fifth of the incidents have no point; of these some know a district or street, the others only the city.
INCIDENTS = text("""
    INSERT INTO incident (source_id, key, unit_id, category_id, status, channel, reported_at, closed_at, due_at, title,
                          address, geom, attributes, row_hash, load_id)
    SELECT (SELECT id FROM source WHERE code = 'hotline'), 'H' || n,
           CASE WHEN placed THEN coalesce((SELECT id FROM unit u WHERE rank = 4 AND ST_Covers(u.geom, point) LIMIT 1),
                                          (SELECT id FROM unit WHERE rank = 0))
                ELSE (SELECT id FROM unit WHERE rank < 3 ORDER BY hashint8(n + id) LIMIT 1) END,
           (SELECT id FROM category ORDER BY hashint4(n * 7 + id) LIMIT 1),
           status, CASE n % 3 WHEN 0 THEN 'phone' WHEN 1 THEN 'app' END,
           reported, CASE status WHEN 5 THEN reported + waited END, reported + interval '1 day',
           'Case ' || n, 'Road ' || n % 50, CASE WHEN placed THEN point END, '{}', n, :load_id
    FROM (
        SELECT n, 1 + abs(hashint4(n * 31)) % 5 AS status, abs(hashint4(n * 17)) % 5 > 0 AS placed,
               ST_SetSRID(ST_MakePoint(121.4990 + abs(hashint4(n * 3)) % 8200 / 1e5,
                                       29.8000 + abs(hashint4(n * 5)) % 4000 / 1e5), 4326) AS point,
               timestamptz '2025-02-20 00:00+08' + make_interval(mins => abs(hashint4(n * 11)) % (200 * 1440)) AS reported,
               make_interval(hours => abs(hashint4(n * 13)) % 48) AS waited
        FROM generate_series(1, :rows) AS n
    ) AS made
""")
CAMERAS = text("""
    INSERT INTO feature (layer, source_id, key, name, unit_id, geom, attributes, row_hash, load_id)
    SELECT 'cameras', (SELECT id FROM source WHERE code = 'cameras'), 'C' || n, 'Camera ' || n,
           coalesce((SELECT id FROM unit u WHERE rank = 4 AND ST_Covers(u.geom, point) LIMIT 1), (SELECT id FROM unit WHERE rank = 0)),
           point, jsonb_build_object('status', CASE n % 4 WHEN 0 THEN 'offline' ELSE 'online' END, 'secret', n), n, :load_id
    FROM (
        SELECT n, ST_SetSRID(ST_MakePoint(121.5 + abs(hashint4(n * 3)) % 8000 / 1e5,
                                          29.8 + abs(hashint4(n * 5)) % 4000 / 1e5), 4326) AS point
        FROM generate_series(1, :rows) AS n
    ) AS made
""")


def fill_units(connection: Connection, city: City) -> None:
    """Insert every unit of the city's GeoJSON, numbered in code order below its parent."""
    load_id = connection.execute(LOAD, {"source": "units"}).scalar_one()
    features = json.loads((Path(city.folder) / "units.geojson").read_text())["features"]
    ids: dict[str, int] = {"": 0}
    children: dict[str, int] = {}
    for feature in sorted(
        features, key=lambda item: (city.rank(item["properties"]["level"]), item["properties"]["code"])
    ):
        code, level = feature["properties"]["code"], feature["properties"]["level"]
        rank = city.rank(level)
        above = city.levels[rank - 1].code if rank else None
        parent = next(
            (
                known
                for known in ids
                if above
                and known[: above.significant] == code[: above.significant]
                and known.ljust(above.length, "0")[: above.length][above.significant :].strip("0") == ""
                and len(known) == above.length
            ),
            "",
        )
        children[parent] = children.get(parent, 0) + 1
        ids[code] = ids[parent] | children[parent] << level_shift(rank, len(city.levels))
        connection.execute(
            UNIT,
            {
                **feature["properties"],
                "id": ids[code],
                "rank": rank,
                "parent_id": ids[parent] or None,
                "last_id": ids[code] | ((1 << level_shift(rank, len(city.levels))) - 1),
                "shape": json.dumps(feature["geometry"]),
                "load_id": load_id,
            },
        )
    assert level_bits(len(city.levels))


def fill(connection: Connection, city: City, *, incidents: int = 0, cameras: int = 0) -> None:
    """Insert the units, and as many incidents and cameras as asked, the same at every call."""
    fill_units(connection, city)
    if incidents:
        load_id = connection.execute(LOAD, {"source": "hotline"}).scalar_one()
        connection.execute(INCIDENTS, {"rows": incidents, "load_id": load_id})
    if cameras:
        load_id = connection.execute(LOAD, {"source": "cameras"}).scalar_one()
        connection.execute(CAMERAS, {"rows": cameras, "load_id": load_id})
