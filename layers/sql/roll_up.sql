-- Keeps incident_count equal to incident, whoever writes it; retired rows do not count. Statement triggers see what came and what went as tables;
-- each turns them into signed counts for every level and both grains and adds these in one order, always the same, so
-- that two writers never wait for each other in a circle. That order begins with the unit, whose id tells its level: a
-- sort that begins with columns full of ties takes twice as long. Sums stay integers: sum(bigint) would be numeric.

CREATE OR REPLACE FUNCTION incident_roll_up() RETURNS trigger LANGUAGE plpgsql AS $function$
DECLARE
    zone text;
    levels integer;
    bits integer;
    came text := 'SELECT 1 AS sign, * FROM came WHERE retired_at IS NULL';
    gone text := 'SELECT -1 AS sign, * FROM gone WHERE retired_at IS NULL';
    moved text;
BEGIN
    IF TG_OP <> 'DELETE' THEN
        -- In place of references that are checked row by row, which takes as long as all indexes together.
        PERFORM FROM (SELECT DISTINCT source_id, category_id, load_id FROM came) AS named
        WHERE NOT EXISTS (SELECT FROM source WHERE id = named.source_id)
           OR NOT EXISTS (SELECT FROM category WHERE id = named.category_id)
           OR NOT EXISTS (SELECT FROM load WHERE id = named.load_id);
        IF FOUND THEN
            RAISE foreign_key_violation USING MESSAGE = 'an incident names a source, category or load that is not there';
        END IF;
    END IF;
    -- The first load of a source counts by itself; its counts are all new.
    IF current_setting('onemap.counted', true) = 'later' THEN
        RETURN NULL;
    END IF;
    SELECT s.time_zone, s.levels INTO zone, levels FROM settings s;
    bits := 60 / levels;
    moved := CASE TG_OP WHEN 'INSERT' THEN came WHEN 'DELETE' THEN gone ELSE came || ' UNION ALL ' || gone END;
    EXECUTE replace($query$
        WITH moved AS (<moved>),
        base AS MATERIALIZED (
            SELECT unit_id, (reported_at AT TIME ZONE $1)::date AS day, category_id, status, source_id,
                   sum(sign)::integer AS n,
                   sum(CASE WHEN status = 5 AND closed_at <= due_at THEN sign ELSE 0 END)::integer AS on_time
            FROM moved
            GROUP BY 1, 2, 3, 4, 5
            HAVING sum(sign) <> 0
                OR sum(CASE WHEN status = 5 AND closed_at <= due_at THEN sign ELSE 0 END) <> 0
        ),
        days AS MATERIALIZED (
            SELECT rank::smallint, (unit_id >> shift) << shift AS unit_id, day, category_id, status, source_id,
                   sum(n)::integer AS n, sum(on_time)::integer AS on_time
            FROM base
            CROSS JOIN LATERAL (SELECT rank, ($2 - 1 - rank) * $3 AS shift FROM generate_series(0, $2 - 1) AS rank) AS level
            -- A unit of this level is in the id only if the level's own bits are set.
            WHERE (unit_id >> shift) & ((1::bigint << $3) - 1) <> 0
            GROUP BY 1, 2, 3, 4, 5, 6
        ),
        counts AS (
            SELECT rank, 1::smallint AS grain, unit_id, day AS period, category_id, status, source_id, n, on_time FROM days
            UNION ALL
            SELECT rank, 2, unit_id, day - (extract(day FROM day)::integer - 1), category_id, status, source_id,
                   sum(n)::integer, sum(on_time)::integer
            FROM days GROUP BY 1, 3, 4, 5, 6, 7
        )
        INSERT INTO incident_count AS kept
            (rank, grain, unit_id, period, category_id, status, source_id, n, on_time)
        SELECT rank, grain, unit_id, period, category_id, status, source_id, n, on_time
        FROM counts
        ORDER BY unit_id, grain, period, category_id, status, source_id
        ON CONFLICT (rank, grain, unit_id, period, category_id, status, source_id)
        DO UPDATE SET n = kept.n + excluded.n, on_time = kept.on_time + excluded.on_time
    $query$, '<moved>', moved) USING zone, levels, bits;
    RETURN NULL;
END
$function$;

CREATE OR REPLACE TRIGGER incident_roll_up_insert AFTER INSERT ON incident
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION incident_roll_up();
CREATE OR REPLACE TRIGGER incident_roll_up_update AFTER UPDATE ON incident
    REFERENCING NEW TABLE AS came OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION incident_roll_up();
CREATE OR REPLACE TRIGGER incident_roll_up_delete AFTER DELETE ON incident
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION incident_roll_up();
