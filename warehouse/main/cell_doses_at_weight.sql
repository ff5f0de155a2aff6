-- Doses counted in cells, each in cells and in cells a kilogram, for a person of a weight that the caller names.
--
-- One row a row of `cell_doses`. The numbers that rest on the weight are the caller's assumption and not the trial's.
--
-- Parameters:
--   body_weight_kg: The weight of a person, in kilograms; 70 is the usual one for adults.
--
-- Columns:
--   agent: What is given: the words that name it, or the name of the intervention where the text does not.
--   cells_low: The least number of cells given to a person of that weight at one time.
--   cells_high: The greatest number of cells given to a person of that weight at one time.
--   cells_per_kg_low: The least number of cells given at one time, for each kilogram.
--   cells_per_kg_high: The greatest number of cells given at one time, for each kilogram.
--   converted: Which of the two pairs rests on the weight: CELLS or CELLS_PER_KG.
--   source_text: The words that the dose rests on.
--
-- Example: Trials by dose, for adults of 70 kg.
--   SELECT trial_id, agent, cells_per_kg_high, converted
--   FROM cell_doses_at_weight(70)
--   ORDER BY cells_per_kg_high DESC NULLS LAST, trial_id
CREATE MACRO main.cell_doses_at_weight(body_weight_kg) AS TABLE
SELECT
    trial_id,
    agent,
    coalesce(cells_low, cells_per_kg_low * CAST(body_weight_kg AS DOUBLE)) AS cells_low,
    coalesce(cells_high, cells_per_kg_high * CAST(body_weight_kg AS DOUBLE)) AS cells_high,
    coalesce(cells_per_kg_low, cells_low / CAST(body_weight_kg AS DOUBLE)) AS cells_per_kg_low,
    coalesce(cells_per_kg_high, cells_high / CAST(body_weight_kg AS DOUBLE)) AS cells_per_kg_high,
    CASE dose_unit WHEN 'cells' THEN 'CELLS_PER_KG' ELSE 'CELLS' END AS converted,
    route,
    administrations,
    every_value,
    every_unit,
    source_text,
    regimen_id
FROM main.cell_doses;
