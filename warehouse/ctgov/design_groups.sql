-- One row an arm or group that a study plans, as AACT's table of that name.
--
-- Columns:
--   id: The digits of the study's number and the row's place in the source: the same in every build and, as in AACT,
--     in the source's order.
--   nct_id: The study's number.
--   group_type: What part the arm plays in the comparison, such as EXPERIMENTAL.
--   title: The arm's name, in the source's words.
--
-- Example: Arms by type.
--   SELECT group_type, count(*) AS arms FROM ctgov.design_groups GROUP BY group_type ORDER BY arms DESC
CREATE VIEW ctgov.design_groups AS
SELECT
    TRY_CAST(substr(trial_id, 4) AS BIGINT) * 1000000 + ordinal AS id,
    trial_id AS nct_id,
    type AS group_type,
    label AS title,
    description
FROM main.arms
WHERE trial_id LIKE 'NCT%';
