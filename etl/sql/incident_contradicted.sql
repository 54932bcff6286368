-- Staged rows that say something else than the row of their key that is there; a unit and a due time are not said but
-- worked out, and a pin is not the source's. They leave the staging table.
DELETE FROM staged AS sent
USING incident AS kept LEFT JOIN pin ON pin.incident_id = kept.id
WHERE sent.key = ANY (%(keys)s) AND kept.source_id = %(source)s AND kept.key = sent.key
  AND kept.row_hash <> sent.row_hash
  AND (kept.category_id, kept.status, kept.channel, kept.severity, kept.reported_at, kept.accepted_at,
       kept.dispatched_at, kept.resolved_at, kept.closed_at, kept.title, kept.address,
       CASE WHEN pin.incident_id IS NULL THEN kept.geom END, kept.attributes)
      IS DISTINCT FROM
      (sent.category_id, sent.status, sent.channel, sent.severity, sent.reported_at, sent.accepted_at,
       sent.dispatched_at, sent.resolved_at, sent.closed_at, sent.title, sent.address, sent.geom, sent.attributes)
RETURNING sent.key
