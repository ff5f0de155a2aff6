-- One row a pair of trials that may be one trial, with what speaks for it. Nothing is merged on this.
--
-- Trials of different registers, documents that carry no number, and two numbers of one register all can be a pair.
-- What more than ten trials share tells none of them apart (a grant's number, a family of trials with the same
-- outcomes) and is no evidence.
--
-- Columns:
--   trial_id: The one trial, the first of the two in the alphabet.
--   other_trial_id: The other trial.
--   evidence: What speaks for it, strongest first: SHARED_IDENTIFIER, a number that both carry; SPONSOR_NUMBER, the
--     same number of the same sponsor (or a long one, where a sponsor is not known); TITLE_AND_SPONSOR and
--     TITLE_AND_ENROLLMENT, one title with the same lead sponsor or the same enrollment; SAME_OUTCOMES, two or more
--     outcomes, all with the same measure and time frame.
--   shared: The numbers that both carry, without punctuation.
--   same_registry: Whether one register gave both their numbers, so that it took them for two; NULL where one has none.
--   title: The short title of the one trial.
--   other_title: The short title of the other trial.
--
-- Example: Documents without a number, and the trials they may belong to.
--   SELECT trial_id, other_trial_id, evidence, shared
--   FROM possible_duplicates
--   WHERE starts_with(trial_id, 'doc-') OR starts_with(other_trial_id, 'doc-')
CREATE VIEW main.possible_duplicates AS
WITH trial AS (
    -- Words are compared without case, white space and punctuation.
    SELECT
        trial_id,
        enrollment,
        nullif(regexp_replace(lower(lead_sponsor), '[^\p{L}\p{N}]', '', 'g'), '') AS sponsor,
        [
            regexp_replace(lower(brief_title), '[^\p{L}\p{N}]', '', 'g'),
            regexp_replace(lower(official_title), '[^\p{L}\p{N}]', '', 'g')
        ] AS titles
    FROM main.trials
),
number AS (
    -- A word such as "none" has no digit. A number of the United States' NIH, such as R01 CA 123456, is a grant's.
    SELECT
        trial_id,
        regexp_replace(upper(identifier), '[^A-Z0-9]', '', 'g') AS mark,
        bool_or(registry = 'SPONSOR') IS TRUE AS is_sponsors,
        bool_or(registry IS DISTINCT FROM 'SPONSOR') AS is_other
    FROM main.trial_identifiers
    GROUP BY trial_id, mark
    HAVING regexp_matches(mark, '[0-9]') AND length(mark) >= 3
        AND NOT regexp_matches(mark, '^[0-9]?[A-Z][A-Z0-9][0-9][A-Z]{2}[0-9]{6}')
    QUALIFY count(*) OVER (PARTITION BY mark) BETWEEN 2 AND 10
),
number_pair AS (
    SELECT
        one.trial_id,
        other.trial_id AS other_trial_id,
        CASE
            WHEN one.is_other AND other.is_other AND length(one.mark) >= 5 THEN 'SHARED_IDENTIFIER'
            WHEN NOT (one.is_sponsors OR other.is_sponsors) THEN NULL
            WHEN t.sponsor = u.sponsor THEN 'SPONSOR_NUMBER'
            WHEN (t.sponsor IS NULL OR u.sponsor IS NULL) AND length(one.mark) >= 6 THEN 'SPONSOR_NUMBER'
        END AS evidence,
        one.mark AS told
    FROM number AS one
    JOIN number AS other ON one.mark = other.mark AND one.trial_id < other.trial_id
    JOIN trial AS t ON t.trial_id = one.trial_id
    JOIN trial AS u ON u.trial_id = other.trial_id
),
title AS (
    SELECT DISTINCT trial_id, sponsor, enrollment, unnest(titles) AS title FROM trial
),
likeness AS (
    SELECT trial_id, 'TITLE_AND_SPONSOR' AS evidence, title || '/' || sponsor AS mark
    FROM title WHERE length(title) >= 20
    UNION ALL
    SELECT trial_id, 'TITLE_AND_ENROLLMENT', title || '/' || enrollment
    FROM title WHERE length(title) >= 20 AND enrollment > 0
    UNION ALL
    SELECT
        trial_id,
        'SAME_OUTCOMES',
        md5(string_agg(
            regexp_replace(lower(concat_ws('/', measure, time_frame)), '[^\p{L}\p{N}/]', '', 'g'), '|'
            ORDER BY lower(measure), lower(time_frame)
        ))
    FROM main.outcomes WHERE measure IS NOT NULL GROUP BY trial_id HAVING count(DISTINCT lower(measure)) >= 2
),
telling AS (
    SELECT DISTINCT * FROM likeness WHERE mark IS NOT NULL
    QUALIFY count(DISTINCT trial_id) OVER (PARTITION BY evidence, mark) BETWEEN 2 AND 10
),
pair AS (
    SELECT trial_id, other_trial_id, evidence, told FROM number_pair WHERE evidence IS NOT NULL
    UNION ALL
    SELECT one.trial_id, other.trial_id, one.evidence, NULL
    FROM telling AS one
    JOIN telling AS other
        ON one.evidence = other.evidence AND one.mark = other.mark AND one.trial_id < other.trial_id
)
SELECT
    p.trial_id,
    p.other_trial_id,
    list(DISTINCT p.evidence ORDER BY CASE p.evidence
        WHEN 'SHARED_IDENTIFIER' THEN 1 WHEN 'SPONSOR_NUMBER' THEN 2 WHEN 'TITLE_AND_SPONSOR' THEN 3
        WHEN 'TITLE_AND_ENROLLMENT' THEN 4 ELSE 5
    END) AS evidence,
    list(DISTINCT p.told ORDER BY p.told) FILTER (WHERE p.told IS NOT NULL) AS shared,
    any_value(a.registry = b.registry) AS same_registry,
    any_value(a.brief_title) AS title,
    any_value(b.brief_title) AS other_title
FROM pair AS p
JOIN main.trials AS a ON a.trial_id = p.trial_id
JOIN main.trials AS b ON b.trial_id = p.other_trial_id
GROUP BY p.trial_id, p.other_trial_id
ORDER BY len(list(DISTINCT p.evidence)) DESC, p.trial_id, p.other_trial_id;
