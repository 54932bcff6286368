-- What ogr2ogr leaves to be done, for the same rows in the same table: check, place, name; its triggers count.
CREATE TEMPORARY TABLE placed AS
SELECT r.ogc_fid, min(u.id) AS unit_id
FROM unit AS u JOIN raw AS r ON ST_Contains(u.geom, r.wkb_geometry)
WHERE u.rank = 4 AND u.valid_to IS NULL
GROUP BY 1;
ANALYZE placed;
INSERT INTO incident
    (source_id, key, unit_id, category_id, status, channel, severity, reported_at, accepted_at, dispatched_at,
     resolved_at, closed_at, due_at, title, address, geom, attributes, row_hash, load_id)
SELECT :source, r."工单编号", coalesce(p.unit_id, named.id, (SELECT id FROM unit WHERE rank = 0 AND valid_to IS NULL)),
       c.id, s.number, w.channel, v.severity,
       nullif(r."受理时间", '')::timestamp AT TIME ZONE :'zone', nullif(r."签收时间", '')::timestamp AT TIME ZONE :'zone',
       nullif(r."派遣时间", '')::timestamp AT TIME ZONE :'zone', nullif(r."办结时间", '')::timestamp AT TIME ZONE :'zone',
       nullif(r."结案时间", '')::timestamp AT TIME ZONE :'zone',
       nullif(r."受理时间", '')::timestamp AT TIME ZONE :'zone' + make_interval(secs => c.hours * 3600),
       nullif(r."标题", ''), nullif(r."地址", ''), r.wkb_geometry,
       jsonb_strip_nulls(jsonb_build_object('wanted', nullif(r."诉求类型", ''))), 0, :load
FROM raw AS r
LEFT JOIN placed AS p USING (ogc_fid)
LEFT JOIN unit AS named ON named.code = nullif(r."社区编码", '') AND named.valid_to IS NULL AND r.wkb_geometry IS NULL
JOIN bench_word AS word ON word.said = r."问题分类"
JOIN category AS c ON c.code = word.meant
JOIN (VALUES ('待签收', 1), ('已签收', 2), ('办理中', 3), ('待回访', 4), ('已结案', 5)) AS s (said, number)
    ON s.said = r."状态"
LEFT JOIN (VALUES ('电话', 'phone'), ('微信', 'wechat'), ('网站', 'web'), ('浙里办', 'app')) AS w (said, channel)
    ON w.said = r."渠道"
LEFT JOIN (VALUES ('一般', 1), ('紧急', 2), ('特急', 3)) AS v (said, severity) ON v.said = r."紧急程度"
WHERE r."工单编号" <> '' AND (r.wkb_geometry IS NULL OR p.unit_id IS NOT NULL)
ORDER BY r."受理时间";
