-- The numbers of a unit and its children from the roll-up, one row each, told apart by `part`. The period comes cut into
-- pieces of whole months and single days; an end that is null is open, a list that is null means all. Levels that are
-- not counted by day, those whose grain is 2, are asked for whole months only, and the incidents for the days besides.
WITH piece AS (
    SELECT grain, coalesce(first, '-infinity') AS first, coalesce(last, 'infinity') AS last
    FROM unnest(:grains, :firsts, :lasts) AS cut (grain, first, last)
),
edge AS (
    SELECT coalesce(since, '-infinity') AS since, coalesce(until, 'infinity') AS until
    FROM unnest(:sinces, :untils) AS span (since, until)
),
kind AS (SELECT id FROM category WHERE :categories IS NULL OR code = ANY (:categories)),
-- What all kinds together are: a count of its own, or the sum of those asked for.
whole AS (SELECT id FROM kind WHERE :categories IS NOT NULL UNION ALL SELECT 0 WHERE :categories IS NULL),
origin AS (SELECT id FROM source WHERE code = ANY (:sources)),
-- A lateral scan per piece: joined freely, the planner would read all of a unit's history.
of_unit AS (
    SELECT category_id, source_id, sum(n) AS n, sum(accepted) AS accepted, sum(dispatched) AS dispatched,
           sum(resolved) AS resolved, sum(closed) AS closed, sum(on_time) AS on_time, sum(late) AS late,
           sum(late_accepted) AS late_accepted, sum(late_dispatched) AS late_dispatched,
           sum(late_resolved) AS late_resolved
    FROM piece CROSS JOIN LATERAL (
        SELECT * FROM incident_count
        WHERE rank = :rank AND grain = piece.grain AND unit_id = :unit
            AND category_id = ANY (ARRAY(SELECT id FROM kind))
            AND period >= piece.first AND period < piece.last
            AND (:sources IS NULL OR source_id IN (SELECT id FROM origin))
    ) AS part
    WHERE piece.grain >= :unit_grain
    GROUP BY 1, 2
),
of_child AS (
    SELECT unit_id, sum(n) AS n, sum(accepted) AS accepted, sum(dispatched) AS dispatched,
           sum(resolved) AS resolved, sum(closed) AS closed, sum(on_time) AS on_time, sum(late) AS late,
           sum(late_accepted) AS late_accepted, sum(late_dispatched) AS late_dispatched,
           sum(late_resolved) AS late_resolved
    -- Added up by piece first, where rows come in the order of units, and need not be sorted.
    FROM piece CROSS JOIN LATERAL (
        SELECT unit_id, sum(n)::integer AS n, sum(accepted)::integer AS accepted,
               sum(dispatched)::integer AS dispatched, sum(resolved)::integer AS resolved,
               sum(closed)::integer AS closed, sum(on_time)::integer AS on_time, sum(late)::integer AS late,
               sum(late_accepted)::integer AS late_accepted, sum(late_dispatched)::integer AS late_dispatched,
               sum(late_resolved)::integer AS late_resolved
        FROM incident_count
        WHERE <children> AND grain = piece.grain
            AND category_id = ANY (ARRAY(SELECT id FROM whole))
            AND period >= piece.first AND period < piece.last
            AND (:sources IS NULL OR source_id IN (SELECT id FROM origin))
        GROUP BY unit_id
    ) AS part
    WHERE piece.grain >= :child_grain
    GROUP BY 1
),
of_day AS (
    SELECT period, sum(
        :reported * (n - accepted - dispatched - resolved - closed) + :accepted * accepted + :dispatched * dispatched
        + :resolved * resolved + :closed * closed
    ) AS n
    FROM incident_count
    WHERE rank = :rank AND grain = 1 AND unit_id = :unit AND category_id = ANY (ARRAY(SELECT id FROM whole))
        AND period >= coalesce(:start, '-infinity') AND period < coalesce(:end, 'infinity')
        AND (:sources IS NULL OR source_id IN (SELECT id FROM origin))
    GROUP BY 1
),
of_edge AS (
    SELECT <child> AS child_id, category_id, source_id, status, count(*) AS n,
           count(*) FILTER (WHERE status = 5 AND closed_at <= due_at) AS on_time,
           count(*) FILTER (WHERE status < 5 AND due_at < (SELECT judged_at FROM settings)) AS late
    FROM edge CROSS JOIN LATERAL (
        SELECT * FROM incident
        WHERE unit_id = ANY (ARRAY(SELECT id FROM unit WHERE id BETWEEN :unit AND :last_unit))
            AND reported_at >= edge.since AND reported_at < edge.until AND retired_at IS NULL
            AND (:categories IS NULL OR category_id IN (SELECT id FROM kind))
            AND (:statuses IS NULL OR status = ANY (:statuses))
            AND (:sources IS NULL OR source_id IN (SELECT id FROM origin))
    ) AS part
    GROUP BY 1, 2, 3, 4
),
-- What is overdue depends on the clock: since it was judged, some may have fallen due. The clock may be an earlier one.
judged AS (SELECT least(judged_at, :now) AS first, greatest(judged_at, :now) AS last,
                  CASE WHEN judged_at < :now THEN 1 ELSE -1 END AS sign FROM settings),
since_judged AS (
    SELECT <child> AS child_id, (SELECT sign FROM judged) * count(*) AS late
    FROM incident
    WHERE status < 5 AND retired_at IS NULL
        AND due_at >= (SELECT first FROM judged) AND due_at < (SELECT last FROM judged)
        AND (:rank = 0 OR unit_id BETWEEN :unit AND :last_unit)
        AND reported_at >= coalesce(:since, '-infinity') AND reported_at < coalesce(:until, 'infinity')
        AND (:categories IS NULL OR category_id IN (SELECT id FROM kind))
        AND (:statuses IS NULL OR status = ANY (:statuses))
        AND (:sources IS NULL OR source_id IN (SELECT id FROM origin))
    GROUP BY 1
)
SELECT 'unit' AS part, NULL::bigint AS child_id, category.code AS category, own.status, source.code AS source,
       NULL::date AS day, own.n::integer, own.on_time::integer, own.late::integer
FROM of_unit CROSS JOIN LATERAL (
    VALUES (1::smallint, n - accepted - dispatched - resolved - closed, 0,
            late - late_accepted - late_dispatched - late_resolved),
           (2, accepted, 0, late_accepted), (3, dispatched, 0, late_dispatched), (4, resolved, 0, late_resolved),
           (5, closed, on_time, 0)
) AS own (status, n, on_time, late)
JOIN category ON category.id = category_id JOIN source ON source.id = source_id
WHERE own.n <> 0 AND (:statuses IS NULL OR own.status = ANY (:statuses))
UNION ALL
SELECT 'unit', NULL, category.code, status, source.code, NULL, n::integer, on_time::integer, late::integer
FROM of_edge JOIN category ON category.id = category_id JOIN source ON source.id = source_id
WHERE :unit_grain = 2
UNION ALL
SELECT 'child', unit_id, NULL, own.status, NULL, NULL, own.n::integer, own.on_time::integer, own.late::integer
FROM of_child CROSS JOIN LATERAL (
    VALUES (1::smallint, n - accepted - dispatched - resolved - closed, 0,
            late - late_accepted - late_dispatched - late_resolved),
           (2, accepted, 0, late_accepted), (3, dispatched, 0, late_dispatched), (4, resolved, 0, late_resolved),
           (5, closed, on_time, 0)
) AS own (status, n, on_time, late)
WHERE own.n <> 0 AND (:statuses IS NULL OR own.status = ANY (:statuses))
UNION ALL
SELECT 'child', child_id, NULL, status, NULL, NULL, sum(n)::integer, sum(on_time)::integer, sum(late)::integer
FROM of_edge WHERE :child_grain = 2 GROUP BY child_id, status
UNION ALL
SELECT 'day', NULL, NULL, NULL, NULL, period, n::integer, 0, 0 FROM of_day WHERE n <> 0
UNION ALL
SELECT 'late', child_id, NULL, NULL, NULL, NULL, 0, 0, late::integer FROM since_judged
