-- One row a sponsor or collaborator of a study, as AACT's table of that name.
--
-- Columns:
--   id: The digits of the study's number and the row's place in the source: the same in every build and, as in AACT,
--     in the source's order.
--   nct_id: The study's number.
--   agency_class: What kind of organisation it is, such as INDUSTRY.
--   lead_or_collaborator: `lead` or `collaborator`.
--
-- Example: Who leads the most studies.
--   SELECT name, agency_class, count(*) AS studies
--   FROM ctgov.sponsors
--   WHERE lead_or_collaborator = 'lead'
--   GROUP BY name, agency_class
--   ORDER BY studies DESC, name
--   LIMIT 10
CREATE VIEW ctgov.sponsors AS
SELECT
    TRY_CAST(substr(trial_id, 4) AS BIGINT) * 1000000 + ordinal AS id,
    trial_id AS nct_id,
    class AS agency_class,
    lower(role) AS lead_or_collaborator,
    name
FROM main.sponsors
WHERE trial_id LIKE 'NCT%';
