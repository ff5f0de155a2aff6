-- One row a change of a trial's status, enrollment, dates or primary outcomes between two of its states.
--
-- What else changed is in `trial_versions`, and all of the outcomes in `outcome_changes`. A primary outcome whose
-- description alone changed is only there.
--
-- Columns:
--   field: What changed: overall_status, enrollment, start_date, primary_completion_date, completion_date or
--     primary_outcome.
--   changed_on: The version date of the first document with the change; it was made on that day or before.
--   before: What the trial said before: a count and a date with their type, a date as far as it is known, an outcome as
--     its measure and time frame; NULL where it said nothing, or the outcome was none of the primary ones.
--   after: What it says from then on, in the same way.
--   document_id: The first document with the change.
--   source: The source of that document.
--
-- Example: Trials whose primary outcomes changed, the most changed first.
--   SELECT trial_id, count(*) AS changes
--   FROM trial_changes
--   WHERE field = 'primary_outcome'
--   GROUP BY trial_id
--   ORDER BY changes DESC, trial_id
CREATE VIEW main.trial_changes AS
WITH said AS (
    SELECT
        trial_id, valid_from, document_id, source,
        unnest([
            {'field': 'overall_status', 'words': overall_status},
            {'field': 'enrollment', 'words': nullif(concat_ws(' ', enrollment, enrollment_type), '')},
            {
                'field': 'start_date',
                'words': nullif(concat_ws(' ', left(CAST(start_date AS VARCHAR), CASE start_date_precision
                    WHEN 'YEAR' THEN 4 WHEN 'DAY' THEN 10 ELSE 7
                END), start_date_type), '')
            },
            {
                'field': 'primary_completion_date',
                'words': nullif(concat_ws(' ', left(CAST(primary_completion_date AS VARCHAR), CASE primary_completion_date_precision
                    WHEN 'YEAR' THEN 4 WHEN 'DAY' THEN 10 ELSE 7
                END), primary_completion_date_type), '')
            },
            {
                'field': 'completion_date',
                'words': nullif(concat_ws(' ', left(CAST(completion_date AS VARCHAR), CASE completion_date_precision
                    WHEN 'YEAR' THEN 4 WHEN 'DAY' THEN 10 ELSE 7
                END), completion_date_type), '')
            }
        ]) AS said
    FROM main.trial_versions
),
step AS (
    SELECT
        trial_id, valid_from, document_id, source, said.field, said.words AS after,
        lag(said.words) OVER one AS before,
        row_number() OVER one > 1 AS has_before
    FROM said
    WINDOW one AS (PARTITION BY trial_id, said.field ORDER BY valid_from)
),
primary_outcome AS (
    SELECT
        trial_id, changed_on, document_id, source,
        CASE type_before WHEN 'PRIMARY' THEN concat(measure_before, ' [' || time_frame_before || ']') END AS before,
        CASE type WHEN 'PRIMARY' THEN concat(measure, ' [' || time_frame || ']') END AS after
    FROM main.outcome_changes
    WHERE type_before = 'PRIMARY' OR type = 'PRIMARY'
)
SELECT trial_id, field, valid_from AS changed_on, before, after, document_id, source
FROM step
WHERE has_before AND before IS DISTINCT FROM after
UNION ALL
SELECT trial_id, 'primary_outcome', changed_on, before, after, document_id, source
FROM primary_outcome
WHERE before IS DISTINCT FROM after
ORDER BY trial_id, changed_on, field, before, after;
