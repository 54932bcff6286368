-- New rows come in, rows that differ are rewritten and rows that were retired come back; equal ones are staged no more.
MERGE INTO incident AS kept
USING (SELECT * FROM staged ORDER BY reported_at) AS sent
ON kept.source_id = %(source)s AND kept.key = sent.key
WHEN MATCHED THEN UPDATE SET
    unit_id = sent.unit_id, category_id = sent.category_id, status = sent.status, channel = sent.channel,
    severity = sent.severity, reported_at = sent.reported_at, accepted_at = sent.accepted_at,
    dispatched_at = sent.dispatched_at, resolved_at = sent.resolved_at, closed_at = sent.closed_at,
    due_at = sent.due_at, title = sent.title, address = sent.address, geom = sent.geom,
    attributes = sent.attributes, row_hash = sent.row_hash, load_id = %(load)s, retired_at = NULL
WHEN NOT MATCHED THEN INSERT
    (source_id, key, unit_id, category_id, status, channel, severity, reported_at, accepted_at, dispatched_at,
     resolved_at, closed_at, due_at, title, address, geom, attributes, row_hash, load_id)
VALUES
    (%(source)s, sent.key, sent.unit_id, sent.category_id, sent.status, sent.channel, sent.severity,
     sent.reported_at, sent.accepted_at, sent.dispatched_at, sent.resolved_at, sent.closed_at, sent.due_at,
     sent.title, sent.address, sent.geom, sent.attributes, sent.row_hash, %(load)s)
