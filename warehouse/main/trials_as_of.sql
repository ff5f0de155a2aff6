-- The trials as they were on a day: one row a trial that a document of that day or before describes.
--
-- A trial with several states is in the one that held on that day; a trial that has only ever said one thing is in that
-- one from its document's date on. What no document of that day or before describes is not there, nor is a trial whose
-- documents carry no date.
--
-- Parameters:
--   as_of_date: The day.
--
-- Columns:
--   valid_from: The version date of the document that first said so.
--   valid_to: The day from which another state held; NULL where this is the latest.
--
-- Example: How many trials recruited on the first day of 2021, as far as the documents go back.
--   SELECT count(*) AS recruiting FROM trials_as_of(DATE '2021-01-01') WHERE overall_status = 'RECRUITING'
CREATE MACRO main.trials_as_of(as_of_date) AS TABLE
SELECT * EXCLUDE (source)
FROM main.trial_versions
WHERE valid_from <= CAST(as_of_date AS DATE) AND (valid_to IS NULL OR CAST(as_of_date AS DATE) < valid_to)
UNION ALL BY NAME
SELECT
    t.trial_id,
    d.version_date AS valid_from,
    t.document_id,
    t.brief_title,
    t.official_title,
    t.acronym,
    t.overall_status,
    t.why_stopped,
    t.study_type,
    t.phases,
    t.allocation,
    t.intervention_model,
    t.observational_model,
    t.time_perspective,
    t.masking,
    t.who_masked,
    t.primary_purpose,
    t.enrollment,
    t.enrollment_type,
    t.start_date,
    t.start_date_precision,
    t.start_date_type,
    t.primary_completion_date,
    t.primary_completion_date_precision,
    t.primary_completion_date_type,
    t.completion_date,
    t.completion_date_precision,
    t.completion_date_type,
    t.sex,
    t.minimum_age_years,
    t.maximum_age_years,
    t.healthy_volunteers,
    t.lead_sponsor,
    t.lead_sponsor_class,
    t.has_results
FROM main.trials AS t
JOIN main.documents AS d ON d.document_id = t.document_id AND d.status = 'LOADED'
WHERE d.version_date <= CAST(as_of_date AS DATE)
    AND t.trial_id NOT IN (SELECT trial_id FROM main.trial_versions);
