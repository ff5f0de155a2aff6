-- One row a document whose enrollment differs from the trial's: where the numbers of participants disagree.
--
-- A target and an actual count are no disagreement and not here.
--
-- Columns:
--   source: The site or register that gives the other number.
--   reported_enrollment: The number that the document gives.
--   enrollment: The number that the warehouse took.
--   difference: How many more the document gives; negative for fewer.
--   kind: STALE for an older document, WITHIN one that gives two numbers, else LOSSY or DIFFERENT.
--   document_date: When the source last changed the document, as far as it says.
--   uri: Where the document stands.
--
-- Example: The largest differences.
--   SELECT trial_id, source, reported_enrollment, enrollment, kind
--   FROM enrollment_differences
--   ORDER BY abs(difference) DESC, trial_id
--   LIMIT 20
CREATE VIEW main.enrollment_differences AS
SELECT
    c.trial_id,
    d.source,
    TRY_CAST(c.normalised AS INTEGER) AS reported_enrollment,
    t.enrollment,
    TRY_CAST(c.normalised AS INTEGER) - t.enrollment AS difference,
    c.kind,
    d.version_date AS document_date,
    d.uri,
    d.source_url,
    c.document_id
FROM main.conflicts AS c
JOIN main.trials AS t USING (trial_id)
LEFT JOIN (SELECT * FROM main.documents WHERE status = 'LOADED') AS d ON d.document_id = c.document_id
WHERE c.field = 'enrollment' AND NOT c.chosen AND TRY_CAST(c.normalised AS INTEGER) <> t.enrollment
ORDER BY c.trial_id, d.source, d.uri;
