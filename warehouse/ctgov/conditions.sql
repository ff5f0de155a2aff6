-- One row a condition of a study, as AACT's table of that name.
--
-- Columns:
--   id: The digits of the study's number and the row's place in the source: the same in every build and, as in AACT,
--     in the source's order.
--   nct_id: The study's number.
--   downcase_name: The condition in small letters.
--
-- Example: The most frequent conditions.
--   SELECT downcase_name, count(DISTINCT nct_id) AS studies
--   FROM ctgov.conditions
--   GROUP BY downcase_name
--   ORDER BY studies DESC, downcase_name
--   LIMIT 10
CREATE VIEW ctgov.conditions AS
SELECT
    TRY_CAST(substr(trial_id, 4) AS BIGINT) * 1000000 + ordinal AS id,
    trial_id AS nct_id,
    name,
    lower(name) AS downcase_name
FROM main.conditions
WHERE trial_id LIKE 'NCT%';
