-- What one load brings, before it is compared with what is there.
CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
SELECT key, name, unit_id, geom, attributes, row_hash
FROM feature
WITH NO DATA
