-- One row a trial, outcome and timepoint, in the source's order: what is measured when.
--
-- An outcome without a time frame has one row, its timepoint being NULL.
--
-- Columns:
--   outcome_ordinal: The outcome's place among the trial's, from 1.
--   outcome_type: How much weight the outcome has; NULL where the page does not say.
--   timepoint_ordinal: The time's place in the outcome's time frame, from 1.
--   time: The time in one spelling, so that outcomes measured at one time share it and can be pivoted on it: `6 MONTH`,
--     `BASELINE`, `30 DAY after PROCEDURE`, `4 MONTH (TREATMENT_END)`, `0 .. 2 YEAR`, `every 3 MONTH, 0 .. 2 YEAR`.
--   source_text: The words of the time frame that the time rests on.
--
-- Example: A trial's schedule as a grid, outcomes by times.
--   PIVOT (
--     SELECT outcome_ordinal, measure, time FROM schedule_of_assessments
--     WHERE trial_id = (SELECT min(trial_id) FROM timepoints) AND time IS NOT NULL
--   ) ON time USING any_value('x')
--   ORDER BY outcome_ordinal
CREATE VIEW main.schedule_of_assessments AS
WITH bound AS (
    SELECT
        *,
        -- A bound's number and unit, beside the event that it is counted from or that it dates.
        CASE
            WHEN start_value = 0 AND start_anchor IS NOT NULL THEN start_anchor
            WHEN start_anchor_role = 'DATED' THEN format('{:g} {} ({})', start_value, start_unit, start_anchor)
            WHEN start_anchor IS NOT NULL AND start_value < 0
                THEN format('{:g} {} before {}', -start_value, start_unit, start_anchor)
            WHEN start_anchor IS NOT NULL THEN format('{:g} {} after {}', start_value, start_unit, start_anchor)
            ELSE format('{:g} {}', start_value, start_unit)
        END AS starts,
        CASE
            WHEN end_value = 0 AND end_anchor IS NOT NULL THEN end_anchor
            WHEN end_anchor_role = 'DATED' THEN format('{:g} {} ({})', end_value, end_unit, end_anchor)
            WHEN end_anchor IS NOT NULL AND end_value < 0
                THEN format('{:g} {} before {}', -end_value, end_unit, end_anchor)
            WHEN end_anchor IS NOT NULL THEN format('{:g} {} after {}', end_value, end_unit, end_anchor)
            ELSE format('{:g} {}', end_value, end_unit)
        END AS ends
    FROM main.timepoints
)
SELECT
    o.trial_id,
    o.ordinal AS outcome_ordinal,
    o.type AS outcome_type,
    o.measure,
    o.time_frame,
    p.ordinal AS timepoint_ordinal,
    p.kind,
    CASE
        WHEN p.kind = 'UNRESOLVED' THEN p.source_text
        WHEN p.kind IS NOT NULL THEN concat(
            'cycle ' || p.cycle || ', ',
            CASE p.kind
                WHEN 'POINT' THEN p.starts
                WHEN 'WINDOW' THEN concat_ws(
                    ' .. ',
                    -- "0 MONTH .. 6 MONTH" says its unit once.
                    CASE
                        WHEN p.start_unit = p.end_unit AND p.start_anchor IS NULL AND p.end_anchor IS NULL
                            THEN format('{:g}', p.start_value)
                        ELSE coalesce(p.starts, '?')
                    END,
                    coalesce(p.ends, '?')
                )
                ELSE concat(
                    coalesce(format('every {:g} {}', p.every_value, p.every_unit), 'repeatedly'),
                    ', ' || CASE
                        WHEN p.starts IS NULL AND p.ends IS NULL THEN NULL
                        WHEN p.start_unit = p.end_unit AND p.start_anchor IS NULL AND p.end_anchor IS NULL
                            THEN format('{:g} .. {}', p.start_value, p.ends)
                        ELSE concat_ws(' .. ', coalesce(p.starts, '?'), coalesce(p.ends, '?'))
                    END
                )
            END
        )
    END AS time,
    p.source_text,
    p.study_day_low,
    p.study_day_high,
    p.start_day,
    p.end_day,
    p.start_anchor,
    p.end_anchor,
    p.every_value,
    p.every_unit,
    p.cycle,
    p.approximate,
    o.outcome_id,
    p.timepoint_id
FROM main.outcomes AS o
LEFT JOIN bound AS p USING (outcome_id)
ORDER BY o.trial_id, o.ordinal, p.ordinal;
