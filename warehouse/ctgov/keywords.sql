-- One row a keyword of a study, as AACT's table of that name.
--
-- Columns:
--   id: A number for the row's key, the same in every build; AACT's own numbers change with every load.
--   nct_id: The study's number.
--   downcase_name: The keyword in small letters.
--
-- Example: The most frequent keywords.
--   SELECT downcase_name, count(DISTINCT nct_id) AS studies
--   FROM ctgov.keywords
--   GROUP BY downcase_name
--   ORDER BY studies DESC, downcase_name
--   LIMIT 10
CREATE VIEW ctgov.keywords AS
SELECT
    CAST(md5_number_lower(trial_id || '/keyword/' || ordinal) >> 11 AS BIGINT) AS id,
    trial_id AS nct_id,
    name,
    lower(name) AS downcase_name
FROM main.keywords
WHERE trial_id LIKE 'NCT%';
