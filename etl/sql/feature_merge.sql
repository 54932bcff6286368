-- New rows come in, rows with another hash are rewritten, equal rows are not touched.
MERGE INTO feature AS kept
USING (SELECT * FROM staged ORDER BY unit_id) AS sent
ON kept.layer = %(layer)s AND kept.source_id = %(source)s AND kept.key = sent.key
WHEN MATCHED AND kept.row_hash <> sent.row_hash THEN UPDATE SET
    name = sent.name, unit_id = sent.unit_id, geom = sent.geom, attributes = sent.attributes,
    row_hash = sent.row_hash, load_id = %(load)s
WHEN NOT MATCHED THEN INSERT (layer, source_id, key, name, unit_id, geom, attributes, row_hash, load_id)
VALUES (%(layer)s, %(source)s, sent.key, sent.name, sent.unit_id, sent.geom, sent.attributes, sent.row_hash, %(load)s)
