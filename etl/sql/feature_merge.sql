-- New rows come in, rows that differ are rewritten and rows that were retired come back; equal ones are staged no more.
MERGE INTO feature AS kept
USING (SELECT * FROM staged ORDER BY unit_id) AS sent
ON kept.layer = %(layer)s AND kept.source_id = %(source)s AND kept.key = sent.key
WHEN MATCHED THEN UPDATE SET
    name = sent.name, unit_id = sent.unit_id, geom = sent.geom, attributes = sent.attributes,
    row_hash = sent.row_hash, load_id = %(load)s, retired_at = NULL
WHEN NOT MATCHED THEN INSERT (layer, source_id, key, name, unit_id, geom, attributes, row_hash, load_id)
VALUES (%(layer)s, %(source)s, sent.key, sent.name, sent.unit_id, sent.geom, sent.attributes, sent.row_hash, %(load)s)
