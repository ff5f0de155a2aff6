-- One row a document that reports another recruitment status than the trial's: which sites lag behind.
--
-- Many sites do not say when their page changed last. Where the dates of both documents are known and the other one is
-- older, `kind` is STALE; where they do not tell which of the two is later, it is DIFFERENT. A page that gives two
-- statuses at once is in `conflicts`, and not here.
--
-- Columns:
--   source: The site or register that reports the other status.
--   reported_status: The status it reports.
--   current_status: The trial's status, as the best document has it.
--   kind: STALE where the document is known to be the older one, LOSSY where its layout blurs the status, else
--     DIFFERENT.
--   document_date: When the source last changed the document that reports the other status, as far as it says.
--   current_document_date: When the source last changed the document that the trial's status is from, as far as it
--     says.
--   days_behind: How many days lie between the two; NULL where a document does not say.
--   uri: Where the document that reports the other status stands.
--
-- Example: How often each source lags behind, and by how much.
--   SELECT source, kind, count(*) AS trials, median(days_behind) AS days_behind
--   FROM stale_statuses
--   GROUP BY source, kind
--   ORDER BY trials DESC, source, kind
CREATE VIEW main.stale_statuses AS
SELECT
    old.trial_id,
    d.source,
    coalesce(old.normalised, old.value) AS reported_status,
    t.overall_status AS current_status,
    old.kind,
    d.version_date AS document_date,
    c.version_date AS current_document_date,
    date_diff('day', d.version_date, c.version_date) AS days_behind,
    d.uri,
    d.source_url,
    old.document_id
FROM main.conflicts AS old
JOIN main.trials AS t USING (trial_id)
LEFT JOIN (SELECT * FROM main.documents WHERE status = 'LOADED') AS d ON d.document_id = old.document_id
-- The document that the trial's status was taken from: of a trial with one document, that one.
LEFT JOIN main.trial_sources AS s ON s.trial_id = old.trial_id AND s.column_group = 'overall_status'
LEFT JOIN (SELECT * FROM main.documents WHERE status = 'LOADED') AS c
    ON c.document_id = coalesce(s.document_id, t.document_id)
WHERE old.field = 'overall_status' AND old.kind <> 'WITHIN' AND NOT old.chosen
ORDER BY old.trial_id, d.source, d.uri;
