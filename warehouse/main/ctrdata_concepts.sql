-- One row a trial: the trial concepts of the R package ctrdata, under its names and with its values.
--
-- The rules are ctrdata's for ClinicalTrials.gov, on what the warehouse holds, whatever register the trial is from.
-- Where ctrdata concludes from a field that is missing (no allocation: not randomised), the value is NULL here. Its
-- concepts that rest on the likeness of names or on guesses from free text are left out; docs/aact.md lists them.
--
-- Columns:
--   _id: The trial's number, `trials.trial_id`.
--   assignmentType: R for randomised assignment, NR for any other.
--   controlType: The control, from the types of the arms: placebo+active, placebo, active, no-treatment or none.
--   hasResults: Whether results are recorded, in the register or as a publication of results.
--   isMedIntervTrial: Whether it is interventional and studies a drug or a biological.
--   numSites: How many sites it has; NULL where none is listed.
--   primaryEndpointDescription: The primary outcomes, each as measure, description and time frame joined with ` == `.
--   resultsDate: When the register first showed results.
--   sampleSize: How many participants were or will be enrolled.
--   sponsorType: for profit, not for profit, mixed or other, from the classes of all sponsors.
--   startDate: When the first participant was or will be enrolled.
--   statusRecruitment: ongoing, completed, ended early or other.
--   trialPhase: phase 1, phase 1+2, phase 2 and so on; NULL where none applies or none is said.
--   trialPopulationAgeGroup: Who may take part: P (below 18 years), A (adults), E (65 years and more), joined with +.
--   trialPopulationInclusion: The inclusion criteria, joined; NULL where the source does not list them as such.
--   trialPopulationExclusion: The exclusion criteria, joined; NULL where the source does not list them as such.
--   trialTitle: The title of the protocol.
--
-- Example: Randomised trials of medicines by phase and type of sponsor.
--   SELECT trialPhase, sponsorType, count(*) AS trials
--   FROM ctrdata_concepts
--   WHERE isMedIntervTrial AND assignmentType = 'R'
--   GROUP BY ALL
--   ORDER BY ALL
CREATE VIEW main.ctrdata_concepts AS
SELECT
    t.trial_id AS _id,
    CASE WHEN t.allocation = 'RANDOMIZED' THEN 'R' WHEN t.allocation IS NOT NULL THEN 'NR' END AS "assignmentType",
    CASE
        WHEN a.placebo AND a.active THEN 'placebo+active'
        WHEN a.placebo THEN 'placebo'
        WHEN a.active THEN 'active'
        WHEN a.untreated THEN 'no-treatment'
        WHEN a.trial_id IS NOT NULL THEN 'none'
    END AS "controlType",
    CASE
        WHEN t.results_first_submitted_date IS NOT NULL OR r.trial_id IS NOT NULL THEN true
        ELSE t.has_results
    END AS "hasResults",
    t.study_type = 'INTERVENTIONAL' AND i.medicine AS "isMedIntervTrial",
    s.sites AS "numSites",
    o.described AS "primaryEndpointDescription",
    t.results_first_posted_date AS "resultsDate",
    t.enrollment AS "sampleSize",
    CASE
        WHEN p.industry AND p.public THEN 'mixed'
        WHEN p.industry THEN 'for profit'
        WHEN p.only_public THEN 'not for profit'
        WHEN p.trial_id IS NOT NULL THEN 'other'
    END AS "sponsorType",
    t.start_date AS "startDate",
    CASE
        WHEN t.overall_status IN (
            'RECRUITING', 'ENROLLING_BY_INVITATION', 'ACTIVE_NOT_RECRUITING', 'SUSPENDED', 'TEMPORARILY_NOT_AVAILABLE'
        ) THEN 'ongoing'
        WHEN t.overall_status = 'COMPLETED' THEN 'completed'
        WHEN t.overall_status = 'TERMINATED' THEN 'ended early'
        WHEN t.overall_status IN (
            'NOT_YET_RECRUITING', 'WITHDRAWN', 'WITHHELD', 'NO_LONGER_AVAILABLE', 'UNKNOWN'
        ) THEN 'other'
    END AS "statusRecruitment",
    -- Early phase 1 counts as phase 1; "not applicable" has no phase.
    'phase ' || nullif(array_to_string(
        list_sort(list_distinct([right(phase, 1) FOR phase IN t.phases IF phase <> 'NA'])), '+'
    ), '') AS "trialPhase",
    nullif(concat_ws(
        '+', CASE WHEN g.child THEN 'P' END, CASE WHEN g.adult THEN 'A' END, CASE WHEN g.older_adult THEN 'E' END
    ), '') AS "trialPopulationAgeGroup",
    e.inclusion AS "trialPopulationInclusion",
    e.exclusion AS "trialPopulationExclusion",
    t.official_title AS "trialTitle"
FROM main.trials AS t
LEFT JOIN main.trial_age_groups AS g USING (trial_id)
LEFT JOIN (
    SELECT
        trial_id,
        bool_or(type = 'PLACEBO_COMPARATOR') AS placebo,
        bool_or(type = 'ACTIVE_COMPARATOR') AS active,
        bool_or(type = 'NO_INTERVENTION') AS untreated
    FROM main.arms WHERE type IS NOT NULL GROUP BY trial_id
) AS a USING (trial_id)
LEFT JOIN (
    SELECT trial_id, bool_or(type IN ('DRUG', 'BIOLOGICAL')) AS medicine
    FROM main.interventions WHERE type IS NOT NULL GROUP BY trial_id
) AS i USING (trial_id)
LEFT JOIN (SELECT DISTINCT trial_id FROM main.study_references WHERE type = 'RESULT') AS r USING (trial_id)
LEFT JOIN (SELECT trial_id, count(*) AS sites FROM main.sites GROUP BY trial_id) AS s USING (trial_id)
LEFT JOIN (
    SELECT trial_id, list(concat_ws(' == ', measure, description, time_frame) ORDER BY ordinal) AS described
    FROM main.outcomes WHERE type = 'PRIMARY' GROUP BY trial_id
) AS o USING (trial_id)
LEFT JOIN (
    SELECT
        trial_id,
        bool_or(class = 'INDUSTRY') AS industry,
        bool_or(class IN ('NIH', 'FED', 'OTHER_GOV', 'NETWORK')) AS public,
        bool_and(class IN ('NIH', 'FED', 'OTHER_GOV', 'NETWORK')) AS only_public
    FROM main.sponsors WHERE class IS NOT NULL GROUP BY trial_id
) AS p USING (trial_id)
LEFT JOIN (
    SELECT
        trial_id,
        string_agg(text, ' ' ORDER BY ordinal) FILTER (WHERE kind = 'INCLUSION') AS inclusion,
        string_agg(text, ' ' ORDER BY ordinal) FILTER (WHERE kind = 'EXCLUSION') AS exclusion
    FROM main.eligibility_criteria GROUP BY trial_id
) AS e USING (trial_id);
