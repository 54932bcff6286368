DELETE FROM feature WHERE layer = %(layer)s AND source_id = %(source)s AND load_id = %(load)s
