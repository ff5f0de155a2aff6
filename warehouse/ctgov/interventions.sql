-- One row an intervention of a study, as AACT's table of that name.
--
-- Columns:
--   id: A number for the row's key, the same in every build; AACT's own numbers change with every load.
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
    CAST(md5_number_lower(intervention_id) >> 11 AS BIGINT) AS id,
    trial_id AS nct_id,
    type AS intervention_type,
    name,
    description
FROM main.interventions
WHERE trial_id LIKE 'NCT%';
