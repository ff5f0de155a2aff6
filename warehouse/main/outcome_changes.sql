-- One row a change of an outcome between two dated lists of one trial: what came, went, moved between primary,
-- secondary and other, or was reworded, with how it read before.
--
-- Columns:
--   changed_on: The version date of the first document with the change; it was made on that day or before.
--   type_before: The type it had; NULL for one that was added, or of an unknown type.
--   type: The type it has; of a removed outcome, none.
--   measure_before: What was measured; NULL for an outcome that was added.
--   measure: What is measured; NULL for an outcome that was removed.
--   time_frame_before: When it was measured.
--   time_frame: When it is measured.
--   description_before: How it was measured.
--   description: How it is measured.
--   days_after_start: How many days after the trial's start, as far as that is known now; negative before it.
--   days_after_primary_completion: How many days after the last participant was examined for the primary outcome.
--
-- Example: Primary outcomes that were switched after the trial had begun.
--   SELECT trial_id, changed_on, change, type_before, measure_before, type, measure, days_after_start
--   FROM outcome_changes
--   WHERE 'PRIMARY' IN (type_before, type) AND changed <> ['DESCRIPTION'] AND days_after_start > 0
--   ORDER BY trial_id, changed_on
CREATE VIEW main.outcome_changes AS
SELECT
    v.trial_id,
    v.outcome_number,
    v.valid_from AS changed_on,
    v.change,
    v.changed,
    v.type_before,
    CASE WHEN v.change <> 'REMOVED' THEN v.type END AS type,
    v.measure_before,
    CASE WHEN v.change <> 'REMOVED' THEN v.measure END AS measure,
    v.time_frame_before,
    CASE WHEN v.change <> 'REMOVED' THEN v.time_frame END AS time_frame,
    v.description_before,
    CASE WHEN v.change <> 'REMOVED' THEN v.description END AS description,
    date_diff('day', t.start_date, v.valid_from) AS days_after_start,
    date_diff('day', t.primary_completion_date, v.valid_from) AS days_after_primary_completion,
    v.source,
    v.document_id
FROM (
    SELECT
        *,
        lag(type) OVER one AS type_before,
        lag(measure) OVER one AS measure_before,
        lag(time_frame) OVER one AS time_frame_before,
        lag(description) OVER one AS description_before
    FROM main.outcome_versions
    WINDOW one AS (PARTITION BY trial_id, outcome_number ORDER BY valid_from)
) AS v
JOIN main.trials AS t USING (trial_id)
WHERE v.change IS NOT NULL
ORDER BY v.trial_id, v.valid_from, v.outcome_number;
