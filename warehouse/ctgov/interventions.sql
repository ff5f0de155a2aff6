-- One row an intervention of a study, as AACT's table of that name.
--
-- Columns:
--   id: The digits of the study's number and the row's place in the source: the same in every build and, as in AACT,
--     in the source's order.
--   nct_id: The study's number.
--   intervention_type: What kind of intervention it is, such as DRUG.
--
-- Example: Which drugs are studied most.
--   SELECT name, count(DISTINCT nct_id) AS studies
--   FROM ctgov.interventions
--   WHERE intervention_type = 'DRUG'
--   GROUP BY name
--   ORDER BY studies DESC, name
--   LIMIT 10
CREATE VIEW ctgov.interventions AS
SELECT
    TRY_CAST(substr(trial_id, 4) AS BIGINT) * 1000000 + ordinal AS id,
    trial_id AS nct_id,
    type AS intervention_type,
    name,
    description
FROM main.interventions
WHERE trial_id LIKE 'NCT%';
