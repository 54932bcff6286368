-- What stayed out of a load: its own rejects, and those of earlier loads that came again as they were, which its detail
-- names as runs of ids, `same_rejects`. A load that found its files unchanged has those of the one that read them.
CREATE OR REPLACE FUNCTION rejects_of(asked bigint) RETURNS SETOF reject LANGUAGE sql STABLE AS $function$
    SELECT reject.*
    FROM load JOIN reject ON reject.load_id = coalesce((load.detail ->> 'same_as')::bigint, load.id)
    WHERE load.id = asked
    UNION ALL
    SELECT reject.*
    FROM load
    JOIN load AS reading ON reading.id = coalesce((load.detail ->> 'same_as')::bigint, load.id)
    CROSS JOIN jsonb_array_elements(reading.detail -> 'same_rejects') AS run
    JOIN reject ON reject.id BETWEEN (run ->> 0)::bigint AND (run ->> 1)::bigint
    WHERE load.id = asked
$function$;
