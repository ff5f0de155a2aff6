-- One row a study that has a long description, as AACT's table of that name.
--
-- Columns:
--   id: The digits of the study's number; AACT's own numbers change with every load.
--   nct_id: The study's number.
--   description: The long description.
--
-- Example: Studies whose text speaks of placebo.
--   SELECT nct_id FROM ctgov.detailed_descriptions WHERE description ILIKE '%placebo%' ORDER BY nct_id
CREATE VIEW ctgov.detailed_descriptions AS
SELECT
    TRY_CAST(substr(trial_id, 4) AS BIGINT) AS id,
    trial_id AS nct_id,
    detailed_description AS description
FROM main.trials
WHERE trial_id LIKE 'NCT%' AND detailed_description IS NOT NULL;
