-- What was written may lie elsewhere now: where it was before editions of the boundaries is worked out anew.
DELETE FROM incident_was AS was
USING incident AS kept
WHERE kept.id = was.id AND kept.source_id = %(source)s AND kept.load_id = %(load)s AND kept.retired_at IS NULL
  AND NOT EXISTS (SELECT FROM pin WHERE pin.incident_id = kept.id)
