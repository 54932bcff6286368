SELECT count(*)
FROM staged AS sent
JOIN feature AS kept
  ON kept.layer = %(layer)s AND kept.source_id = %(source)s AND kept.key = sent.key AND kept.row_hash = sent.row_hash
WHERE kept.load_id <> %(load)s
