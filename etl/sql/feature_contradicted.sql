-- Staged rows that say something else than the row of their key that is there; a unit is not said but worked out.
-- They leave the staging table.
DELETE FROM staged AS sent
USING feature AS kept
WHERE sent.key = ANY (%(keys)s) AND kept.layer = %(layer)s AND kept.source_id = %(source)s AND kept.key = sent.key
  AND kept.row_hash <> sent.row_hash
  AND (kept.name, kept.geom, kept.attributes) IS DISTINCT FROM (sent.name, sent.geom, sent.attributes)
RETURNING sent.key
