-- One row a trial and time: what is measured then, in the order of the study's time line.
--
-- The same schedule as `schedule_of_assessments`, turned: times that the study's time line does not hold come last, in
-- the order of the text.
--
-- Columns:
--   time: The time in one spelling, as in `schedule_of_assessments`.
--   outcomes: How many outcomes are measured then.
--   measures: What they measure, each once, in alphabetical order.
--
-- Example: What a trial measures, visit by visit.
--   SELECT time, study_day_low, measures
--   FROM schedule_by_time
--   WHERE trial_id = (SELECT min(trial_id) FROM timepoints)
CREATE VIEW main.schedule_by_time AS
SELECT
    trial_id,
    time,
    kind,
    min(study_day_low) AS study_day_low,
    min(study_day_high) AS study_day_high,
    count(DISTINCT outcome_id) AS outcomes,
    list(DISTINCT measure ORDER BY measure) FILTER (WHERE measure IS NOT NULL) AS measures
FROM main.schedule_of_assessments
WHERE timepoint_id IS NOT NULL
GROUP BY trial_id, time, kind
ORDER BY
    trial_id, study_day_low NULLS LAST, study_day_high NULLS LAST,
    min(outcome_ordinal), min(timepoint_ordinal), time;
