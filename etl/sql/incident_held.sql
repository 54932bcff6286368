SELECT key, row_hash FROM incident WHERE source_id = %(source)s AND key = ANY (%(keys)s) AND retired_at IS NULL
