-- What a row is known by that need not be written again.
SELECT row_hash FROM feature WHERE layer = %(layer)s AND source_id = %(source)s AND retired_at IS NULL
