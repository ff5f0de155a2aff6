-- One row an outcome that a study plans to measure, as AACT's table of that name.
--
-- Columns:
--   id: The digits of the study's number and the row's place in the source: the same in every build and, as in AACT,
--     in the source's order.
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
    TRY_CAST(substr(trial_id, 4) AS BIGINT) * 1000000 + ordinal AS id,
    trial_id AS nct_id,
    lower(type) AS outcome_type,
    measure,
    time_frame,
    NULL::VARCHAR AS population,
    description
FROM main.outcomes
WHERE trial_id LIKE 'NCT%';
