-- One row a dose counted in cells: cell therapies, comparable across trials.
--
-- A dose per kilogram and a dose per person stand in columns of their own. No weight is assumed: where the words give
-- only one of the two, the other is NULL; `cell_doses_at_weight` converts by a weight that the caller names.
--
-- Columns:
--   agent: What is given: the words that name it, or the name of the intervention where the text does not.
--   arm_label: The arm whose text says so; NULL where the text of an intervention does.
--   cells_low: The least number of cells given to a person at one time.
--   cells_high: The greatest number of cells given to a person at one time.
--   cells_per_kg_low: The least number of cells given at one time, for each kilogram of body weight.
--   cells_per_kg_high: The greatest number of cells given at one time, for each kilogram of body weight.
--   total_low: The least number of cells in all administrations, in dose_unit; NULL where their number is not said.
--   total_high: The greatest number of cells in all administrations, in dose_unit; NULL where their number is not said.
--
-- Example: More than a million cells for each kilogram, into a vein.
--   SELECT trial_id, agent, cells_per_kg_high, administrations, every_value, every_unit
--   FROM cell_doses
--   WHERE cells_per_kg_high > 1e6 AND route = 'INTRAVENOUS'
--   ORDER BY cells_per_kg_high DESC, trial_id
CREATE VIEW main.cell_doses AS
SELECT
    r.trial_id,
    a.label AS arm_label,
    coalesce(r.agent, i.name) AS agent,
    CASE WHEN r.dose_unit = 'cells' THEN r.dose_low END AS cells_low,
    CASE WHEN r.dose_unit = 'cells' THEN r.dose_high END AS cells_high,
    CASE WHEN r.dose_unit = 'cells/kg' THEN r.dose_low END AS cells_per_kg_low,
    CASE WHEN r.dose_unit = 'cells/kg' THEN r.dose_high END AS cells_per_kg_high,
    r.administrations,
    r.dose_low * r.administrations AS total_low,
    r.dose_high * r.administrations AS total_high,
    r.dose_unit,
    r.route,
    r.every_value,
    r.every_unit,
    r.source_text,
    r.arm_id,
    r.intervention_id,
    r.regimen_id
FROM main.regimens AS r
LEFT JOIN main.arms AS a ON a.arm_id = r.arm_id
LEFT JOIN main.interventions AS i ON i.intervention_id = r.intervention_id
WHERE r.dose_unit IN ('cells', 'cells/kg') AND (r.dose_low IS NOT NULL OR r.dose_high IS NOT NULL)
ORDER BY r.trial_id, r.ordinal;
