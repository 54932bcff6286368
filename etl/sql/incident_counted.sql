-- What one load brought, counted by the unit it was stamped with, as the triggers of roll_up.sql do.
SELECT unit_id, (reported_at AT TIME ZONE settings.time_zone)::date - date '2000-01-01', category_id, status,
       count(*)::integer, count(*) FILTER (WHERE status = 5 AND closed_at <= due_at)::integer,
       count(*) FILTER (WHERE status < 5 AND due_at < settings.judged_at)::integer
FROM incident, settings
WHERE source_id = %(source)s AND retired_at IS NULL
GROUP BY 1, 2, 3, 4
