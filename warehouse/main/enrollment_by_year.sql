-- One row a start year and type of enrollment: how many trials began and how many people they enrol.
--
-- Counts and targets are not added up: a row is about one of the two, or about trials that do not say which.
--
-- Columns:
--   start_year: The year in which the trials began or will begin; NULL for trials without a start date.
--   trials: How many trials began.
--   trials_with_enrollment: How many of them say how many people they enrol.
--   participants: How many people these trials enrol together; NULL where none of them says.
--   median_enrollment: The enrollment of the trial in the middle.
--   largest_enrollment: The enrollment of the largest trial.
--
-- Example: People enrolled, by the year their trial began.
--   SELECT start_year, trials, participants
--   FROM enrollment_by_year
--   WHERE enrollment_type = 'ACTUAL'
--   ORDER BY start_year
CREATE VIEW main.enrollment_by_year AS
SELECT
    year(start_date) AS start_year,
    enrollment_type,
    count(*) AS trials,
    count(enrollment) AS trials_with_enrollment,
    CAST(sum(enrollment) AS BIGINT) AS participants,
    median(enrollment) AS median_enrollment,
    max(enrollment) AS largest_enrollment
FROM main.trials
GROUP BY year(start_date), enrollment_type
ORDER BY start_year NULLS LAST, enrollment_type NULLS LAST;
