-- One row an arm's intervention, as AACT's table of that name: it joins `design_groups` and `interventions`.
--
-- Columns:
--   id: A number for the row's key, the same in every build; AACT's own numbers change with every load.
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
    CAST(md5_number_lower(trial_id || '/arm_intervention/' || ordinal) >> 11 AS BIGINT) AS id,
    trial_id AS nct_id,
    CAST(md5_number_lower(arm_id) >> 11 AS BIGINT) AS design_group_id,
    CAST(md5_number_lower(intervention_id) >> 11 AS BIGINT) AS intervention_id
FROM main.arm_interventions
WHERE trial_id LIKE 'NCT%';
