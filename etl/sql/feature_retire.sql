-- What the files no longer have is retired.
UPDATE feature AS kept SET retired_at = %(now)s, load_id = %(load)s
FROM missing
WHERE missing.row_hash = kept.row_hash
  AND kept.layer = %(layer)s AND kept.source_id = %(source)s AND kept.retired_at IS NULL
  AND NOT EXISTS (SELECT FROM staged WHERE staged.key = kept.key)
  AND NOT EXISTS (SELECT FROM withheld WHERE withheld.key = kept.key)
