-- One row an arm's intervention, as AACT's table of that name: it joins `design_groups` and `interventions`.
--
-- Columns:
--   id: The digits of the study's number and the row's place in the source: the same in every build and, as in AACT,
--     in the source's order.
--   nct_id: The study's number.
--   design_group_id: The arm, `design_groups.id`.
--   intervention_id: The intervention, `interventions.id`.
--
-- Example: What each arm of a study gets.
--   SELECT g.title, i.name
--   FROM ctgov.design_group_interventions AS d
--   JOIN ctgov.design_groups AS g ON g.id = d.design_group_id
--   JOIN ctgov.interventions AS i ON i.id = d.intervention_id
--   WHERE d.nct_id = (SELECT min(nct_id) FROM ctgov.design_group_interventions)
--   ORDER BY g.title, i.name
CREATE VIEW ctgov.design_group_interventions AS
SELECT
    TRY_CAST(substr(trial_id, 4) AS BIGINT) * 1000000 + ordinal AS id,
    trial_id AS nct_id,
    TRY_CAST(substr(trial_id, 4) AS BIGINT) * 1000000
        + TRY_CAST(split_part(arm_id, '/', 3) AS BIGINT) AS design_group_id,
    TRY_CAST(substr(trial_id, 4) AS BIGINT) * 1000000
        + TRY_CAST(split_part(intervention_id, '/', 3) AS BIGINT) AS intervention_id
FROM main.arm_interventions
WHERE trial_id LIKE 'NCT%';
