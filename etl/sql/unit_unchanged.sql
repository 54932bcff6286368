SELECT count(*)
FROM staged AS sent
JOIN unit AS kept ON kept.id = sent.id
WHERE kept.load_id <> %(load)s
