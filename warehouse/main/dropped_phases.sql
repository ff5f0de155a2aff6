-- One row a document that leaves out a phase which a better document has: which sites print "Phase 1" for "Phase
-- 1/Phase 2".
--
-- Columns:
--   source: The site or register whose document leaves phases out.
--   reported_phases: The phases that the document gives.
--   dropped_phases: The phases of the trial that the document does not give.
--   phases: The phases of the trial.
--   kind: LOSSY where the layout is known to blur phases, STALE for an older document, else DIFFERENT or WITHIN one
--     document.
--   uri: Where the document stands.
--
-- Example: Which sources drop phases.
--   SELECT source, kind, count(*) AS trials FROM dropped_phases GROUP BY ALL ORDER BY ALL
CREATE VIEW main.dropped_phases AS
SELECT
    c.trial_id,
    d.source,
    c.reported_phases,
    [phase FOR phase IN t.phases IF NOT list_contains(c.reported_phases, phase)] AS dropped_phases,
    t.phases,
    c.kind,
    d.uri,
    d.source_url,
    c.document_id
FROM (
    SELECT
        trial_id,
        document_id,
        kind,
        regexp_extract_all(normalised, 'EARLY_PHASE1|PHASE[1-4]|\bNA\b') AS reported_phases
    FROM main.conflicts
    WHERE field = 'phases' AND NOT chosen AND normalised IS NOT NULL
) AS c
JOIN main.trials AS t USING (trial_id)
LEFT JOIN (SELECT * FROM main.documents WHERE status = 'LOADED') AS d ON d.document_id = c.document_id
WHERE len([phase FOR phase IN t.phases IF NOT list_contains(c.reported_phases, phase)]) > 0
ORDER BY c.trial_id, d.source, d.uri;
