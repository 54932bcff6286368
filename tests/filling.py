"""Fills the small city: units by the real loader, incidents and cameras by plain INSERTs, the same ones every time."""

from datetime import UTC, datetime

from sqlalchemy import Engine, text

from etl.run import load
from layers.pack import City

LOAD = text("""
    INSERT INTO load (source_id, started_at, finished_at, state, data_time,
                      rows_read, rows_loaded, rows_unchanged, rows_rejected)
    SELECT id, now(), now(), 'published', now(), :rows, :rows, 0, 0 FROM source WHERE code = :source
    RETURNING id
""")
# Some points lie outside the city; a fifth have none, and of these some know a unit above the lowest level.
INCIDENTS = text("""
    INSERT INTO incident (source_id, key, unit_id, category_id, status, channel, reported_at, closed_at, due_at,
                          title, address, geom, attributes, row_hash, load_id)
    SELECT (SELECT id FROM source WHERE code = made.source), 'H' || n,
           coalesce(CASE WHEN placed THEN (SELECT id FROM unit u WHERE rank = 4 AND ST_Covers(u.geom, point) LIMIT 1)
                    ELSE (SELECT id FROM unit WHERE rank < 4 ORDER BY hashint8(n + id) LIMIT 1) END,
                    (SELECT id FROM unit WHERE rank = 0)),
           (SELECT id FROM category ORDER BY hashint4(n * 7 + id) LIMIT 1), status,
           CASE n % 3 WHEN 0 THEN 'phone' WHEN 1 THEN 'app' END, reported,
           CASE status WHEN 5 THEN reported + waited END, reported + due,
           'Case ' || n, 'Road ' || n % 50, CASE WHEN placed THEN point END, '{}', n, :load_id
    FROM (
        SELECT n, 1 + abs(hashint4(n * 31)) % 5 AS status, abs(hashint4(n * 17)) % 5 > 0 AS placed,
               CASE abs(hashint4(n * 19)) % 4 WHEN 0 THEN 'cameras' ELSE 'hotline' END AS source,
               ST_SetSRID(ST_MakePoint(121.4990 + abs(hashint4(n * 3)) % 8200 / 1e5,
                                       29.7995 + abs(hashint4(n * 5)) % 4100 / 1e5), 4326) AS point,
               timestamptz '2025-02-20 00:00+08' + make_interval(mins => abs(hashint4(n * 11)) % 288000) AS reported,
               make_interval(hours => abs(hashint4(n * 13)) % 48) AS waited,
               make_interval(days => 1 + abs(hashint4(n * 23)) % 2 * 5000) AS due
        FROM generate_series(1, :rows) AS n
    ) AS made
""")
CAMERAS = text("""
    INSERT INTO feature (layer, source_id, key, name, unit_id, geom, attributes, row_hash, load_id)
    SELECT 'cameras', (SELECT id FROM source WHERE code = 'cameras'), 'C' || n, 'Camera ' || n,
           (SELECT id FROM unit u WHERE rank = 4 AND ST_Covers(u.geom, point) LIMIT 1), point,
           jsonb_build_object('status', CASE n % 4 WHEN 0 THEN 'offline' ELSE 'online' END, 'secret', n), n, :load_id
    FROM (
        SELECT n, ST_SetSRID(ST_MakePoint(121.5 + abs(hashint4(n * 3)) % 8000 / 1e5,
                                          29.8 + abs(hashint4(n * 5)) % 4000 / 1e5), 4326) AS point
        FROM generate_series(1, :rows) AS n
    ) AS made
""")


def fill(engine: Engine, city: City, *, incidents: int = 0, cameras: int = 0) -> None:
    """Load the units, and insert as many incidents and cameras as asked."""
    load(city.sources["units"], city=city, engine=engine, inbox=city.folder / "inbox", now=datetime.now(UTC))
    with engine.begin() as connection:
        for source, rows, statement in (("hotline", incidents, INCIDENTS), ("cameras", cameras, CAMERAS)):
            if rows:
                load_id = connection.execute(LOAD, {"source": source, "rows": rows}).scalar_one()
                connection.execute(statement, {"rows": rows, "load_id": load_id})
