-- One row a trial: what a person wants to know of it first.
--
-- Columns:
--   title: The short title, or the protocol's where the source gives no short one.
--   conditions: What is studied, in the source's words and order.
--   interventions: What is given or done, by name, in the source's order.
--   arms: How many arms it has; NULL where the source lists none.
--   primary_outcomes: What its primary outcomes measure.
--   outcomes: How many outcomes of any type it has; NULL where the source lists none.
--   sites: How many sites it has; NULL where the source lists none.
--   countries: The countries of its sites, as ISO 3166-1 alpha-2 codes.
--   documents: How many documents describe it.
--   disagreements: How many of its fields have values that disagree; they stand in `conflicts`.
--   document_date: When the source last changed the best document on it.
--   source_url: Where the best document was saved from, as far as it or the manifest beside it says.
--
-- Example: Who recruits now, largest first.
--   SELECT trial_id, title, phases, enrollment, countries
--   FROM trial_overview
--   WHERE overall_status = 'RECRUITING'
--   ORDER BY enrollment DESC NULLS LAST, trial_id
CREATE VIEW main.trial_overview AS
SELECT
    t.trial_id,
    t.registry,
    coalesce(t.brief_title, t.official_title) AS title,
    t.acronym,
    t.overall_status,
    t.study_type,
    t.phases,
    c.conditions,
    i.interventions,
    a.arms,
    t.enrollment,
    t.enrollment_type,
    t.start_date,
    t.start_date_precision,
    t.primary_completion_date,
    t.completion_date,
    t.lead_sponsor,
    t.lead_sponsor_class,
    o.primary_outcomes,
    o.outcomes,
    s.sites,
    s.countries,
    t.has_results,
    coalesce(d.documents, 0) AS documents,
    coalesce(x.disagreements, 0) AS disagreements,
    best.version_date AS document_date,
    best.source_url
FROM main.trials AS t
LEFT JOIN (
    SELECT trial_id, list(name ORDER BY ordinal) AS conditions FROM main.conditions GROUP BY trial_id
) AS c USING (trial_id)
LEFT JOIN (
    SELECT trial_id, list(name ORDER BY ordinal) FILTER (WHERE name IS NOT NULL) AS interventions
    FROM main.interventions GROUP BY trial_id
) AS i USING (trial_id)
LEFT JOIN (
    SELECT trial_id, count(*) AS arms FROM main.arms GROUP BY trial_id
) AS a USING (trial_id)
LEFT JOIN (
    SELECT
        trial_id,
        list(measure ORDER BY ordinal) FILTER (WHERE type = 'PRIMARY' AND measure IS NOT NULL) AS primary_outcomes,
        count(*) AS outcomes
    FROM main.outcomes GROUP BY trial_id
) AS o USING (trial_id)
LEFT JOIN (
    SELECT
        trial_id,
        count(*) AS sites,
        list(DISTINCT country_code ORDER BY country_code) FILTER (WHERE country_code IS NOT NULL) AS countries
    FROM main.sites GROUP BY trial_id
) AS s USING (trial_id)
LEFT JOIN (
    SELECT trial_id, count(*) AS documents FROM main.documents WHERE status = 'LOADED' GROUP BY trial_id
) AS d USING (trial_id)
LEFT JOIN (
    SELECT trial_id, count(DISTINCT field) AS disagreements FROM main.conflicts GROUP BY trial_id
) AS x USING (trial_id)
LEFT JOIN (
    SELECT document_id, version_date, source_url FROM main.documents WHERE status = 'LOADED'
) AS best ON best.document_id = t.document_id;
