-- Whether neither a row nor a count is there of the source, not even one of zero.
SELECT NOT EXISTS (SELECT FROM incident WHERE source_id = %(source)s)
   AND NOT EXISTS (SELECT FROM incident_count WHERE rank = 0 AND source_id = %(source)s)
