-- One row a study, as AACT's table of that name: who may take part.
--
-- Columns:
--   id: The digits of the study's number; AACT's own numbers change with every load.
--   nct_id: The study's number.
--   gender: Which sexes may take part: FEMALE, MALE or ALL.
--   minimum_age: The lowest age, as written; NULL where the source says nothing, where AACT puts `N/A`.
--   maximum_age: The highest age, as written; NULL where the source says nothing, where AACT puts `N/A`.
--   healthy_volunteers: `t` or `f`: whether people without the condition may take part.
--   population: The population that an observational study draws from, in the source's words.
--   criteria: Who may take part and who may not, in the source's words.
--   gender_description: Always NULL: not read.
--   adult: Whether people from 18 to below 65 years may take part, by the age limits.
--   child: Whether people below 18 years may take part, by the age limits.
--   older_adult: Whether people of 65 years and more may take part, by the age limits.
--
-- Example: Studies for women only that take children.
--   SELECT nct_id, minimum_age, maximum_age
--   FROM ctgov.eligibilities
--   WHERE gender = 'FEMALE' AND child
--   ORDER BY nct_id
CREATE VIEW ctgov.eligibilities AS
SELECT
    TRY_CAST(substr(t.trial_id, 4) AS BIGINT) AS id,
    t.trial_id AS nct_id,
    t.sampling_method,
    t.sex AS gender,
    t.minimum_age,
    t.maximum_age,
    CASE t.healthy_volunteers WHEN true THEN 't' WHEN false THEN 'f' END AS healthy_volunteers,
    t.population,
    t.eligibility_text AS criteria,
    NULL::VARCHAR AS gender_description,
    t.gender_based,
    g.adult,
    g.child,
    g.older_adult
FROM main.trials AS t
JOIN main.trial_age_groups AS g USING (trial_id)
WHERE t.trial_id LIKE 'NCT%';
