-- What the levels of an edition no longer have, and what has another place in it, ends when the edition begins.
UPDATE unit SET valid_to = %(edition)s, load_id = %(load)s
WHERE valid_to IS NULL AND ((level = ANY(%(levels)s) AND code <> ALL(%(sent)s)) OR id = ANY(%(moved)s))
RETURNING id, code, name
