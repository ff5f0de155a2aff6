-- The single points of times that repeat: one row a point of a RECURRING timepoint.
--
-- "Every 3 months up to 2 years" has nine points, its first and last day included. A time without an interval or
-- without a beginning has no points. One whose end is open, or is an event that no number dates, has points only up to
-- the day that the caller sets: how often something is measured until death, no one can know from the words.
--
-- Parameters:
--   open_until_day: Up to which day, counted as the beginning is, a time with no known end is followed; not at all if
--     NULL.
--   most: How many points of one time are given at most; `points` says how many it has.
--
-- Columns:
--   point: The point's number, from 1.
--   points: How many points the time has, up to its end or the day that the caller set.
--   open_ended: Whether the words give no end that can be reached by counting, so that the caller's day ended it.
--   day: The point in days, counted from the anchor; comparable only within one anchor, role and cycle.
--   study_day: The point in days on the study's own time line; NULL where the words do not place it there.
--   source_text: The words of the time frame that the point rests on.
--
-- Example: Assessments a trial plans in its first year.
--   SELECT trial_id, measure, list(DISTINCT study_day ORDER BY study_day) AS days
--   FROM recurring_points(open_until_day := 365) JOIN outcomes USING (trial_id, outcome_id)
--   WHERE study_day <= 365
--   GROUP BY ALL
--   ORDER BY trial_id, measure
CREATE MACRO main.recurring_points(open_until_day := NULL, most := 1000) AS TABLE
SELECT
    trial_id,
    outcome_id,
    timepoint_id,
    CAST(number + 1 AS BIGINT) AS point,
    points,
    open_ended,
    first_day + number * every_days AS day,
    study_day_low + number * every_days AS study_day,
    start_anchor,
    start_anchor_role,
    cycle,
    every_value,
    every_unit,
    source_text
FROM (
    SELECT *, unnest(range(least(points, CAST(most AS BIGINT)))) AS number
    FROM (
        SELECT
            *,
            -- A hair more, so that 24 months hold 3 months eight times whatever the rounding.
            CAST(floor((
                CASE WHEN open_ended THEN CAST(open_until_day AS DOUBLE) ELSE last_day END - first_day
            ) / every_days + 1e-9) AS BIGINT) + 1 AS points
        FROM (
            SELECT
                *,
                last_day IS NULL AS open_ended
            FROM (
                SELECT
                    *,
                    coalesce(study_day_low, start_day) AS first_day,
                    -- Both count from one moment: on the study's own time line, or from one anchor.
                    CASE
                        WHEN study_day_low IS NOT NULL THEN study_day_high
                        WHEN start_anchor IS NOT DISTINCT FROM end_anchor
                            -- The number 0 has no role: it is the event itself, from which ORIGIN counts.
                            AND coalesce(start_anchor_role, 'ORIGIN') = coalesce(end_anchor_role, 'ORIGIN') THEN end_day
                    END AS last_day,
                    every_value * CASE every_unit
                        WHEN 'SECOND' THEN 1 / 86400.0
                        WHEN 'MINUTE' THEN 1 / 1440.0
                        WHEN 'HOUR' THEN 1 / 24.0
                        WHEN 'DAY' THEN 1
                        WHEN 'WEEK' THEN 7
                        WHEN 'MONTH' THEN 30.4375
                        WHEN 'YEAR' THEN 365.25
                    END AS every_days
                FROM main.timepoints
                WHERE kind = 'RECURRING'
            )
        )
        WHERE every_days > 0 AND first_day IS NOT NULL
    )
    WHERE points > 0
);
