-- The units that a load wrote or retired, and all above them: who is in none of these cannot have moved, unless into one.
CREATE TEMPORARY TABLE touched ON COMMIT DROP AS
WITH RECURSIVE above AS (
    SELECT id, parent_id FROM unit WHERE load_id = %(load)s
    UNION
    SELECT u.id, u.parent_id FROM unit u JOIN above ON u.id = above.parent_id
)
SELECT id FROM above
