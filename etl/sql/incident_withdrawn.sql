DELETE FROM incident WHERE source_id = %(source)s AND load_id = %(load)s
