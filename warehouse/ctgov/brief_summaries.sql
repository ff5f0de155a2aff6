-- One row a study that has a short description for the public, as AACT's table of that name.
--
-- Columns:
--   id: The digits of the study's number; AACT's own numbers change with every load.
--   nct_id: The study's number.
--   description: The short description for the public.
--
-- Example: Studies whose text speaks of placebo.
--   SELECT nct_id FROM ctgov.brief_summaries WHERE description ILIKE '%placebo%' ORDER BY nct_id
CREATE VIEW ctgov.brief_summaries AS
SELECT
    TRY_CAST(substr(trial_id, 4) AS BIGINT) AS id,
    trial_id AS nct_id,
    brief_summary AS description
FROM main.trials
WHERE trial_id LIKE 'NCT%' AND brief_summary IS NOT NULL;
