-- How many rows of the source the files no longer have: nothing brought their hash, their key, or a reason to wait.
SELECT count(*)
FROM feature AS kept
JOIN missing ON missing.row_hash = kept.row_hash
WHERE kept.layer = %(layer)s AND kept.source_id = %(source)s AND kept.retired_at IS NULL
  AND NOT EXISTS (SELECT FROM staged WHERE staged.key = kept.key)
  AND NOT EXISTS (SELECT FROM withheld WHERE withheld.key = kept.key)
