-- Keeps incident_count equal to incident, whoever writes it; retired rows do not count. Statement triggers see what came
-- and what went as tables; each turns them into signed counts of every level and adds these in the order of the table's
-- key. Writers of one source take turns, by a lock and not by the rows: locking each row before it is changed would be
-- a third of what is logged. Sums stay integers: sum(bigint) would be numeric.

-- Returns the statement that adds rows to the counts: rows of incident with a sign (1, -1, or 0 for those that are in
-- already) and the sign of being late. $1 is the time zone, $2 the number of levels, $3 the bits of each.
CREATE OR REPLACE FUNCTION incident_counting(moved text) RETURNS text LANGUAGE sql IMMUTABLE AS $function$
    SELECT replace($query$
        WITH moved AS (<moved>),
        base AS MATERIALIZED (
            SELECT unit_id, (reported_at AT TIME ZONE $1)::date AS day, category_id, source_id,
                   sum(sign)::integer AS n,
                   coalesce(sum(sign) FILTER (WHERE status = 2), 0)::integer AS accepted,
                   coalesce(sum(sign) FILTER (WHERE status = 3), 0)::integer AS dispatched,
                   coalesce(sum(sign) FILTER (WHERE status = 4), 0)::integer AS resolved,
                   coalesce(sum(sign) FILTER (WHERE status = 5), 0)::integer AS closed,
                   coalesce(sum(sign) FILTER (WHERE status = 5 AND closed_at <= due_at), 0)::integer AS on_time,
                   coalesce(sum(late) FILTER (WHERE status < 5), 0)::integer AS late,
                   coalesce(sum(late) FILTER (WHERE status = 2), 0)::integer AS late_accepted,
                   coalesce(sum(late) FILTER (WHERE status = 3), 0)::integer AS late_dispatched,
                   coalesce(sum(late) FILTER (WHERE status = 4), 0)::integer AS late_resolved
            FROM moved
            GROUP BY 1, 2, 3, 4
        ),
        counts AS (
            SELECT rank::smallint, grain::smallint, (unit_id >> shift) << shift AS unit_id,
                   CASE WHEN kinds THEN category_id ELSE 0::smallint END AS category_id,
                   CASE grain WHEN 1 THEN day ELSE day - (extract(day FROM day)::integer - 1) END AS period, source_id,
                   sum(n)::integer AS n, sum(accepted)::integer AS accepted, sum(dispatched)::integer AS dispatched,
                   sum(resolved)::integer AS resolved, sum(closed)::integer AS closed, sum(on_time)::integer AS on_time,
                   sum(late)::integer AS late, sum(late_accepted)::integer AS late_accepted,
                   sum(late_dispatched)::integer AS late_dispatched, sum(late_resolved)::integer AS late_resolved
            FROM base
            CROSS JOIN LATERAL (SELECT rank, ($2 - 1 - rank) * $3 AS shift FROM generate_series(0, $2 - 1) AS rank) AS level
            -- Deeper, a day or a category of a unit has hardly more than one incident. model.py says the same.
            JOIN (VALUES (1, true, 1), (1, false, 2), (2, true, 2), (2, false, 60)) AS kept (grain, kinds, deepest)
                ON rank <= deepest
            -- A unit of this level is in the id only if the level's own bits are set.
            WHERE (unit_id >> shift) & ((1::bigint << $3) - 1) <> 0
                AND (n, accepted, dispatched, resolved, closed, on_time, late, late_accepted, late_dispatched, late_resolved)
                    <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
            GROUP BY 1, 2, 3, 4, 5, 6
        )
        MERGE INTO incident_count AS kept
        USING (SELECT * FROM counts ORDER BY rank, grain, unit_id, category_id, period, source_id) AS counts
        ON (kept.rank, kept.grain, kept.unit_id, kept.category_id, kept.period, kept.source_id)
            = (counts.rank, counts.grain, counts.unit_id, counts.category_id, counts.period, counts.source_id)
        WHEN MATCHED THEN UPDATE
        SET n = kept.n + counts.n, accepted = kept.accepted + counts.accepted,
            dispatched = kept.dispatched + counts.dispatched, resolved = kept.resolved + counts.resolved,
            closed = kept.closed + counts.closed, on_time = kept.on_time + counts.on_time,
            late = kept.late + counts.late, late_accepted = kept.late_accepted + counts.late_accepted,
            late_dispatched = kept.late_dispatched + counts.late_dispatched,
            late_resolved = kept.late_resolved + counts.late_resolved
        WHEN NOT MATCHED THEN INSERT
            (rank, grain, unit_id, category_id, period, source_id, n, accepted, dispatched, resolved, closed, on_time,
             late, late_accepted, late_dispatched, late_resolved)
        VALUES
            (counts.rank, counts.grain, counts.unit_id, counts.category_id, counts.period, counts.source_id, counts.n,
             counts.accepted, counts.dispatched, counts.resolved, counts.closed, counts.on_time, counts.late,
             counts.late_accepted, counts.late_dispatched, counts.late_resolved)
    $query$, '<moved>', moved)
$function$;

CREATE OR REPLACE FUNCTION incident_roll_up() RETURNS trigger LANGUAGE plpgsql AS $function$
DECLARE
    known settings;
    came text := 'SELECT 1 AS sign, (due_at < $4)::integer AS late, * FROM came WHERE retired_at IS NULL';
    gone text := 'SELECT -1 AS sign, -(due_at < $4)::integer AS late, * FROM gone WHERE retired_at IS NULL';
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
    -- Nobody judges anew what is late before this transaction is over.
    SELECT * INTO known FROM settings FOR SHARE;
    moved := CASE TG_OP WHEN 'INSERT' THEN came WHEN 'DELETE' THEN gone ELSE came || ' UNION ALL ' || gone END;
    EXECUTE 'SELECT pg_advisory_xact_lock(x''636E74''::integer, source_id)
             FROM (SELECT DISTINCT source_id FROM (' || moved || ') AS moved ORDER BY 1) AS source'
        USING known.time_zone, known.levels, 60 / known.levels, known.judged_at;
    EXECUTE incident_counting(moved) USING known.time_zone, known.levels, 60 / known.levels, known.judged_at;
    RETURN NULL;
END
$function$;

-- Counts as late what fell due until an instant, unless somebody is writing: then somebody else may do so later. What
-- is late does not have to be judged to be known, but a question looks at everything that fell due since.
CREATE OR REPLACE FUNCTION incident_judge(until timestamptz) RETURNS void LANGUAGE plpgsql AS $function$
DECLARE
    known settings;
BEGIN
    SELECT * INTO known FROM settings FOR UPDATE SKIP LOCKED;
    IF NOT FOUND OR until <= known.judged_at THEN
        RETURN;
    END IF;
    UPDATE settings SET judged_at = until;
    EXECUTE incident_counting(
        'SELECT 0 AS sign, 1 AS late, * FROM incident
         WHERE status < 5 AND retired_at IS NULL AND due_at >= $4 AND due_at < $5'
    ) USING known.time_zone, known.levels, 60 / known.levels, known.judged_at, until;
END
$function$;

CREATE OR REPLACE TRIGGER incident_roll_up_insert AFTER INSERT ON incident
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION incident_roll_up();
CREATE OR REPLACE TRIGGER incident_roll_up_update AFTER UPDATE ON incident
    REFERENCING NEW TABLE AS came OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION incident_roll_up();
CREATE OR REPLACE TRIGGER incident_roll_up_delete AFTER DELETE ON incident
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION incident_roll_up();
