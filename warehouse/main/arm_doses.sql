-- One row an arm and way of giving something: the doses of a trial's arms, side by side.
--
-- What the text of an intervention says counts for every arm that gets it; an arm's own text may say the same again, or
-- more exactly: `said_of` tells the two apart. What no arm is linked to stands in a row without an arm.
--
-- Columns:
--   arm_ordinal: The arm's place among the trial's, from 1; NULL for an intervention that no arm is linked to.
--   arm_label: The arm's name; NULL for an intervention that no arm is linked to.
--   arm_type: What part the arm plays in the comparison.
--   agent: What is given: the words that name it, or the name of the intervention where the text does not.
--   dose: The dose in one spelling: `10 mg`, `10-20 mg`, `up to 20 mg`, `from 5 mg`; a number without a unit as it is.
--   frequency: How often, in one spelling: `every 2 WEEK`, `days 1, 8 of 21`; NULL where the words do not say.
--   said_of: Whether the row rests on the text of the ARM or of the INTERVENTION.
--
-- Example: One trial, agents by arms.
--   PIVOT (
--     SELECT agent, arm_label, concat_ws(', ', dose, frequency, route) AS given FROM arm_doses
--     WHERE trial_id = (SELECT min(trial_id) FROM regimens) AND arm_label IS NOT NULL
--   ) ON arm_label USING list(DISTINCT given)
--   ORDER BY agent
CREATE VIEW main.arm_doses AS
WITH given AS (
    SELECT r.*, r.arm_id AS of_arm, 'ARM' AS said_of FROM main.regimens AS r WHERE r.arm_id IS NOT NULL
    UNION ALL BY NAME
    SELECT r.*, l.arm_id AS of_arm, 'INTERVENTION' AS said_of
    FROM main.regimens AS r
    LEFT JOIN (SELECT DISTINCT arm_id, intervention_id FROM main.arm_interventions) AS l USING (intervention_id)
    WHERE r.arm_id IS NULL
)
SELECT
    g.trial_id,
    a.ordinal AS arm_ordinal,
    a.label AS arm_label,
    a.type AS arm_type,
    coalesce(g.agent, i.name) AS agent,
    CASE
        WHEN g.dose_low = g.dose_high THEN concat_ws(' ', format('{:.12g}', g.dose_low), g.dose_unit)
        WHEN g.dose_low IS NOT NULL AND g.dose_high IS NOT NULL
            THEN concat_ws(' ', format('{:.12g}-{:.12g}', g.dose_low, g.dose_high), g.dose_unit)
        WHEN g.dose_high IS NOT NULL THEN concat_ws(' ', format('up to {:.12g}', g.dose_high), g.dose_unit)
        WHEN g.dose_low IS NOT NULL THEN concat_ws(' ', format('from {:.12g}', g.dose_low), g.dose_unit)
    END AS dose,
    g.dose_low,
    g.dose_high,
    g.dose_unit,
    g.route,
    CASE
        WHEN g.on_days IS NOT NULL
            THEN concat('days ', array_to_string(g.on_days, ', '), ' of ' || format('{:g}', g.cycle_days))
        WHEN g.every_value IS NOT NULL THEN format('every {:g} {}', g.every_value, g.every_unit)
        WHEN g.cycle_days IS NOT NULL THEN format('every {:g} DAY', g.cycle_days)
    END AS frequency,
    g.every_value,
    g.every_unit,
    g.administrations,
    g.on_days,
    g.cycle_days,
    g.cycles,
    g.duration_value,
    g.duration_unit,
    g.said_of,
    g.source_text,
    a.arm_id,
    g.intervention_id,
    g.regimen_id
FROM given AS g
LEFT JOIN main.arms AS a ON a.arm_id = g.of_arm
LEFT JOIN main.interventions AS i ON i.intervention_id = g.intervention_id
ORDER BY g.trial_id, a.ordinal NULLS LAST, g.ordinal;
