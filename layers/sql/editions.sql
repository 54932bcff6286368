-- Every edition of the boundaries: since when and until when, how many units it has, and what it did to them. The one
-- that was there before any had a date begins never.
WITH version AS (
    SELECT code, coalesce(valid_from, '-infinity') AS begins, coalesce(valid_to, 'infinity') AS ends FROM unit
    UNION ALL
    SELECT code, coalesce(valid_from, '-infinity'), valid_to FROM unit_past
),
of_time AS (SELECT * FROM version WHERE begins < ends),
begun AS (
    SELECT begins, lead(begins) OVER (ORDER BY begins) AS ends
    FROM (
        SELECT begins FROM edition
        UNION
        SELECT '-infinity' FROM of_time WHERE begins = '-infinity'
    ) AS day
),
did AS (
    SELECT coalesce(start.begins, stop.ends) AS begins,
           count(*) FILTER (WHERE start.code IS NOT NULL AND stop.code IS NOT NULL) AS changed,
           count(*) FILTER (WHERE stop.code IS NULL) AS brought,
           count(*) FILTER (WHERE start.code IS NULL) AS ended
    FROM of_time AS start FULL JOIN of_time AS stop ON stop.code = start.code AND stop.ends = start.begins
    GROUP BY 1
)
SELECT nullif(begun.begins, '-infinity') AS begins, begun.ends,
       (SELECT count(*) FROM of_time WHERE of_time.begins <= begun.begins AND of_time.ends > begun.begins) AS units,
       coalesce(changed, 0) AS changed, coalesce(brought, 0) AS brought, coalesce(ended, 0) AS ended
FROM begun LEFT JOIN did ON did.begins = begun.begins
ORDER BY begun.begins
