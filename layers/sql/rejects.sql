-- What stayed out of a load: its own rejects, and those of earlier loads that came again as they were, which its detail
-- names as runs of ids, `same_rejects`. A load that found its files unchanged has those of the one that read them.
-- Each run is looked up by itself: of a join, the planner cannot know that runs are short, and reads the whole table.
CREATE OR REPLACE FUNCTION rejects_of(asked bigint) RETURNS SETOF reject LANGUAGE plpgsql STABLE AS $function$
DECLARE
    reading load;
    run jsonb;
BEGIN
    SELECT origin.* INTO reading
    FROM load JOIN load AS origin ON origin.id = coalesce((load.detail ->> 'same_as')::bigint, load.id)
    WHERE load.id = asked;
    RETURN QUERY SELECT * FROM reject WHERE load_id = reading.id;
    FOR run IN SELECT jsonb_array_elements(reading.detail -> 'same_rejects') LOOP
        RETURN QUERY SELECT * FROM reject WHERE id BETWEEN (run ->> 0)::bigint AND (run ->> 1)::bigint;
    END LOOP;
END
$function$;
