-- The numbers of a unit and its children from the roll-up, one row each, told apart by `part`. The period comes cut into
-- pieces of whole months and single days; an end that is null is open, a list that is null means all.
WITH piece AS (
    SELECT grain, coalesce(first, '-infinity') AS first, coalesce(last, 'infinity') AS last
    FROM unnest(:grains, :firsts, :lasts) AS cut (grain, first, last)
),
kind AS (SELECT id FROM category WHERE code = ANY (:categories)),
origin AS (SELECT id FROM source WHERE code = ANY (:sources)),
-- A lateral scan per piece: joined freely, the planner would read all of a unit's history.
of_unit AS (
    SELECT category_id, status, source_id, sum(part.n) AS n, sum(part.on_time) AS on_time
    FROM piece CROSS JOIN LATERAL (
        SELECT category_id, status, source_id, sum(n) AS n, sum(on_time) AS on_time
        FROM incident_count
        WHERE rank = :rank AND unit_id = :unit
            AND grain = piece.grain AND period >= piece.first AND period < piece.last
            AND (:categories IS NULL OR category_id IN (SELECT id FROM kind))
            AND (:statuses IS NULL OR status = ANY (:statuses))
            AND (:sources IS NULL OR source_id IN (SELECT id FROM origin))
        GROUP BY 1, 2, 3
    ) AS part
    GROUP BY 1, 2, 3
),
of_child AS (
    SELECT unit_id, status, sum(part.n) AS n, sum(part.on_time) AS on_time
    FROM piece CROSS JOIN LATERAL (
        SELECT unit_id, status, sum(n) AS n, sum(on_time) AS on_time
        FROM incident_count
        WHERE rank = ANY (:child_ranks) AND unit_id = ANY (:children)
            AND grain = piece.grain AND period >= piece.first AND period < piece.last
            AND (:categories IS NULL OR category_id IN (SELECT id FROM kind))
            AND (:statuses IS NULL OR status = ANY (:statuses))
            AND (:sources IS NULL OR source_id IN (SELECT id FROM origin))
        GROUP BY 1, 2
    ) AS part
    GROUP BY 1, 2
),
of_day AS (
    SELECT period, sum(n) AS n
    FROM incident_count
    WHERE rank = :rank AND unit_id = :unit
        AND grain = 1 AND period >= coalesce(:start, '-infinity') AND period < coalesce(:end, 'infinity')
        AND (:categories IS NULL OR category_id IN (SELECT id FROM kind))
        AND (:statuses IS NULL OR status = ANY (:statuses))
        AND (:sources IS NULL OR source_id IN (SELECT id FROM origin))
    GROUP BY 1
),
-- What is overdue depends on the clock, so it is counted from the open incidents.
late AS (
    SELECT unit_id, count(*) AS n
    FROM incident
    WHERE status < 5 AND due_at < :now AND retired_at IS NULL
        AND (:rank = 0 OR unit_id BETWEEN :unit AND :last_unit)
        AND reported_at >= coalesce(:since, '-infinity') AND reported_at < coalesce(:until, 'infinity')
        AND (:categories IS NULL OR category_id IN (SELECT id FROM kind))
        AND (:statuses IS NULL OR status = ANY (:statuses))
        AND (:sources IS NULL OR source_id IN (SELECT id FROM origin))
    GROUP BY 1
)
SELECT 'unit' AS part, NULL::bigint AS child_id, category.code AS category, status, source.code AS source,
       NULL::date AS day, n::integer, on_time::integer, 0 AS late
FROM of_unit JOIN category ON category.id = category_id JOIN source ON source.id = source_id
UNION ALL
SELECT 'child', unit_id, NULL, status, NULL, NULL, n::integer, on_time::integer, 0 FROM of_child
UNION ALL
SELECT 'day', NULL, NULL, NULL, NULL, period, n::integer, 0, 0 FROM of_day
UNION ALL
-- The child an id belongs to is a mask away: the highest of the children's levels whose bits it has.
SELECT 'late', child.id, NULL, NULL, NULL, NULL, 0, 0, sum(n)::integer
FROM late LEFT JOIN LATERAL (
    SELECT unit_id >> shift << shift AS id
    FROM unnest(:shifts) AS shift
    WHERE unit_id >> shift & :mask <> 0
    ORDER BY shift DESC LIMIT 1
) AS child ON true
GROUP BY 2
