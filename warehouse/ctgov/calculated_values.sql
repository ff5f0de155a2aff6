-- One row a study, as AACT's table of that name: what can be computed from the other tables.
--
-- Columns:
--   id: The digits of the study's number; AACT's own numbers change with every load.
--   nct_id: The study's number.
--   number_of_facilities: How many sites the study lists; NULL where it lists none, where AACT puts 0.
--   number_of_nsae_subjects: Always NULL: results are not read.
--   number_of_sae_subjects: Always NULL: results are not read.
--   registered_in_calendar_year: The year in which the record was first submitted.
--   nlm_download_date: Always NULL: AACT no longer fills it.
--   actual_duration: From the start to the primary completion in months of 30 days; NULL where one of them is planned.
--   were_results_reported: Whether the register shows results; NULL where the source does not say, where AACT puts
--     false.
--   months_to_report_results: From the primary completion to the first submission of results in months of 30 days.
--   has_us_facility: Whether a site lies in the United States or its territories; NULL where the study lists no site.
--   has_single_facility: Whether the study lists exactly one site; NULL where it lists none.
--   minimum_age_num: The number in the lowest age.
--   maximum_age_num: The number in the highest age.
--   minimum_age_unit: The unit in the lowest age: `year`, `month`, `week`, `day`, `hour` or `minute`.
--   maximum_age_unit: The unit in the highest age: `year`, `month`, `week`, `day`, `hour` or `minute`.
--   number_of_primary_outcomes_to_measure: How many primary outcomes the study lists; NULL for none, as in AACT.
--   number_of_secondary_outcomes_to_measure: How many secondary outcomes the study lists; NULL for none, as in AACT.
--   number_of_other_outcomes_to_measure: How many other outcomes the study lists; NULL for none, as in AACT.
--
-- Example: How long studies take, by phase.
--   SELECT s.phase, count(*) AS studies, median(c.actual_duration) AS months
--   FROM ctgov.studies AS s JOIN ctgov.calculated_values AS c ON c.nct_id = s.nct_id
--   WHERE c.actual_duration IS NOT NULL
--   GROUP BY s.phase
--   ORDER BY s.phase
CREATE VIEW ctgov.calculated_values AS
SELECT
    TRY_CAST(substr(t.trial_id, 4) AS BIGINT) AS id,
    t.trial_id AS nct_id,
    f.number_of_facilities,
    NULL::INTEGER AS number_of_nsae_subjects,
    NULL::INTEGER AS number_of_sae_subjects,
    CAST(year(t.first_submitted_date) AS INTEGER) AS registered_in_calendar_year,
    NULL::DATE AS nlm_download_date,
    CASE
        WHEN t.start_date_type IS DISTINCT FROM 'ESTIMATED'
            AND t.primary_completion_date_type IS DISTINCT FROM 'ESTIMATED'
            THEN CAST(date_diff('day', t.start_date, t.primary_completion_date) // 30 AS INTEGER)
    END AS actual_duration,
    t.has_results AS were_results_reported,
    CAST(
        date_diff('day', t.primary_completion_date, t.results_first_submitted_date) // 30 AS INTEGER
    ) AS months_to_report_results,
    f.has_us_facility,
    f.number_of_facilities = 1 AS has_single_facility,
    TRY_CAST(regexp_extract(t.minimum_age, '^(\d+) [A-Za-z]+$', 1) AS INTEGER) AS minimum_age_num,
    TRY_CAST(regexp_extract(t.maximum_age, '^(\d+) [A-Za-z]+$', 1) AS INTEGER) AS maximum_age_num,
    nullif(lower(regexp_extract(t.minimum_age, '^\d+ ([A-Za-z]+?)s?$', 1)), '') AS minimum_age_unit,
    nullif(lower(regexp_extract(t.maximum_age, '^\d+ ([A-Za-z]+?)s?$', 1)), '') AS maximum_age_unit,
    nullif(o.primaries, 0) AS number_of_primary_outcomes_to_measure,
    nullif(o.secondaries, 0) AS number_of_secondary_outcomes_to_measure,
    nullif(o.others, 0) AS number_of_other_outcomes_to_measure
FROM main.trials AS t
LEFT JOIN (
    SELECT
        trial_id,
        CAST(count(*) AS INTEGER) AS number_of_facilities,
        bool_or(country_code IN ('US', 'PR', 'GU', 'VI', 'MP', 'AS', 'UM')) AS has_us_facility
    FROM main.sites GROUP BY trial_id
) AS f USING (trial_id)
LEFT JOIN (
    SELECT
        trial_id,
        CAST(count(*) FILTER (WHERE type = 'PRIMARY') AS INTEGER) AS primaries,
        CAST(count(*) FILTER (WHERE type = 'SECONDARY') AS INTEGER) AS secondaries,
        CAST(count(*) FILTER (WHERE type = 'OTHER') AS INTEGER) AS others
    FROM main.outcomes GROUP BY trial_id
) AS o USING (trial_id)
WHERE t.trial_id LIKE 'NCT%';
