-- What one load brings, before it is compared with what is there.
CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
SELECT id, last_id, code, level, rank, parent_id, name, name_en, population, geom, draw, label
FROM unit
WITH NO DATA
