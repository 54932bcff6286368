-- A source that says where an incident is ends its pin; that it does so is in the history, beside the change of place.
WITH ended AS (
    DELETE FROM pin
    USING staged AS sent, incident AS kept
    WHERE pin.incident_id = kept.id AND kept.source_id = %(source)s AND kept.key = sent.key AND sent.geom IS NOT NULL
    RETURNING pin.incident_id, pin.pinned_at
)
INSERT INTO incident_change (incident_id, load_id, at, changed)
SELECT incident_id, %(load)s, %(now)s, jsonb_build_object('pinned_at', jsonb_build_array(pinned_at, NULL)) FROM ended
