-- How many rows of the source are in force, and how many of them the files no longer have.
SELECT count(*), count(*) FILTER (WHERE staged.key IS NULL AND withheld.key IS NULL)
FROM feature AS kept
LEFT JOIN staged ON staged.key = kept.key
LEFT JOIN (SELECT DISTINCT key FROM withheld) AS withheld ON withheld.key = kept.key
WHERE kept.layer = %(layer)s AND kept.source_id = %(source)s AND kept.retired_at IS NULL
