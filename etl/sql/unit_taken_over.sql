-- Units that a load is about to change and another source brought, and how many each.
SELECT source.code, count(*)
FROM staged AS sent
JOIN unit AS kept ON kept.id = sent.id
JOIN load ON load.id = kept.load_id
JOIN source ON source.id = load.source_id
WHERE load.source_id <> %(source)s
    AND (kept.name, kept.name_en, kept.population, kept.geom, kept.draw, kept.label)
        IS DISTINCT FROM (sent.name, sent.name_en, sent.population, sent.geom, sent.draw, sent.label)
GROUP BY source.code ORDER BY source.code
