SELECT NOT EXISTS (SELECT FROM feature WHERE layer = %(layer)s AND source_id = %(source)s)
