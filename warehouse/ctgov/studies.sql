-- One row a study of ClinicalTrials.gov, as AACT's table of that name: its titles, status, dates and size.
--
-- Columns:
--   nct_id: The study's number.
--   nlm_download_date_description: Always NULL: AACT's note on its own download.
--   study_first_submitted_date: When the sponsor first submitted the record.
--   results_first_submitted_date: When results were first submitted.
--   disposition_first_submitted_date: Always NULL: not read.
--   last_update_submitted_date: When the sponsor last sent a change of the record.
--   study_first_submitted_qc_date: Always NULL: not read.
--   study_first_posted_date: When the register first showed the record.
--   study_first_posted_date_type: Always NULL: not read.
--   results_first_submitted_qc_date: Always NULL: not read.
--   results_first_posted_date: When the register first showed results.
--   results_first_posted_date_type: Always NULL: not read.
--   disposition_first_submitted_qc_date: Always NULL: not read.
--   disposition_first_posted_date: Always NULL: not read.
--   disposition_first_posted_date_type: Always NULL: not read.
--   last_update_submitted_qc_date: Always NULL: not read.
--   last_update_posted_date: When the register last showed a change of the record.
--   last_update_posted_date_type: Always NULL: not read.
--   start_month_year: The start date as far as it is known: `2019-03` or `2019-03-15`; NULL where a page blurs it.
--   start_date_type: Whether start_date has happened (ACTUAL) or is planned (ESTIMATED).
--   start_date: When the first participant was or will be enrolled; the first day of what is known, where AACT has the
--     last.
--   verification_month_year: The verification date as far as it is known.
--   verification_date: When the sponsor last confirmed the record; the first day of what is known, where AACT has the
--     last.
--   completion_month_year: The completion date as far as it is known.
--   completion_date_type: Whether completion_date has happened (ACTUAL) or is planned (ESTIMATED).
--   completion_date: When the last participant was or will be examined; the first day of what is known, where AACT has
--     the last.
--   primary_completion_month_year: The primary completion date as far as it is known.
--   primary_completion_date_type: Whether primary_completion_date has happened (ACTUAL) or is planned (ESTIMATED).
--   primary_completion_date: When the last participant was or will be examined for the primary outcome; the first day
--     of what is known, where AACT has the last.
--   target_duration: Always NULL: not read.
--   study_type: INTERVENTIONAL, OBSERVATIONAL or EXPANDED_ACCESS.
--   baseline_population: Always NULL: results are not read.
--   last_known_status: Always NULL: not read.
--   phase: The phases, joined with a slash: `PHASE1/PHASE2`; `NA` where the source says that none applies.
--   source: The organisation that keeps the record at the register: mostly the lead sponsor.
--   limitations_and_caveats: Always NULL: results are not read.
--   number_of_arms: How many arms an interventional study lists.
--   number_of_groups: How many groups an observational study lists.
--   has_expanded_access: Always NULL: not read.
--   expanded_access_type_individual: Always NULL: not read.
--   expanded_access_type_intermediate: Always NULL: not read.
--   expanded_access_type_treatment: Always NULL: not read.
--   is_unapproved_device: Always NULL: not read.
--   is_ppsd: Always NULL: not read.
--   is_us_export: Always NULL: not read.
--   biospec_retention: Always NULL: not read.
--   biospec_description: Always NULL: not read.
--   ipd_time_frame: Always NULL: not read.
--   ipd_access_criteria: Always NULL: not read.
--   ipd_url: Always NULL: not read.
--   plan_to_share_ipd_description: Always NULL: not read.
--   created_at: Always NULL: when AACT loaded the study.
--   updated_at: Always NULL: when AACT loaded the study last.
--   source_class: What kind of organisation that is; the XML does not tell.
--   delayed_posting: Always NULL: not read.
--   expanded_access_nctid: Always NULL: not read.
--   expanded_access_status_for_nctid: Always NULL: not read.
--   fdaaa801_violation: Always NULL: not read.
--   baseline_type_units_analyzed: Always NULL: results are not read.
--
-- Example: Completed studies in phase 2 by the year they began.
--   SELECT date_part('year', start_date) AS year, count(*) AS studies
--   FROM ctgov.studies
--   WHERE overall_status = 'COMPLETED' AND phase IN ('PHASE2', 'PHASE1/PHASE2')
--   GROUP BY year
--   ORDER BY year
CREATE VIEW ctgov.studies AS
SELECT
    t.trial_id AS nct_id,
    NULL::VARCHAR AS nlm_download_date_description,
    t.first_submitted_date AS study_first_submitted_date,
    t.results_first_submitted_date,
    NULL::DATE AS disposition_first_submitted_date,
    t.last_update_submitted_date,
    NULL::DATE AS study_first_submitted_qc_date,
    t.first_posted_date AS study_first_posted_date,
    NULL::VARCHAR AS study_first_posted_date_type,
    NULL::DATE AS results_first_submitted_qc_date,
    t.results_first_posted_date,
    NULL::VARCHAR AS results_first_posted_date_type,
    NULL::DATE AS disposition_first_submitted_qc_date,
    NULL::DATE AS disposition_first_posted_date,
    NULL::VARCHAR AS disposition_first_posted_date_type,
    NULL::DATE AS last_update_submitted_qc_date,
    t.last_update_posted_date,
    NULL::VARCHAR AS last_update_posted_date_type,
    CASE t.start_date_precision
        WHEN 'DAY' THEN strftime(t.start_date, '%Y-%m-%d')
        WHEN 'MONTH' THEN strftime(t.start_date, '%Y-%m')
        WHEN 'YEAR' THEN strftime(t.start_date, '%Y')
    END AS start_month_year,
    t.start_date_type,
    t.start_date,
    CASE t.last_verified_date_precision
        WHEN 'DAY' THEN strftime(t.last_verified_date, '%Y-%m-%d')
        WHEN 'MONTH' THEN strftime(t.last_verified_date, '%Y-%m')
        WHEN 'YEAR' THEN strftime(t.last_verified_date, '%Y')
    END AS verification_month_year,
    t.last_verified_date AS verification_date,
    CASE t.completion_date_precision
        WHEN 'DAY' THEN strftime(t.completion_date, '%Y-%m-%d')
        WHEN 'MONTH' THEN strftime(t.completion_date, '%Y-%m')
        WHEN 'YEAR' THEN strftime(t.completion_date, '%Y')
    END AS completion_month_year,
    t.completion_date_type,
    t.completion_date,
    CASE t.primary_completion_date_precision
        WHEN 'DAY' THEN strftime(t.primary_completion_date, '%Y-%m-%d')
        WHEN 'MONTH' THEN strftime(t.primary_completion_date, '%Y-%m')
        WHEN 'YEAR' THEN strftime(t.primary_completion_date, '%Y')
    END AS primary_completion_month_year,
    t.primary_completion_date_type,
    t.primary_completion_date,
    NULL::VARCHAR AS target_duration,
    t.study_type,
    t.acronym,
    NULL::VARCHAR AS baseline_population,
    t.brief_title,
    t.official_title,
    t.overall_status,
    NULL::VARCHAR AS last_known_status,
    array_to_string(t.phases, '/') AS phase,
    t.enrollment,
    t.enrollment_type,
    t.organization AS source,
    NULL::VARCHAR AS limitations_and_caveats,
    CASE WHEN t.study_type = 'INTERVENTIONAL' THEN a.arms END AS number_of_arms,
    CASE WHEN t.study_type = 'OBSERVATIONAL' THEN a.arms END AS number_of_groups,
    t.why_stopped,
    NULL::BOOLEAN AS has_expanded_access,
    NULL::BOOLEAN AS expanded_access_type_individual,
    NULL::BOOLEAN AS expanded_access_type_intermediate,
    NULL::BOOLEAN AS expanded_access_type_treatment,
    t.has_dmc,
    t.is_fda_regulated_drug,
    t.is_fda_regulated_device,
    NULL::BOOLEAN AS is_unapproved_device,
    NULL::BOOLEAN AS is_ppsd,
    NULL::BOOLEAN AS is_us_export,
    NULL::VARCHAR AS biospec_retention,
    NULL::VARCHAR AS biospec_description,
    NULL::VARCHAR AS ipd_time_frame,
    NULL::VARCHAR AS ipd_access_criteria,
    NULL::VARCHAR AS ipd_url,
    t.plan_to_share_ipd,
    NULL::VARCHAR AS plan_to_share_ipd_description,
    NULL::TIMESTAMP AS created_at,
    NULL::TIMESTAMP AS updated_at,
    t.organization_class AS source_class,
    NULL::VARCHAR AS delayed_posting,
    NULL::VARCHAR AS expanded_access_nctid,
    NULL::VARCHAR AS expanded_access_status_for_nctid,
    NULL::BOOLEAN AS fdaaa801_violation,
    NULL::VARCHAR AS baseline_type_units_analyzed
FROM main.trials AS t
LEFT JOIN (
    SELECT trial_id, CAST(count(*) AS INTEGER) AS arms FROM main.arms GROUP BY trial_id
) AS a USING (trial_id)
WHERE t.trial_id LIKE 'NCT%';
