-- Assessments of a measure around a day of the study: one row an outcome's timepoint that falls there.
--
-- Only times that stand on the study's own time line (`study_day_low`, `study_day_high`) are compared: "6 months after
-- the end of treatment" is no month 6. A POINT matches by its day; a RECURRING time that says its beginning and end
-- matches where one of its points falls there; a WINDOW matches only on request, since "up to 24 months" promises no
-- visit at month 6.
--
-- Parameters:
--   measure_pattern: A regular expression that the measure must hold, whatever the case; `\b` is the edge of a word.
--   study_day: The day; a month is 30.4375 days and a year 365.25, as in `timepoints`.
--   tolerance_days: How many days before and after it still count.
--   include_windows: Whether spans that touch these days count too; one with an open end touches all days after its
--     start.
--
-- Columns:
--   outcome_type: How much weight the outcome has; NULL where the page does not say.
--   source_text: The words of the time frame that the match rests on.
--   matched_day: The day of the study that matched, the nearest point of a RECURRING time; NULL for a WINDOW.
--
-- Example: ALT at month 6, two weeks more or less.
--   SELECT trial_id, measure, kind, source_text, matched_day
--   FROM assessments_at('\b(ALT|alanine aminotransferase)\b', 6 * 30.4375, 14)
--   ORDER BY trial_id, measure
CREATE MACRO main.assessments_at(measure_pattern, study_day, tolerance_days, include_windows := false) AS TABLE
SELECT
    trial_id,
    outcome_id,
    outcome_type,
    measure,
    time_frame,
    kind,
    source_text,
    CASE kind WHEN 'POINT' THEN study_day_low WHEN 'RECURRING' THEN nearest END AS matched_day,
    study_day_low,
    study_day_high,
    start_anchor,
    approximate,
    timepoint_id
FROM (
    SELECT
        p.*,
        o.type AS outcome_type,
        o.measure,
        o.time_frame,
        -- The point of a recurrence that is nearest to the day, none before its start and none after its end.
        p.study_day_low + p.every_days * greatest(0, least(
            floor((p.study_day_high - p.study_day_low) / p.every_days + 1e-9),
            round((CAST(study_day AS DOUBLE) - p.study_day_low) / p.every_days)
        )) AS nearest
    FROM (
        SELECT
            *,
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
    ) AS p
    JOIN main.outcomes AS o USING (outcome_id)
    WHERE regexp_matches(o.measure, CAST(measure_pattern AS VARCHAR), 'i')
)
WHERE CASE kind
    WHEN 'POINT' THEN abs(study_day_low - CAST(study_day AS DOUBLE)) <= CAST(tolerance_days AS DOUBLE) + 1e-9
    WHEN 'RECURRING' THEN every_days > 0
        AND study_day_high >= study_day_low
        AND abs(nearest - CAST(study_day AS DOUBLE)) <= CAST(tolerance_days AS DOUBLE) + 1e-9
    WHEN 'WINDOW' THEN CAST(include_windows AS BOOLEAN)
        AND study_day_low <= CAST(study_day AS DOUBLE) + CAST(tolerance_days AS DOUBLE)
        AND (
            study_day_high >= CAST(study_day AS DOUBLE) - CAST(tolerance_days AS DOUBLE)
            OR (end_value IS NULL AND end_anchor IS NULL)
        )
    ELSE false
END;
