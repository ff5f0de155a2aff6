-- One row a study that says how it is designed, as AACT's table of that name.
--
-- Columns:
--   id: The digits of the study's number; AACT's own numbers change with every load.
--   nct_id: The study's number.
--   subject_masked: Whether participants do not know who gets what; NULL where the source names no masked party.
--   caregiver_masked: Whether care providers do not know who gets what; NULL where the source names no masked party.
--   investigator_masked: Whether investigators do not know who gets what; NULL where the source names no masked party.
--   outcomes_assessor_masked: Whether assessors of outcomes do not know who gets what; NULL where the source names no
--     masked party.
--
-- Example: How many studies are masked, by purpose.
--   SELECT primary_purpose, masking, count(*) AS studies FROM ctgov.designs GROUP BY ALL ORDER BY ALL
CREATE VIEW ctgov.designs AS
SELECT
    TRY_CAST(substr(trial_id, 4) AS BIGINT) AS id,
    trial_id AS nct_id,
    allocation,
    intervention_model,
    observational_model,
    primary_purpose,
    time_perspective,
    masking,
    masking_description,
    intervention_model_description,
    list_contains(who_masked, 'PARTICIPANT') AS subject_masked,
    list_contains(who_masked, 'CARE_PROVIDER') AS caregiver_masked,
    list_contains(who_masked, 'INVESTIGATOR') AS investigator_masked,
    list_contains(who_masked, 'OUTCOMES_ASSESSOR') AS outcomes_assessor_masked
FROM main.trials
WHERE trial_id LIKE 'NCT%' AND coalesce(
    allocation, intervention_model, observational_model, primary_purpose, time_perspective, masking,
    masking_description, intervention_model_description
) IS NOT NULL;
