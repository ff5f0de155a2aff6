-- One row a site of a study, as AACT's table of that name.
--
-- Columns:
--   id: A number for the row's key, the same in every build; AACT's own numbers change with every load.
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
    CAST(md5_number_lower(site_id) >> 11 AS BIGINT) AS id,
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
