-- A city of 30,000 cells in the pack's own bounds, made by the database itself: 20 districts of 10 streets of 15 communities
-- of 10 cells, all rectangles; cameras; incidents of three years in the order of their time, the first cells the busiest.

-- units
WITH RECURSIVE parts (rank, level, wide, high, word) AS (
    VALUES (1, 'district', 5, 4, '区'), (2, 'street', 2, 5, '街道'), (3, 'community', 3, 5, '社区'), (4, 'grid', 5, 2, '网格')
),
made AS (
    SELECT 0 AS rank, 'city' AS level, 1::bigint << 48 AS id, NULL::bigint AS parent_id, %(code)s AS code, '市' AS name,
           120.9::float8 AS west, 29.0::float8 AS south, 122.1::float8 AS east, 30.4::float8 AS north
    UNION ALL
    SELECT p.rank, p.level, m.id | (n.number::bigint << (12 * (4 - p.rank))), m.id,
           CASE p.rank WHEN 4 THEN m.code || lpad(n.number::text, 3, '0')
                ELSE overlay(m.code PLACING lpad(n.number::text, p.size, '0') FROM p.begins FOR p.size) END,
           '第' || n.number || p.word,
           m.west + x * (m.east - m.west) / p.wide, m.south + y * (m.north - m.south) / p.high,
           m.west + (x + 1) * (m.east - m.west) / p.wide, m.south + (y + 1) * (m.north - m.south) / p.high
    FROM made AS m
    JOIN (SELECT *, CASE rank WHEN 1 THEN 5 WHEN 2 THEN 7 ELSE 10 END AS begins, CASE rank WHEN 1 THEN 2 ELSE 3 END AS size
          FROM parts) AS p ON p.rank = m.rank + 1
    CROSS JOIN LATERAL (
        SELECT x, y, y * p.wide + x + 1 AS number
        FROM generate_series(0, p.wide - 1) AS x, generate_series(0, p.high - 1) AS y
    ) AS n
)
INSERT INTO unit (id, last_id, code, level, rank, parent_id, name, name_en, population, area, geom, draw, label, load_id)
SELECT id, id + (1::bigint << (12 * (4 - rank))) - 1, code, level, rank, parent_id, name, name, 300 * 12 ^ (4 - rank),
       ST_Area(box::geography), ST_Multi(box), ST_Multi(box), ST_Centroid(box), %(load)s
FROM made, ST_MakeEnvelope(west, south, east, north, 4326) AS box
ORDER BY rank, id;

-- cells
CREATE TABLE cell AS
SELECT (row_number() OVER (ORDER BY id) - 1)::integer AS number, id, name,
       ST_XMin(geom) AS west, ST_YMin(geom) AS south,
       ST_XMax(geom) - ST_XMin(geom) AS wide, ST_YMax(geom) - ST_YMin(geom) AS high
FROM unit WHERE rank = 4;
CREATE UNIQUE INDEX ON cell (number);
ANALYZE cell, unit;

-- cameras
INSERT INTO feature (layer, source_id, key, name, unit_id, geom, attributes, row_hash, load_id)
SELECT 'cameras', %(source)s, 'C' || lpad(n::text, 9, '0'), name || n,
       id, ST_SetSRID(ST_MakePoint(west + wide * random(), south + high * random()), 4326),
       jsonb_build_object('status', CASE WHEN random() < 0.97 THEN 'online' ELSE 'offline' END, 'type', 'dome'), 0, %(load)s
FROM (SELECT n, floor(30000 * random() ^ 1.25)::integer AS number
      FROM generate_series(1, %(rows)s) AS n OFFSET 0) AS drawn JOIN cell USING (number);

-- incidents
INSERT INTO incident
    (source_id, key, unit_id, category_id, status, channel, severity, reported_at, accepted_at, dispatched_at,
     resolved_at, closed_at, due_at, title, address, geom, attributes, row_hash, load_id)
SELECT %(source)s, 'H' || lpad(n::text, 10, '0'), cell.id, kind.id, status,
       (ARRAY['phone', 'wechat', 'web', 'app', 'patrol', 'camera', 'resident'])[1 + floor(7 * random())::integer],
       CASE WHEN random() < 0.9 THEN 1 ELSE 2 END, at, at + interval '10 minutes', at + interval '40 minutes',
       CASE WHEN status >= 4 THEN at + took * 0.9 END, CASE WHEN status = 5 THEN at + took END,
       at + kind.hours * interval '1 hour',
       kind.title || ' ' || cell.name, cell.name || floor(900 * random()) || '号',
       ST_SetSRID(ST_MakePoint(cell.west + cell.wide * random(), cell.south + cell.high * random()), 4326),
       jsonb_build_object('wanted', (ARRAY['求助', '投诉', '举报', '咨询', '建议', '表扬'])[1 + floor(6 * random())::integer]),
       n, %(load)s
FROM (
    SELECT n, at, floor(30000 * random() ^ 1.25)::integer AS number, floor(%(kinds)s * random() ^ 1.6)::integer + 1 AS kind,
           random() ^ 2 * 96 * interval '1 hour' AS took,
           CASE WHEN random() < CASE WHEN at > %(now)s - interval '30 days' THEN 0.3 ELSE 0.004 END
                THEN 1 + floor(4 * random())::integer ELSE 5 END AS status
    FROM (SELECT n, %(now)s - interval '3 years' * (1 - n / %(rows)s::float8) AS at
          FROM generate_series(1, %(rows)s) AS n) AS time
    OFFSET 0
) AS drawn
JOIN cell USING (number) JOIN kind ON kind.number = drawn.kind
