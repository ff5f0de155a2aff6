-- One row an outcome that a study plans to measure, as AACT's table of that name.
--
-- Columns:
--   id: A number for the row's key, the same in every build; AACT's own numbers change with every load.
--   nct_id: The study's number.
--   outcome_type: `primary`, `secondary` or `other`; NULL where a page does not say.
--   population: Always NULL: AACT leaves it empty too.
--
-- Example: The most frequent primary outcomes.
--   SELECT measure, count(*) AS studies
--   FROM ctgov.design_outcomes
--   WHERE outcome_type = 'primary'
--   GROUP BY measure
--   ORDER BY studies DESC, measure
--   LIMIT 10
CREATE VIEW ctgov.design_outcomes AS
SELECT
    CAST(md5_number_lower(outcome_id) >> 11 AS BIGINT) AS id,
    trial_id AS nct_id,
    lower(type) AS outcome_type,
    measure,
    time_frame,
    NULL::VARCHAR AS population,
    description
FROM main.outcomes
WHERE trial_id LIKE 'NCT%';
