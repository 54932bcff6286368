-- Where what was written would have been before editions of the boundaries, if elsewhere; of what is pinned, the pin
-- keeps that for the day when it ends.
WITH noted AS (
    UPDATE pin SET former = coalesce(
        (SELECT jsonb_object_agg(former.until, former.unit_id) FROM former WHERE former.key = kept.key), '{}'
    )
    FROM incident AS kept
    WHERE pin.incident_id = kept.id AND kept.source_id = %(source)s AND kept.load_id = %(load)s
      AND kept.retired_at IS NULL
)
INSERT INTO incident_was (id, until, unit_id)
SELECT kept.id, former.until, former.unit_id
FROM former JOIN incident AS kept ON kept.source_id = %(source)s AND kept.key = former.key
WHERE kept.load_id = %(load)s AND kept.retired_at IS NULL
  AND NOT EXISTS (SELECT FROM pin WHERE pin.incident_id = kept.id)
