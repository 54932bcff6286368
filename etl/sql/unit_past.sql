-- What units were before an edition changes them. An edition that is sent again corrects itself and keeps nothing.
INSERT INTO unit_past (id, code, level, rank, parent_id, name, name_en, population, area, geom, draw, label,
    valid_from, valid_to, load_id)
SELECT kept.id, kept.code, kept.level, kept.rank, kept.parent_id, kept.name, kept.name_en, kept.population, kept.area,
    kept.geom, kept.draw, kept.label, kept.valid_from, %(edition)s, kept.load_id
FROM unit AS kept JOIN staged AS sent ON sent.id = kept.id
WHERE kept.valid_from IS DISTINCT FROM %(edition)s
    AND (kept.name, kept.name_en, kept.population, kept.geom, kept.draw, kept.label)
        IS DISTINCT FROM (sent.name, sent.name_en, sent.population, sent.geom, sent.draw, sent.label)
ON CONFLICT DO NOTHING
