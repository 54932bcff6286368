-- What one load brings, before it is compared with what is there.
CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
SELECT key, unit_id, category_id, status, channel, severity, reported_at, accepted_at, dispatched_at, resolved_at,
       closed_at, due_at, title, address, geom, attributes, row_hash
FROM incident
WITH NO DATA
