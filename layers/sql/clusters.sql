-- How many incidents units have, by the grain of the pieces that the period is cut into: `n` as the filter means, `every`
-- of its categories but any status and source, `whole` of any category. Of a unit whose grain is coarser than a piece,
-- the incidents themselves are counted in that piece, by what `shift` leaves of their unit's id; that comes as grain 0.
WITH piece AS (
    SELECT grain, coalesce(first, '-infinity') AS first, coalesce(last, 'infinity') AS last
    FROM unnest(:grains, :firsts, :lasts) AS cut (grain, first, last)
),
edge AS (
    SELECT coalesce(since, '-infinity') AS since, coalesce(until, 'infinity') AS until
    FROM unnest(:sinces, :untils) AS span (since, until)
),
asked AS (SELECT * FROM unnest(
    CAST(:units AS bigint[]), CAST(:ranks AS smallint[]), CAST(:finest AS smallint[])
) AS unit (id, rank, grain)),
kind AS (SELECT id FROM category WHERE code = ANY (:categories)),
origin AS (SELECT id FROM source WHERE :sources IS NULL OR code = ANY (:sources)),
below AS (
    SELECT unit.id FROM unnest(CAST(:tops AS bigint[]), CAST(:ends AS bigint[])) AS top (first, last)
    JOIN unit ON unit.id BETWEEN top.first AND top.last
),
rolled AS (
    SELECT asked.id AS unit_id, piece.grain, source_id,
           coalesce(sum(n) FILTER (WHERE kind.id = 0), 0) AS whole,
           coalesce(sum(n) FILTER (WHERE :categories IS NULL OR kind.id <> 0), 0) AS every,
           sum(:reported * (n - accepted - dispatched - resolved - closed) + :accepted * accepted
               + :dispatched * dispatched + :resolved * resolved + :closed * closed)
               FILTER (WHERE :categories IS NULL OR kind.id <> 0) AS n
    -- One short scan for each of them, since the index has them in this order: a list of kinds would be but a filter.
    FROM piece JOIN asked ON asked.grain <= piece.grain
    CROSS JOIN (SELECT id FROM kind UNION ALL SELECT 0) AS kind CROSS JOIN LATERAL (
        SELECT source_id, n, accepted, dispatched, resolved, closed FROM incident_count
        WHERE rank = asked.rank AND grain = piece.grain AND unit_id = asked.id AND category_id = kind.id
            AND period >= piece.first AND period < piece.last
        OFFSET 0
    ) AS part
    GROUP BY 1, 2, 3
),
single AS (
    SELECT unit_id, source_id, status
    FROM edge CROSS JOIN LATERAL (
        SELECT unit_id, source_id, status FROM incident
        WHERE unit_id = ANY (ARRAY(SELECT id FROM below)) AND retired_at IS NULL
            AND reported_at >= edge.since AND reported_at < edge.until
            AND (:categories IS NULL OR category_id = ANY (ARRAY(SELECT id FROM kind)))
        OFFSET 0
    ) AS part
    WHERE NOT :by_kind
    UNION ALL
    SELECT unit_id, source_id, status
    FROM edge CROSS JOIN kind CROSS JOIN LATERAL (
        SELECT unit_id, source_id, status FROM incident
        WHERE category_id = kind.id AND unit_id = ANY (ARRAY(SELECT id FROM below)) AND retired_at IS NULL
            AND reported_at >= edge.since AND reported_at < edge.until
        OFFSET 0
    ) AS part
    WHERE :by_kind
),
found AS (
    SELECT unit_id, grain, source_id, whole, every, n FROM rolled
    UNION ALL
    SELECT unit_id >> :shift << :shift, 0, source_id, 0, count(*),
           count(*) FILTER (WHERE :statuses IS NULL OR status = ANY (:statuses))
    FROM single GROUP BY 1, 3
)
SELECT unit_id, grain, sum(whole)::bigint AS whole, sum(every)::bigint AS every,
       coalesce(sum(n) FILTER (WHERE source_id IN (SELECT id FROM origin)), 0)::bigint AS n
FROM found GROUP BY 1, 2
