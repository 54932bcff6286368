-- Rows that are there as they are need nothing more.
DELETE FROM staged AS sent
USING feature AS kept
WHERE kept.layer = %(layer)s AND kept.source_id = %(source)s AND kept.key = sent.key
  AND kept.row_hash = sent.row_hash AND kept.retired_at IS NULL
