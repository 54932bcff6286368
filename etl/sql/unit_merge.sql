-- New units come in, units that differ are rewritten in place, equal units are not touched.
MERGE INTO unit AS kept
USING (SELECT * FROM staged ORDER BY id) AS sent
ON kept.id = sent.id
WHEN MATCHED AND (kept.name, kept.name_en, kept.population, kept.geom, kept.draw, kept.label)
    IS DISTINCT FROM (sent.name, sent.name_en, sent.population, sent.geom, sent.draw, sent.label) THEN UPDATE SET
    name = sent.name, name_en = sent.name_en, population = sent.population, geom = sent.geom, draw = sent.draw,
    label = sent.label, area = ST_Area(sent.geom::geography), load_id = %(load)s
WHEN NOT MATCHED THEN INSERT
    (id, last_id, code, level, rank, parent_id, name, name_en, population, area, geom, draw, label, load_id)
VALUES
    (sent.id, sent.last_id, sent.code, sent.level, sent.rank, sent.parent_id, sent.name, sent.name_en,
     sent.population, ST_Area(sent.geom::geography), sent.geom, sent.draw, sent.label, %(load)s)
