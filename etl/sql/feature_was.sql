-- Where what was written would have been before editions of the boundaries, if elsewhere.
INSERT INTO feature_was (id, until, unit_id)
SELECT kept.id, former.until, former.unit_id
FROM former JOIN feature AS kept ON kept.layer = %(layer)s AND kept.source_id = %(source)s AND kept.key = former.key
WHERE kept.load_id = %(load)s AND kept.retired_at IS NULL
