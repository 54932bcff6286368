SELECT key, row_hash FROM feature
WHERE layer = %(layer)s AND source_id = %(source)s AND key = ANY (%(keys)s) AND retired_at IS NULL
