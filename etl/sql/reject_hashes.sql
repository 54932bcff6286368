-- The rejects to be mended that the source's last load had, and its last load of all there was: a part may lie between.
WITH latest AS (
    (SELECT id FROM load
     WHERE source_id = %(source)s AND state IN ('published', 'unchanged', 'held') ORDER BY id DESC LIMIT 1)
    UNION
    (SELECT id FROM load
     WHERE source_id = %(source)s AND state IN ('published', 'unchanged', 'held') AND detail ? 'fingerprint'
     ORDER BY id DESC LIMIT 1)
)
SELECT DISTINCT earlier.hash, earlier.id FROM latest, rejects_of(latest.id) AS earlier
WHERE earlier.resolved_by IS NULL AND earlier.hash IS NOT NULL
