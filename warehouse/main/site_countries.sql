-- One row a trial and country: where it takes place, and in how many sites.
--
-- Columns:
--   country_code: The country's ISO 3166-1 alpha-2 code; NULL where its name is in no vocabulary, or where there is
--     none.
--   country: The country, as the source writes it; the first spelling in the alphabet where there are several.
--   sites: How many sites the trial has there.
--   cities: In how many cities they are.
--   recruiting_sites: How many of them say that they recruit; NULL where no site there says anything.
--
-- Example: Trials and sites by country.
--   SELECT country_code, count(*) AS trials, sum(sites) AS sites
--   FROM site_countries
--   GROUP BY country_code
--   ORDER BY trials DESC, country_code
CREATE VIEW main.site_countries AS
SELECT
    trial_id,
    country_code,
    min(country) AS country,
    count(*) AS sites,
    count(DISTINCT city) AS cities,
    CASE WHEN count(status) > 0 THEN count(*) FILTER (WHERE status = 'RECRUITING') END AS recruiting_sites
FROM main.sites
GROUP BY trial_id, country_code, CASE WHEN country_code IS NULL THEN country END;
