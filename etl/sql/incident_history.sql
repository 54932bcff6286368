-- What the rows that differ will change, from and to, before they do. Codes are kept, since numbers may be given anew.
INSERT INTO incident_change (incident_id, load_id, at, changed)
SELECT kept.id, %(load)s, %(now)s, difference.changed
FROM staged AS sent
JOIN incident AS kept ON kept.source_id = %(source)s AND kept.key = sent.key
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(item.name, jsonb_build_array(item.was, item.becomes)) AS changed
    FROM (
        VALUES
            ('status', to_jsonb((%(statuses)s::text[])[kept.status]), to_jsonb((%(statuses)s::text[])[sent.status])),
            ('channel', to_jsonb(kept.channel), to_jsonb(sent.channel)),
            ('severity', to_jsonb(kept.severity), to_jsonb(sent.severity)),
            ('reported_at', to_jsonb(kept.reported_at), to_jsonb(sent.reported_at)),
            ('accepted_at', to_jsonb(kept.accepted_at), to_jsonb(sent.accepted_at)),
            ('dispatched_at', to_jsonb(kept.dispatched_at), to_jsonb(sent.dispatched_at)),
            ('resolved_at', to_jsonb(kept.resolved_at), to_jsonb(sent.resolved_at)),
            ('closed_at', to_jsonb(kept.closed_at), to_jsonb(sent.closed_at)),
            ('due_at', to_jsonb(kept.due_at), to_jsonb(sent.due_at)),
            ('title', to_jsonb(kept.title), to_jsonb(sent.title)),
            ('address', to_jsonb(kept.address), to_jsonb(sent.address)),
            ('retired_at', to_jsonb(kept.retired_at), NULL),
            ('place', ST_AsGeoJSON(kept.geom)::jsonb -> 'coordinates', ST_AsGeoJSON(sent.geom)::jsonb -> 'coordinates')
        UNION ALL
        SELECT 'category', to_jsonb(was.code), to_jsonb(becomes.code)
        FROM category AS was, category AS becomes
        WHERE kept.category_id <> sent.category_id AND was.id = kept.category_id AND becomes.id = sent.category_id
        UNION ALL
        SELECT 'unit', to_jsonb(was.code), to_jsonb(becomes.code)
        FROM unit AS was, unit AS becomes
        WHERE kept.unit_id <> sent.unit_id AND was.id = kept.unit_id AND becomes.id = sent.unit_id
        UNION ALL
        SELECT 'attributes.' || name, was.value, becomes.value
        FROM jsonb_each(coalesce(kept.attributes, '{}')) AS was (name, value)
        FULL JOIN jsonb_each(coalesce(sent.attributes, '{}')) AS becomes (name, value) USING (name)
        WHERE kept.attributes IS DISTINCT FROM sent.attributes
    ) AS item (name, was, becomes)
    WHERE item.was IS DISTINCT FROM item.becomes
) AS difference
WHERE difference.changed IS NOT NULL
