SELECT count(*)
FROM staged AS sent
JOIN incident AS kept ON kept.source_id = %(source)s AND kept.key = sent.key AND kept.row_hash = sent.row_hash
WHERE kept.load_id <> %(load)s
