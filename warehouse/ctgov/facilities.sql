-- One row a site of a study, as AACT's table of that name.
--
-- Columns:
--   id: The digits of the study's number and the row's place in the source: the same in every build and, as in AACT,
--     in the source's order.
--   nct_id: The study's number.
--   name: The hospital, practice or other institution.
--   zip: The postal code, as written.
--   latitude: How far north the city's centre lies.
--   longitude: How far east the city's centre lies.
--
-- Example: Studies and sites by country.
--   SELECT country, count(DISTINCT nct_id) AS studies, count(*) AS sites
--   FROM ctgov.facilities
--   GROUP BY country
--   ORDER BY studies DESC, country
CREATE VIEW ctgov.facilities AS
SELECT
    TRY_CAST(substr(trial_id, 4) AS BIGINT) * 1000000 + ordinal AS id,
    trial_id AS nct_id,
    status,
    facility AS name,
    city,
    state,
    postal_code AS zip,
    country,
    CAST(latitude AS DECIMAL(10, 6)) AS latitude,
    CAST(longitude AS DECIMAL(10, 6)) AS longitude
FROM main.sites
WHERE trial_id LIKE 'NCT%';
