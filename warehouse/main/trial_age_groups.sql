-- One row a trial: which of the register's three age groups may take part, from the age limits.
--
-- ClinicalTrials.gov counts below 18 years as a child, from 18 to below 65 as an adult, from 65 as an older adult. A
-- limit that is written as none ("N/A") lets everyone in; a limit that the source does not mention decides nothing.
--
-- Columns:
--   child: Whether people below 18 years may take part; NULL where the limits do not tell.
--   adult: Whether people from 18 to below 65 years may take part; NULL where the limits do not tell.
--   older_adult: Whether people of 65 years and more may take part; NULL where the limits do not tell.
--
-- Example: Trials that take children and no one else.
--   SELECT trial_id FROM trial_age_groups WHERE child AND NOT adult AND NOT older_adult ORDER BY trial_id
CREATE VIEW main.trial_age_groups AS
SELECT
    trial_id,
    CASE WHEN lowest >= 18 THEN false WHEN lowest < 18 OR highest < 18 THEN true END AS child,
    CASE
        WHEN lowest >= 65 OR highest < 18 THEN false
        WHEN lowest >= 18 OR (lowest < 65 AND highest >= 18) OR (highest >= 18 AND highest < 65) THEN true
    END AS adult,
    CASE WHEN highest < 65 THEN false WHEN highest >= 65 OR lowest >= 65 THEN true END AS older_adult
FROM (
    SELECT
        trial_id,
        CASE WHEN upper(minimum_age) IN ('N/A', 'NA', 'NONE', 'NO LIMIT') THEN 0.0 ELSE minimum_age_years END AS lowest,
        CASE
            WHEN upper(maximum_age) IN ('N/A', 'NA', 'NONE', 'NO LIMIT') THEN 'infinity'::DOUBLE
            ELSE maximum_age_years
        END AS highest
    FROM main.trials
);
