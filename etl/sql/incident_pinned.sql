-- What comes without a place and is pinned stays where it was pinned; the pin learns which unit the source names now.
WITH found AS (
    SELECT kept.id, kept.unit_id, sent.key, sent.unit_id AS named, pin.geom
    FROM staged AS sent
    JOIN incident AS kept ON kept.source_id = %(source)s AND kept.key = sent.key
    JOIN pin ON pin.incident_id = kept.id
    WHERE sent.geom IS NULL
),
noted AS (
    UPDATE pin SET was_unit_id = found.named FROM found WHERE pin.incident_id = found.id
)
UPDATE staged SET geom = found.geom, unit_id = found.unit_id FROM found WHERE staged.key = found.key
