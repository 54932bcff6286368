-- Where the rows that move were before this edition, and before each earlier one since which they did not move.
INSERT INTO {was} (id, until, unit_id)
SELECT r.id, edition.begins, r.unit_id
FROM moved JOIN {table} AS r ON r.id = moved.id
CROSS JOIN edition
ON CONFLICT DO NOTHING
