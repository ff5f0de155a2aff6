-- One row an arm or group that a study plans, as AACT's table of that name.
--
-- Columns:
--   id: A number for the row's key, the same in every build; AACT's own numbers change with every load.
--   nct_id: The study's number.
--   group_type: What part the arm plays in the comparison, such as EXPERIMENTAL.
--   title: The arm's name, in the source's words.
--
-- Example: Arms by type.
--   SELECT group_type, count(*) AS arms FROM ctgov.design_groups GROUP BY group_type ORDER BY arms DESC
CREATE VIEW ctgov.design_groups AS
SELECT
    CAST(md5_number_lower(arm_id) >> 11 AS BIGINT) AS id,
    trial_id AS nct_id,
    type AS group_type,
    label AS title,
    description
FROM main.arms
WHERE trial_id LIKE 'NCT%';
