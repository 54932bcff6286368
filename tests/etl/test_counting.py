"""The counts are exact however many write at once."""

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import product

from sqlalchemy import text

from tests.etl.town import Town, case

WRITERS, TURNS = 4, 12
INSERT = """
    INSERT INTO incident
        (source_id, key, unit_id, category_id, status, reported_at, closed_at, due_at, row_hash, load_id)
    SELECT source.id, :writer || '-' || :turn || '-' || n, unit.id, category.id, 1 + (n + :chance) % 5, at,
           at + n % 7 * interval '5 hours', at + n % 5 * interval '6 hours', n, (SELECT max(id) FROM load)
    FROM generate_series(1, 12) AS n,
         LATERAL (SELECT timestamptz '2026-01-05 20:00+08' + n * :chance % 90 * interval '13 hours' AS at) AS time,
         LATERAL (SELECT id FROM unit ORDER BY (id + n * :chance) % 31 LIMIT 1) AS unit,
         LATERAL (SELECT id FROM category ORDER BY (id + n + :chance) % 3 LIMIT 1) AS category, source
    WHERE source.code IN ('units', 'hotline')
"""
UPDATE = """
    UPDATE incident
    SET status = 1 + (status + :chance) % 5, reported_at = reported_at + :chance % 3 * interval '20 days',
        retired_at = CASE WHEN :chance % 4 = 0 THEN now() END
    WHERE key LIKE :writer || '-%' AND row_hash % 3 = :chance % 3
"""
DELETE = "DELETE FROM incident WHERE key LIKE :writer || '-%' AND row_hash % 5 = :chance % 5"
KEPT = "SELECT * FROM incident_count WHERE n <> 0 ORDER BY 1, 2, 3, 4, 5, 6"
ANEW = """
DO $do$
BEGIN
    DELETE FROM incident_count;
    EXECUTE incident_counting(
        'SELECT 1 AS sign, (due_at < $4)::integer AS late, * FROM incident WHERE retired_at IS NULL'
    ) USING 'Asia/Shanghai'::text, 5, 12, (SELECT judged_at FROM settings);
END
$do$
"""


def test_writers_at_once_leave_the_counts_as_if_counted_anew(town: Town) -> None:
    town.cases([case("A")])
    town.load()

    def write(writer: int) -> None:
        chance = random.Random(writer)  # noqa: S311 - a sample, not a secret
        for turn, statement in product(range(TURNS), (INSERT, UPDATE, DELETE)):
            given = {"writer": f"W{writer}", "turn": str(turn), "chance": chance.randrange(1, 1000)}
            with town.engine.begin() as connection:
                connection.execute(text(statement), given)

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(write, range(WRITERS)))
    with town.engine.connect() as connection:
        kept = connection.execute(text(KEPT)).all()
        connection.exec_driver_sql(ANEW)
        assert kept == connection.execute(text(KEPT)).all() != []
