-- One row a further number of a study, as AACT's table of that name; the study's own number is no row.
--
-- Columns:
--   id: The digits of the study's number and the row's place in the source: the same in every build and, as in AACT,
--     in the source's order.
--   nct_id: The study's number.
--   id_source: `org_study_id` for the sponsor's number, `nct_alias` for an earlier number, else `secondary_id`.
--   id_value: The number.
--   id_type: EUDRACT_NUMBER, CTIS, or REGISTRY for a number of another known register; NULL for any other.
--   id_type_description: Always NULL: not read.
--   id_link: Always NULL: not read.
--
-- Example: Studies that are registered in the European Union too.
--   SELECT nct_id, id_value FROM ctgov.id_information WHERE id_type IN ('EUDRACT_NUMBER', 'CTIS') ORDER BY ALL
CREATE VIEW ctgov.id_information AS
SELECT
    TRY_CAST(substr(trial_id, 4) AS BIGINT) * 1000000 + ordinal AS id,
    trial_id AS nct_id,
    CASE
        WHEN role = 'ALIAS' THEN 'nct_alias'
        WHEN registry = 'SPONSOR' THEN 'org_study_id'
        ELSE 'secondary_id'
    END AS id_source,
    identifier AS id_value,
    CASE
        WHEN role = 'ALIAS' OR registry IN ('SPONSOR', 'OTHER') THEN NULL
        WHEN registry = 'EUCTR' THEN 'EUDRACT_NUMBER'
        WHEN registry = 'CTIS' THEN 'CTIS'
        WHEN registry IS NOT NULL THEN 'REGISTRY'
    END AS id_type,
    NULL::VARCHAR AS id_type_description,
    NULL::VARCHAR AS id_link
FROM main.trial_identifiers
WHERE trial_id LIKE 'NCT%' AND role <> 'PRIMARY';
