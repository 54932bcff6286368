-- Every row that may have moved: its id, unit, the unit that has its unit's code now, and a point on it.
SELECT r.id, r.unit_id, coalesce(heir.id, r.unit_id), ST_AsBinary(CASE ST_GeometryType(r.geom)
    WHEN 'ST_Point' THEN r.geom ELSE ST_PointOnSurface(r.geom) END)
FROM {table} r
LEFT JOIN unit own ON own.id = r.unit_id
LEFT JOIN unit heir ON heir.code = own.code AND heir.valid_to IS NULL
WHERE r.unit_id IN (SELECT id FROM touched)
    OR r.id IN (
        SELECT near.id FROM unit u JOIN {table} near ON ST_Intersects(u.geom, near.geom)
        WHERE u.id IN (SELECT id FROM touched) AND u.valid_to IS NULL
            AND NOT EXISTS (SELECT FROM unit below WHERE below.parent_id = u.id AND below.valid_to IS NULL)
    )
