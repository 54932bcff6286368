-- What the files no longer have is retired, with a line in its history.
WITH gone AS (
    UPDATE incident AS kept SET retired_at = %(now)s, load_id = %(load)s
    FROM missing
    WHERE missing.row_hash = kept.row_hash AND kept.source_id = %(source)s AND kept.retired_at IS NULL
      AND NOT EXISTS (SELECT FROM staged WHERE staged.key = kept.key)
      AND NOT EXISTS (SELECT FROM withheld WHERE withheld.key = kept.key)
    RETURNING kept.id
)
INSERT INTO incident_change (incident_id, load_id, at, changed)
SELECT id, %(load)s, %(now)s,
       jsonb_build_object('retired_at', jsonb_build_array(NULL, to_jsonb(%(now)s::timestamptz)))
FROM gone
