-- Rows that stayed out of an earlier load and come in with this one leave the list of what is to be mended; those that
-- stay out again remain.
UPDATE reject AS earlier SET resolved_by = %(load)s
FROM load, staged
WHERE earlier.resolved_by IS NULL AND earlier.load_id = load.id AND load.source_id = %(source)s
  AND load.id <> %(load)s AND staged.key = earlier.key
  AND NOT EXISTS (SELECT FROM rejects_of(%(load)s) AS again WHERE again.key = earlier.key)
